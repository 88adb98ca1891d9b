/**
 * The kernel's clocks, cheaply: one call without a system call behind it, about 35 ns.
 *
 * What the clocks mean to the rest of the project is in runtime/time/clock.ts.
 */

import { errno, libc } from "./libc.ts";
import { PosixError } from "./posix_error.ts";

const symbols = libc({
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});

// struct timespec: 64-bit seconds and nanoseconds, read as 32-bit words because a BigInt a call
// would cost more than the call. All platforms described are little-endian.
const words = new Uint32Array(4);

/**
 * Reads a clock into {@link clockSeconds} and {@link clockNanoseconds}.
 *
 * @param clock One of the CLOCK constants.
 * @throws {PosixError} EINVAL when there is no such clock.
 */
export function readClock(clock: number): void {
  const { clock_gettime } = symbols();
  if (clock_gettime(clock, words) < 0) {
    throw new PosixError("clock_gettime", errno(), `clock ${clock}`);
  }
}

/**
 * The whole seconds of the last {@link readClock}.
 *
 * @returns Seconds; exact up to 2^53.
 */
export function clockSeconds(): number {
  return words[0]! + words[1]! * 4294967296;
}

/**
 * The part below a second of the last {@link readClock}.
 *
 * @returns Nanoseconds, 0 to 999,999,999.
 */
export function clockNanoseconds(): number {
  return words[2]!;
}
