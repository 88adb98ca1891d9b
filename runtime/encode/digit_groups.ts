/**
 * The lenient decoder that Base64 and Base32 share: digits in groups, each of
 * a whole number of bytes. Not for speed; base64.ts has a faster way for what
 * is well-formed.
 */

/** How an encoding writes bytes. */
export interface DigitGroups {
  /** What each digit stands for. */
  readonly values: ReadonlyMap<string, number>;
  readonly bitsPerDigit: number;
  readonly digitsPerGroup: number;
  /** Characters that may stand between digits. */
  readonly skipped: RegExp;
}

/**
 * Decodes digits up to the first character that is none. `=` completes the
 * group that it stands in and ends the text; a group that nothing completes is
 * dropped.
 *
 * @param text The digits
 * @param groups The encoding
 * @returns A binary string
 */
export function decodeGroups(text: string, groups: DigitGroups): string {
  let bytes = "";
  let group = ""; // what the digits of the current group hold so far
  let digits = 0, buffer = 0, bits = 0;
  for (const character of text) {
    const value = groups.values.get(character);
    if (value === undefined) {
      if (groups.skipped.test(character)) continue;
      return character === "=" ? bytes + group : bytes;
    }
    buffer = (buffer << groups.bitsPerDigit | value) & 0xfff;
    bits += groups.bitsPerDigit;
    if (bits >= 8) {
      bits -= 8;
      group += String.fromCharCode(buffer >> bits & 0xff);
    }
    if (++digits === groups.digitsPerGroup) {
      bytes += group;
      group = "";
      digits = bits = 0;
    }
  }
  return bytes;
}
