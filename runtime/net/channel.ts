/**
 * Where a stream's bytes come from and go to: a descriptor, or TLS on top of one.
 *
 * A channel never waits by itself and knows nothing of buffers, counts and terminators: that is
 * stream.ts. Results are C's, with the error number in the result: n ≥ 0 bytes, or -errno.
 */
import type { Eventer } from "../eventer/eventer.ts";
import type { Direction, ReadyCallback } from "../eventer/descriptor_waits.ts";
import { close, read, write } from "../posix/descriptors.ts";
import { errno } from "../posix/libc.ts";

/** What an operation reports when the kernel told of a hang-up or an error while it waited. */
export const EXCEPTION = -1;

/** Something that can be given up. */
export interface Cancellable {
  /** Makes sure that it never calls back. Harmless when it has. */
  cancel(): void;
}

/** The two directions of a stream. */
export interface Channel extends Disposable {
  /**
   * Reads what is there.
   *
   * @param bytes Where to put it.
   * @returns The number of bytes, 0 at the end, or -errno; -EAGAIN means: wait.
   */
  read(bytes: Uint8Array): number;

  /**
   * Writes what fits.
   *
   * @param bytes The bytes; the caller uses them again afterwards.
   * @param count How many of them.
   * @returns The number of bytes taken, or -errno; -EAGAIN means: wait.
   */
  write(bytes: Uint8Array, count: number): number;

  /**
   * Calls back once when it is worth trying again.
   *
   * @param direction What to try.
   * @param callback Told the readiness, as from `Eventer.waitFd`.
   * @returns What gives the wait up.
   */
  wait(direction: Direction, callback: ReadyCallback): Cancellable;

  /**
   * Calls back once everything that was written has gone out, after `dispose`. Absent where
   * `write` itself hands the bytes to the system.
   *
   * @param callback Called once, soon or after a time that is bounded.
   * @returns What gives the wait up; the bytes go out all the same.
   */
  afterDispose?(callback: () => void): Cancellable;
}

/** A nonblocking descriptor: a connected socket or an end of a pipe. */
export class DescriptorChannel implements Channel {
  /**
   * Takes the descriptor over.
   *
   * @param eventer The loop that watches it.
   * @param fd The descriptor.
   */
  constructor(readonly eventer: Eventer, readonly fd: number) {}

  read(bytes: Uint8Array): number {
    const count = read(this.fd, bytes);
    return count < 0 ? -errno() : count;
  }

  write(bytes: Uint8Array, count: number): number {
    const written = write(this.fd, bytes, count);
    return written < 0 ? -errno() : written;
  }

  wait(direction: Direction, callback: ReadyCallback): Cancellable {
    return this.eventer.waitFd(this.fd, direction, callback);
  }

  /** Ends its waits and closes the descriptor. Call it once. */
  [Symbol.dispose](): void {
    this.eventer.forgetFd(this.fd);
    close(this.fd);
  }
}
