/**
 * Bytes as strings: one character per byte, codes 0 to 255 ("binary strings"), and back.
 *
 * Never `TextDecoder("latin1")`: that is windows-1252, which moves bytes 128 to 159.
 */

/** Node's way to make binary strings: 0.06 µs for 64 bytes, 3 µs for 65,536. */
type Latin1Slice = (this: Uint8Array, start: number, end: number) => string;

/** Loading it costs 5 ms, so the first strings do without: 2 ns a byte, and 100 a string. */
let latin1Slice: Latin1Slice | undefined;
let spent = 0;
const STRING = 50;
const ENOUGH = 1_000_000;
/** Arguments that a call surely takes. */
const PIECE_OF_TEXT = 4096;

/**
 * Makes a binary string of bytes.
 *
 * @param bytes The bytes.
 * @param start The first byte.
 * @param end One past the last byte.
 * @returns A string of one character per byte.
 */
export function binaryString(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): string {
  if (latin1Slice === undefined) {
    spent += STRING + end - start;
    if (spent < ENOUGH) return fromCharacters(bytes.subarray(start, end));
    // Not in the types of Node, but in Node, Deno and Bun.
    latin1Slice = (Buffer.prototype as unknown as { latin1Slice: Latin1Slice })
      .latin1Slice;
  }
  return latin1Slice.call(bytes, start, Math.min(end, bytes.length));
}

function fromCharacters(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE_OF_TEXT) {
    const piece = bytes.subarray(start, start + PIECE_OF_TEXT);
    text += Reflect.apply(String.fromCharCode, undefined, piece);
  }
  return text;
}

const encoder = new TextEncoder();
/** From this length on, asking the encoder pays. */
const LONG = 128;
/** How much the encoder may do in vain. */
const PIECE = 16384;

/**
 * Makes bytes of a binary string.
 *
 * @param text The string; of a character above 255 only the low eight bits are kept.
 * @returns New bytes, one per character.
 */
export function binaryBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  writeBinaryString(text, bytes);
  return bytes;
}

/**
 * Writes a binary string into bytes that are there already.
 *
 * @param text The string.
 * @param bytes Where to write.
 * @param offset Where the first character goes.
 * @throws {RangeError} When the bytes end before the string does.
 */
export function writeBinaryString(
  text: string,
  bytes: Uint8Array,
  offset = 0,
): void {
  if (offset + text.length > bytes.length) {
    throw new RangeError(
      `Cannot write ${text.length} bytes at ${offset}: the buffer holds ${bytes.length}`,
    );
  }
  let done = 0;
  let ascii = true;
  while (text.length - done >= LONG) {
    const from = offset + done;
    const piece = text.slice(done, done + PIECE);
    const target = bytes.subarray(from, from + piece.length);
    // UTF-8 is the same for ASCII, and encoding it is 60 times as fast.
    ascii = ascii && writeAscii(piece, target);
    if (!ascii && !writeByBase64(piece, target)) break;
    done += piece.length;
  }
  for (let index = done; index < text.length; index++) {
    bytes[offset + index] = text.charCodeAt(index);
  }
}

function writeAscii(text: string, bytes: Uint8Array): boolean {
  const { read, written } = encoder.encodeInto(text, bytes);
  // Everything else takes two bytes a character or more, so that some are left.
  return read === text.length && written === read;
}

/** The detour takes a sixth of the time of a loop over the characters. */
function writeByBase64(text: string, bytes: Uint8Array): boolean {
  try {
    bytes.setFromBase64(btoa(text));
    return true;
  } catch {
    return false; // a character above 255
  }
}
