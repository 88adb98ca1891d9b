/**
 * The error that a failed system call becomes once it leaves the hot path.
 *
 * The calls themselves return -1 and never throw; whoever decides that a failure is exceptional
 * makes a `PosixError` of the number.
 */

import { libc } from "./libc.ts";
import { platform } from "./platform.ts";

const symbols = libc({
  strerror: { parameters: ["i32"], result: "pointer" },
}, { rarely: true });

/**
 * The C library's text for an error number, in the process's locale.
 *
 * @param number The error number, such as 2.
 * @returns The text, such as `No such file or directory`.
 */
export function strerror(number: number): string {
  const text = symbols().strerror(number);
  return text === null
    ? `Unknown error ${number}`
    : Deno.UnsafePointerView.getCString(text);
}

/**
 * The name of an error number.
 *
 * @param number The error number, such as 2.
 * @returns The name, such as `ENOENT`, or `E` and the number when it has none.
 */
export function errorName(number: number): string {
  return platform?.errorNames[number] ?? `E${number}`;
}

/**
 * A system call that failed.
 *
 * @example
 * ```ts
 * import { PosixError } from "./posix_error.ts";
 * import { ENOENT } from "./constants.ts";
 *
 * const error = new PosixError("open", ENOENT);
 * console.log(error.message); // Cannot open: No such file or directory (ENOENT)
 * ```
 */
export class PosixError extends Error {
  override readonly name = "PosixError";
  /** The error's name, such as `ENOENT`. */
  readonly code: string;

  /**
   * Describes a failed call.
   *
   * @param syscall The call, such as `open`.
   * @param errno The error number it left.
   * @param subject What the call was about, such as `descriptor 5`.
   */
  constructor(
    readonly syscall: string,
    readonly errno: number,
    subject?: string,
  ) {
    const action = subject === undefined ? syscall : `${syscall} ${subject}`;
    super(`Cannot ${action}: ${strerror(errno)} (${errorName(errno)})`);
    this.code = errorName(errno);
  }
}
