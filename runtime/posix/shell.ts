/**
 * The C library's calls on the shell and on names of files, for whoever needs
 * exactly their semantics. They block the thread. Not for programs that run
 * beside an event loop: those are runtime/process.
 */
import { binaryBytes } from "./bytes.ts";
import { errno, libc } from "./libc.ts";

const symbols = libc({
  mkstemp: { parameters: ["buffer"], result: "i32" },
  remove: { parameters: ["buffer"], result: "i32" },
  rename: { parameters: ["buffer", "buffer"], result: "i32" },
  system: { parameters: ["buffer"], result: "i32" },
}, { rarely: true });

/**
 * Runs a command with `/bin/sh` and waits for its end.
 *
 * @param command A binary string.
 * @returns The wait status: the exit code times 256, or the signal's number;
 * -1 when it could not be started.
 */
export function system(command: string): number {
  return symbols().system(binaryBytes(command + "\0"));
}

/**
 * Removes a file or an empty folder.
 *
 * @param path A binary string.
 * @returns 0, or the error number.
 */
export function remove(path: string): number {
  const name = binaryBytes(path + "\0");
  const calls = symbols();
  return calls.remove(name) === 0 ? 0 : errno();
}

/**
 * Gives a file another name.
 *
 * @param from A binary string.
 * @param to A binary string.
 * @returns 0, or the error number.
 */
export function rename(from: string, to: string): number {
  const source = binaryBytes(from + "\0"), target = binaryBytes(to + "\0");
  const calls = symbols();
  return calls.rename(source, target) === 0 ? 0 : errno();
}

/**
 * Creates an empty file with a name that nobody has.
 *
 * @param template Ends in `XXXXXX`, which becomes something else.
 * @returns Its name and an open descriptor, or `undefined`.
 */
export function createTemporary(
  template: string,
): { readonly path: string; readonly fd: number } | undefined {
  const name = binaryBytes(template + "\0");
  const fd = symbols().mkstemp(name);
  if (fd < 0) return undefined;
  return { path: String.fromCharCode(...name.subarray(0, -1)), fd };
}
