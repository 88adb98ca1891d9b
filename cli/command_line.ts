/**
 * The words of the command line, which need not be UTF-8: Deno gives U+FFFD
 * for each byte that is not, the kernel gives what was typed.
 */
import { decodeBytes } from "../lua/text.ts";
import { binaryString } from "../runtime/posix/bytes.ts";

/**
 * The program's arguments. Bytes that are no UTF-8 are escaped as `decodeBytes`
 * of lua/text.ts does, so that `encodeText` gives them back.
 */
export function commandLine(): readonly string[] {
  if (!Deno.args.some((word) => word.includes("\ufffd"))) return Deno.args;
  const words = binaryString(Deno.readFileSync("/proc/self/cmdline"))
    .split("\0").slice(0, -1); // each ends with a NUL byte
  return words.slice(words.length - Deno.args.length).map(decodeBytes);
}
