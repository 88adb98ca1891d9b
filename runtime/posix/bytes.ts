/**
 * Bytes as strings: one character per byte, codes 0 to 255 ("binary strings"), and back.
 *
 * Never `TextDecoder("latin1")`: that is windows-1252, which moves bytes 128 to 159.
 */

const CHUNK = 8192;

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
  if (end - start <= CHUNK) {
    return String.fromCharCode.apply(null, view(bytes, start, end));
  }
  let text = "";
  for (let from = start; from < end; from += CHUNK) {
    const to = Math.min(from + CHUNK, end);
    text += String.fromCharCode.apply(null, view(bytes, from, to));
  }
  return text;
}

// `apply` takes anything array-like; its declared type wants an array.
function view(bytes: Uint8Array, start: number, end: number): number[] {
  return bytes.subarray(start, end) as unknown as number[];
}

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
  for (let index = 0; index < text.length; index++) {
    bytes[offset + index] = text.charCodeAt(index);
  }
}
