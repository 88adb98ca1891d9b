/**
 * Base32 (RFC 4648) over binary strings, decoding as leniently as the mtev API
 * promises (mtev-lua-api.md §10.2): either case, white space and hyphens
 * anywhere, the end at the first foreign character, and a last group without
 * padding dropped. Never fails.
 */
import { decodeGroups } from "./digit_groups.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));
for (const digit of DIGITS) {
  VALUES.set(digit.toLowerCase(), VALUES.get(digit)!);
}

/**
 * Encodes bytes in upper case, padded.
 *
 * @param bytes A binary string
 * @returns ASCII
 */
export function encodeBase32(bytes: string): string {
  let text = "";
  let buffer = 0, bits = 0;
  for (let index = 0; index < bytes.length; index++) {
    buffer = (buffer << 8 | bytes.charCodeAt(index)) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) {
      text += DIGITS[buffer >> bits - 5 & 31];
    }
  }
  if (bits > 0) text += DIGITS[buffer << 5 - bits & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=");
}

/**
 * Decodes as much as can be read.
 *
 * @param text What should be Base32
 * @returns A binary string, empty if nothing can be read
 */
export function decodeBase32(text: string): string {
  return decodeGroups(text, {
    values: VALUES,
    bitsPerDigit: 5,
    digitsPerGroup: 8,
    skipped: /[\t-\r -]/,
  });
}
