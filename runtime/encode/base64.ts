/**
 * Base64 over binary strings, decoding as leniently as the mtev API promises
 * (mtev-lua-api.md §10.2): both alphabets, white space anywhere, the end at the
 * first foreign character, and a last group without padding dropped. Never
 * fails. What is well-formed takes the engine's own decoder.
 */
import { decodeGroups } from "./digit_groups.ts";

const DIGITS =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));
VALUES.set("-", 62).set("_", 63);

/**
 * Encodes bytes in the standard alphabet, padded, without line breaks.
 *
 * @param bytes A binary string
 * @returns ASCII
 */
export function encodeBase64(bytes: string): string {
  return btoa(bytes);
}

/**
 * Decodes as much as can be read.
 *
 * @param text What should be Base64
 * @returns A binary string, empty if nothing can be read
 */
export function decodeBase64(text: string): string {
  if (text.length % 4 === 0) {
    const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
    try {
      const bytes = atob(text);
      // `atob` skips white space and completes groups; then it gives less.
      if (bytes.length === text.length / 4 * 3 - padding) return bytes;
    } catch {
      // Not well-formed.
    }
  }
  return decodeGroups(text, {
    values: VALUES,
    bitsPerDigit: 6,
    digitsPerGroup: 4,
    skipped: /[\t-\r ]/,
  });
}
