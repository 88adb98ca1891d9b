/**
 * Calls on processes and threads: identity, signals, limits. Starting and reaping children is in
 * spawn.ts.
 */

import { errno, libc } from "./libc.ts";
import { PosixError } from "./posix_error.ts";

const symbols = libc({
  _exit: { parameters: ["i32"], result: "void" },
  gettid: { parameters: [], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  getegid: { parameters: [], result: "u32" },
  geteuid: { parameters: [], result: "u32" },
  getgid: { parameters: [], result: "u32" },
  getpid: { parameters: [], result: "i32" },
  getppid: { parameters: [], result: "i32" },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  getuid: { parameters: [], result: "u32" },
}, { rarely: true });

/**
 * The calling thread's number in the kernel; equal to the process's on its main thread.
 *
 * @returns The thread's number.
 */
export function threadId(): number {
  return symbols().gettid();
}

/** Who a process is. */
export interface ProcessIdentity {
  /** Its number. */
  readonly pid: number;
  /** Its parent's number; it changes when the parent ends. */
  readonly ppid: number;
  /** The user who started it. */
  readonly uid: number;
  /** The user whose rights it has. */
  readonly euid: number;
  /** The group of the user who started it. */
  readonly gid: number;
  /** The group whose rights it has. */
  readonly egid: number;
}

/**
 * Tells who this process is.
 *
 * @returns Its numbers, as they are now.
 */
export function processIdentity(): ProcessIdentity {
  const calls = symbols();
  return {
    pid: calls.getpid(),
    ppid: calls.getppid(),
    uid: calls.getuid(),
    euid: calls.geteuid(),
    gid: calls.getgid(),
    egid: calls.getegid(),
  };
}

/**
 * Ends the process at once, from any thread: no exit handler runs, nothing is flushed.
 *
 * @param code The exit status, 0 to 255.
 */
export function exitNow(code: number): never {
  symbols()._exit(code);
  throw new Error("Cannot end the process: _exit returned");
}

/**
 * Sends a signal.
 *
 * @param pid A process; 0 for the own group, negative for another group, -1 for all.
 * @param signal The signal's number; 0 only looks whether the process is there.
 * @returns 0, or -1 with `errno()` set.
 */
export function kill(pid: number, signal: number): number {
  return symbols().kill(pid, signal);
}

/** A resource's limits; `Infinity` where there is none. */
export interface ResourceLimit {
  /** What holds now. */
  readonly soft: number;
  /** How far the soft limit may be raised. */
  readonly hard: number;
}

/**
 * Reads a limit of this process.
 *
 * @param resource One of the RLIMIT constants.
 * @returns The soft and the hard limit, in the resource's own unit.
 * @throws {PosixError} EINVAL when there is no such resource.
 */
export function resourceLimit(resource: number): ResourceLimit {
  const limits = new BigUint64Array(2);
  const calls = symbols();
  const result = calls.getrlimit(resource, limits);
  if (result < 0) {
    throw new PosixError("getrlimit", errno(), `resource ${resource}`);
  }
  return { soft: limitValue(limits[0]!), hard: limitValue(limits[1]!) };
}

function limitValue(raw: bigint): number {
  return raw === 0xffff_ffff_ffff_ffffn ? Infinity : Number(raw);
}
