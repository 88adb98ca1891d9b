/**
 * Descriptors that become readable by themselves: eventfd (a counter that any thread can raise)
 * and timerfd (a timer with the kernel's resolution). Linux only.
 */

import {
  CLOCK_MONOTONIC,
  EFD_CLOEXEC,
  EFD_NONBLOCK,
  TFD_CLOEXEC,
  TFD_NONBLOCK,
  TFD_TIMER_ABSTIME,
} from "./constants.ts";
import { read, write } from "./descriptors.ts";
import { errno, libc } from "./libc.ts";
import { PosixError } from "./posix_error.ts";

const symbols = libc({
  timerfd_settime: {
    parameters: ["i32", "i32", "buffer", "pointer"],
    result: "i32",
  },
});

const rarely = libc({
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  timerfd_create: { parameters: ["i32", "i32"], result: "i32" },
}, { rarely: true });

const one = new Uint8Array(new BigUint64Array([1n]).buffer);
const counter = new Uint8Array(8);
// struct itimerspec: interval and value, each of seconds and nanoseconds, all 64-bit.
const timerSpecification = new BigInt64Array(4);

/**
 * Creates an eventfd: nonblocking, closed on exec, its counter 0.
 *
 * @returns The descriptor; readable while its counter is not 0.
 * @throws {PosixError} When the kernel refuses, for example with EMFILE.
 */
export function eventfdCreate(): number {
  const calls = rarely();
  const fd = calls.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw new PosixError("eventfd", errno());
  return fd;
}

/**
 * Raises an eventfd's counter by one. Safe from any thread of the process.
 *
 * @param fd The eventfd.
 * @returns 8, or -1 with `errno()` set; EAGAIN means that it is readable anyhow.
 */
export function eventfdRaise(fd: number): number {
  return write(fd, one);
}

/**
 * Takes the count out of an eventfd or a timerfd, so that it is no longer readable.
 *
 * @param fd The descriptor.
 * @returns 8, or -1 with `errno()` set; EAGAIN means that there was nothing to take.
 */
export function drainCounter(fd: number): number {
  return read(fd, counter);
}

/**
 * Creates a timerfd on the monotonic clock: nonblocking, closed on exec, not armed.
 *
 * @returns The descriptor; readable once its time has come.
 * @throws {PosixError} When the kernel refuses, for example with EMFILE.
 */
export function timerfdCreate(): number {
  const calls = rarely();
  const fd = calls.timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (fd < 0) throw new PosixError("timerfd_create", errno());
  return fd;
}

/**
 * Arms a timerfd for one point in time. What it had counted is forgotten.
 *
 * @param fd The timerfd.
 * @param dueMs The time on the monotonic clock, in milliseconds with fraction; one in the past
 *   makes it readable at once.
 * @throws {PosixError} When the call fails.
 */
export function timerfdArm(fd: number, dueMs: number): void {
  // All zeros would disarm it, so the earliest time is one nanosecond.
  const nanoseconds = Math.max(1, Math.ceil(dueMs * 1e6));
  settime(fd, BigInt(Math.floor(nanoseconds / 1e9)), BigInt(nanoseconds % 1e9));
}

/**
 * Disarms a timerfd. What it had counted is forgotten.
 *
 * @param fd The timerfd.
 * @throws {PosixError} When the call fails.
 */
export function timerfdDisarm(fd: number): void {
  settime(fd, 0n, 0n);
}

function settime(fd: number, seconds: bigint, nanoseconds: bigint): void {
  timerSpecification[2] = seconds;
  timerSpecification[3] = nanoseconds;
  const calls = symbols();
  const result = calls.timerfd_settime(
    fd,
    TFD_TIMER_ABSTIME,
    timerSpecification,
    null,
  );
  if (result < 0) {
    throw new PosixError("timerfd_settime", errno(), `descriptor ${fd}`);
  }
}
