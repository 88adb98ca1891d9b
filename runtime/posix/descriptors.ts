/**
 * Calls on any file descriptor: read, write, close, pipes, flags, duplicates.
 *
 * The raw ones (`read`, `write`, `close`) return -1 and leave `errno()`, as in C, for they are on
 * the hot path. The others throw `PosixError`. Nothing here suspends; whether a call blocks is the
 * descriptor's own flag. Not for Deno's resource ids: these are the kernel's numbers.
 */

import {
  F_DUPFD_CLOEXEC,
  F_GETFL,
  F_SETFL,
  O_CLOEXEC,
  O_NONBLOCK,
} from "./constants.ts";
import { errno, libc } from "./libc.ts";
import { PosixError } from "./posix_error.ts";

// Counts are 32-bit, which is enough: the kernel moves at most 2,147,479,552 bytes a call.
const transfer = libc({
  read: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "u32"], result: "i32" },
});

const management = libc({
  close: { parameters: ["i32"], result: "i32" },
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  isatty: { parameters: ["i32"], result: "i32" },
}, { rarely: true });

/**
 * Reads what is there.
 *
 * @param fd The descriptor.
 * @param bytes Where to put the bytes.
 * @param count How many bytes at most; the whole of `bytes` when absent.
 * @returns The number of bytes read, 0 at the end, or -1 with `errno()` set.
 * @throws {RangeError} When `count` is more than `bytes` can hold.
 */
export function read(
  fd: number,
  bytes: Uint8Array,
  count: number = bytes.length,
): number {
  if (count > bytes.length) throw overrun("read", bytes, count);
  return transfer().read(fd, bytes as Uint8Array<ArrayBuffer>, count);
}

/**
 * Writes what fits.
 *
 * @param fd The descriptor.
 * @param bytes The bytes.
 * @param count How many bytes of them; all when absent.
 * @returns The number of bytes written, or -1 with `errno()` set.
 * @throws {RangeError} When `count` is more than `bytes` holds.
 */
export function write(
  fd: number,
  bytes: Uint8Array,
  count: number = bytes.length,
): number {
  if (count > bytes.length) throw overrun("write", bytes, count);
  return transfer().write(fd, bytes as Uint8Array<ArrayBuffer>, count);
}

// Memory safety depends on this check: the kernel would run past the buffer.
function overrun(action: string, bytes: Uint8Array, count: number): RangeError {
  return new RangeError(
    `Cannot ${action} ${count} bytes: the buffer holds ${bytes.length}`,
  );
}

/**
 * Closes a descriptor. Tell the eventer first (`forgetFd`).
 *
 * @param fd The descriptor.
 * @returns 0, or -1 with `errno()` set. The descriptor is gone in either case, unless it was none.
 */
export function close(fd: number): number {
  return management().close(fd);
}

/**
 * Creates a pipe whose ends are closed on exec.
 *
 * @example
 * ```ts
 * import { close, pipe, read, write } from "./descriptors.ts";
 * import { binaryBytes, binaryString } from "./bytes.ts";
 *
 * const { readFd, writeFd } = pipe();
 * write(writeFd, binaryBytes("hello"));
 * const bytes = new Uint8Array(16);
 * console.log(binaryString(bytes, 0, read(readFd, bytes))); // hello
 * close(readFd);
 * close(writeFd);
 * ```
 *
 * @param options Whether the ends shall be nonblocking; they are unless told otherwise.
 * @returns The end to read from and the end to write to.
 * @throws {PosixError} When the kernel refuses, for example with EMFILE.
 */
export function pipe(
  options: { readonly nonblocking?: boolean } = {},
): { readonly readFd: number; readonly writeFd: number } {
  const ends = new Int32Array(2);
  const flags = O_CLOEXEC | (options.nonblocking === false ? 0 : O_NONBLOCK);
  const { pipe2 } = management();
  if (pipe2(ends, flags) < 0) throw new PosixError("pipe2", errno());
  return { readFd: ends[0]!, writeFd: ends[1]! };
}

/**
 * Duplicates a descriptor; the copy is closed on exec.
 *
 * @param fd The descriptor.
 * @returns The copy: the lowest free number.
 * @throws {PosixError} EBADF when there is no such descriptor, EMFILE when there are too many.
 */
export function duplicate(fd: number): number {
  return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

/**
 * Makes a number mean another descriptor; what it meant before is closed.
 *
 * @param fd The descriptor.
 * @param target The number.
 * @throws {PosixError} EBADF when there is no such descriptor.
 */
export function duplicateTo(fd: number, target: number): void {
  if (management().dup2(fd, target) < 0) throw new PosixError("dup2", errno());
}

/**
 * Calls `fcntl` with a number as its argument.
 *
 * @param fd The descriptor.
 * @param command One of the F_ constants.
 * @param argument The command's argument.
 * @returns What the command returns.
 * @throws {PosixError} When the call fails.
 */
export function fcntl(fd: number, command: number, argument: number): number {
  const calls = management();
  const result = calls.fcntl(fd, command, argument);
  if (result < 0) throw new PosixError("fcntl", errno(), `descriptor ${fd}`);
  return result;
}

/**
 * Makes a descriptor nonblocking, or blocking again.
 *
 * @param fd The descriptor. The flag belongs to the open file, so its duplicates change too.
 * @param nonblocking Whether calls return EAGAIN instead of blocking.
 * @throws {PosixError} When the call fails.
 */
export function setNonblocking(fd: number, nonblocking: boolean): void {
  const flags = fcntl(fd, F_GETFL, 0);
  const wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  if (wanted !== flags) fcntl(fd, F_SETFL, wanted);
}

/**
 * Tells whether a descriptor is a terminal.
 *
 * @param fd The descriptor.
 * @returns Whether it is one; false when there is no such descriptor.
 */
export function isTerminal(fd: number): boolean {
  return management().isatty(fd) === 1;
}

/**
 * Lists the descriptors that this process has open, for tests that look for leaks.
 *
 * @returns Where each descriptor leads (such as `socket:[123]`), by number.
 * @throws {Deno.errors.NotFound} Where the system has no /proc.
 */
export function openDescriptors(): Map<number, string> {
  const folder = `/proc/${Deno.pid}/fd`;
  const found = new Map<number, string>();
  for (const entry of Deno.readDirSync(folder)) {
    try {
      found.set(
        Number(entry.name),
        Deno.readLinkSync(`${folder}/${entry.name}`),
      );
    } catch (error) {
      // The descriptor that lists the folder is in the listing and gone afterwards.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found;
}
