/**
 * Between JavaScript text and Lua strings, which hold bytes, one to a
 * character. Text travels as UTF-8.
 *
 * What the system gives (arguments, names of files) need not be UTF-8. Where
 * such bytes must pass through text unharmed, each is a lone surrogate U+DC80
 * to U+DCFF, which no well-formed text has.
 */

const ASCII = /^[\0-\x7f]*$/;
const ESCAPED = /[\udc80-\udcff]/u;
const ESCAPES = /([\udc80-\udcff]+)/u;

/**
 * The Lua string that holds `text` in UTF-8; what {@link decodeBytes} escaped
 * becomes the bytes again.
 */
export function encodeText(text: string): string {
  if (ASCII.test(text)) return text;
  if (!ESCAPED.test(text)) return encodeUtf8(text);
  return text.split(ESCAPES).map((part, index) =>
    index % 2 === 0
      ? encodeUtf8(part)
      : part.replace(/./gs, (escape) => fromCode(escape.charCodeAt(0) & 0xff))
  ).join("");
}

function encodeUtf8(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += fromCode(byte);
  return bytes;
}

/** The text of a Lua string in UTF-8; bytes that are no UTF-8 become U+FFFD. */
export function decodeText(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    Uint8Array.from(bytes, (character) => character.charCodeAt(0)),
  );
}

/** One character in UTF-8, or a byte that is none. */
const CHARACTER =
  /[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[^]/g;

/** As {@link decodeText}, but {@link encodeText} gives the same bytes again. */
export function decodeBytes(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  return bytes.replace(
    CHARACTER,
    (character) =>
      character.length > 1 || character < "\x80"
        ? decodeText(character)
        : fromCode(0xdc00 + character.charCodeAt(0)),
  );
}

const fromCode = String.fromCharCode;
