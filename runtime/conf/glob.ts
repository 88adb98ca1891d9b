/**
 * The files that the pattern of an include names. Specification: runtime.md
 * §1.9.
 */
import { globSync } from "node:fs";
import { binaryBytes, binaryString } from "../posix/bytes.ts";

const MAGIC = /[*?[{]/;

/** Whether a path is a pattern, so that it may name no file. */
export function isPattern(path: string): boolean {
  return MAGIC.test(path);
}

/**
 * The files that a pattern of the shell names, with `{a,b}`, in order.
 *
 * @param pattern An absolute path, a binary string.
 * @returns Absolute paths.
 */
export function matchingFiles(pattern: string): string[] {
  const text = new TextDecoder().decode(binaryBytes(pattern));
  const encoder = new TextEncoder();
  return globSync(text).map((path) => binaryString(encoder.encode(path)))
    .sort();
}
