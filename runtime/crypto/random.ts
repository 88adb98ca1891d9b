/**
 * Random bytes as binary strings, from the system's generator. Not for
 * anything that must be repeatable.
 */
import { binaryString } from "../posix/bytes.ts";

/** The most that one call of the Web API gives. */
const MOST = 65_536;

/**
 * Draws random bytes.
 *
 * @param count How many
 * @returns A binary string
 */
export function randomBytes(count: number): string {
  const bytes = new Uint8Array(count);
  for (let start = 0; start < count; start += MOST) {
    crypto.getRandomValues(bytes.subarray(start, start + MOST));
  }
  return binaryString(bytes);
}
