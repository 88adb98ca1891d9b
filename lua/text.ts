/**
 * Between JavaScript text and Lua strings, which hold bytes, one to a
 * character. Text travels as UTF-8.
 */

const ASCII = /^[\0-\x7f]*$/;

/** The Lua string that holds `text` in UTF-8. */
export function encodeText(text: string): string {
  if (ASCII.test(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) {
    bytes += String.fromCharCode(byte);
  }
  return bytes;
}

/** The text of a Lua string in UTF-8; bytes that are no UTF-8 become U+FFFD. */
export function decodeText(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  return new TextDecoder().decode(
    Uint8Array.from(bytes, (character) => character.charCodeAt(0)),
  );
}
