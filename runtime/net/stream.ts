/**
 * A stream of bytes with a read buffer: reads by count and by terminator, writes of any length.
 *
 * Each operation is tried first and waited for only when it has to be: `read` and `write` return at
 * once, `waitRead` and `waitWrite` go on and call back from the loop. So what is there already
 * costs no callback. The invariants: one read and one write may wait at a time; nothing calls back
 * after `dispose`; an operation that was cancelled keeps what it had collected for the next read.
 */
import type { Eventer } from "../eventer/eventer.ts";
import { ERROR, HANGUP } from "../eventer/poller_interface.ts";
import { binaryString, writeBinaryString } from "../posix/bytes.ts";
import { EAGAIN, EINTR } from "../posix/constants.ts";
import {
  type Cancellable,
  type Channel,
  DescriptorChannel,
  EXCEPTION,
} from "./channel.ts";
import { ReadBuffer, type Stop } from "./read_buffer.ts";

/** What `read` returns when it has to wait. */
export const PENDING: unique symbol = Symbol("pending");

/** How much one system call moves. */
const BLOCK = 65536;
/** How much one attempt moves before the rest of the loop has its turn. */
const TURN = 16 * BLOCK;

/** Shared by all streams: whatever is in it is copied out before the call returns. */
let block: Uint8Array<ArrayBuffer> | undefined;

/** A stream over a channel. */
export class Stream implements Disposable {
  #channel: Channel;
  readonly #input = new ReadBuffer();
  #reading: Reading | undefined;
  #writing: Writing | undefined;
  /** Whether the last read took all that the system had. */
  #emptied = false;
  /** Whether each read of the channel is a system call. */
  #asksSystem: boolean;
  /**
   * How many bytes a terminator may let come before it. Beyond that a read returns what there is,
   * as at the end of the stream.
   */
  searchLimit = Infinity;

  /**
   * Takes a channel over.
   *
   * @param channel The channel.
   */
  constructor(channel: Channel) {
    this.#channel = channel;
    this.#asksSystem = channel instanceof DescriptorChannel;
  }

  /**
   * Makes a stream of a descriptor.
   *
   * @param eventer The loop that watches it.
   * @param fd A nonblocking descriptor; the stream closes it.
   * @returns The stream.
   *
   * @example Send a line through a pipe
   * ```ts
   * import { Eventer } from "../eventer/eventer.ts";
   * import { pipe } from "../posix/descriptors.ts";
   * import { PENDING, Stream } from "./stream.ts";
   *
   * await using eventer = new Eventer();
   * const { readFd, writeFd } = pipe();
   * using reader = Stream.of(eventer, readFd);
   * using writer = Stream.of(eventer, writeFd);
   * writer.write("one\ntwo\n");
   * console.log(reader.read("\n")); // one
   * console.log(reader.read(4)); // two
   * console.log(reader.read("\n") === PENDING); // true
   * ```
   */
  static of(eventer: Eventer, fd: number): Stream {
    return new Stream(new DescriptorChannel(eventer, fd));
  }

  /** What it reads from and writes to. */
  get channel(): Channel {
    return this.#channel;
  }

  /**
   * Goes on with another channel, as after a TLS handshake. Nothing may be waiting.
   *
   * @param channel The channel; the one before is not disposed.
   */
  replaceChannel(channel: Channel): void {
    this.#channel = channel;
    this.#asksSystem = channel instanceof DescriptorChannel;
    this.#emptied = false;
  }

  /**
   * Takes everything that has been read and not asked for.
   *
   * @returns A binary string.
   */
  takeBuffered(): string {
    return this.#input.takeAll();
  }

  /**
   * Reads, as far as it can be done without waiting.
   *
   * @param stop How many bytes, or the terminator, which is part of the result.
   * @returns The bytes; fewer, or without their terminator, when the stream ended; undefined when it
   *   had ended before; {@link PENDING} when it has to be waited for. Errors count as the end.
   */
  read(stop: Stop): string | undefined | typeof PENDING {
    const input = this.#input;
    const there = input.take(stop);
    if (there !== undefined) return there;
    const bytes = block ??= new Uint8Array(BLOCK);
    let left = TURN;
    while (left > 0) {
      const count = this.#channel.read(bytes);
      if (count > 0) {
        input.append(binaryString(bytes, 0, count));
        const found = input.take(stop);
        if (found !== undefined) {
          this.#emptied = count < BLOCK && this.#asksSystem;
          return found;
        }
        if (typeof stop === "string" && input.length >= this.searchLimit) {
          return input.takeAll();
        }
        left -= count;
      } else if (count === -EAGAIN) {
        return PENDING;
      } else if (count !== -EINTR) {
        return input.length > 0 ? input.takeAll() : undefined;
      }
    }
    return PENDING;
  }

  /**
   * As `read`, for those who wait when it is {@link PENDING}: right after a read that took all
   * there was, it does not ask again. That system call hardly ever found anything, and if it would
   * have, the wait ends in the next pass of the loop (`deno task bench:net`).
   *
   * @param stop As given to `read`.
   * @returns What `read` returns.
   */
  readBeforeWait(stop: Stop): string | undefined | typeof PENDING {
    if (!this.#emptied) return this.read(stop);
    const there = this.#input.take(stop);
    if (there !== undefined) return there;
    this.#emptied = false;
    return PENDING;
  }

  /**
   * Reads and throws away what is there.
   *
   * @returns Whether the stream has ended.
   */
  drain(): boolean {
    this.#input.takeAll();
    const result = this.read(Infinity);
    this.#input.takeAll();
    return result !== PENDING;
  }

  /**
   * Goes on with a read that was {@link PENDING}.
   *
   * @param stop As given to `read`; undefined to throw away everything up to the end.
   * @param done Told the result.
   * @returns What gives it up; the bytes that came stay for the next read.
   * @throws {Error} When another read is waiting.
   */
  waitRead(
    stop: Stop | undefined,
    done: (data: string | undefined) => void,
  ): Cancellable {
    if (this.#reading !== undefined) {
      throw new Error("Cannot read from the stream: another read is waiting");
    }
    const reading = new Reading(this, stop, done, () => {
      this.#reading = undefined;
    });
    this.#reading = reading;
    reading.begin();
    return reading;
  }

  /**
   * Writes, as far as it can be done without waiting.
   *
   * @param data A binary string.
   * @param offset Where to begin in it.
   * @returns The offset of what is left: the length when all was taken; or -errno.
   */
  write(data: string, offset = 0): number {
    const bytes = block ??= new Uint8Array(BLOCK);
    const limit = Math.min(data.length, offset + TURN);
    let done = offset;
    while (done < limit) {
      const piece = done === 0 && data.length <= BLOCK
        ? data
        : data.slice(done, done + BLOCK);
      writeBinaryString(piece, bytes);
      const count = this.#channel.write(bytes, piece.length);
      if (count >= 0) {
        done += count;
        if (count < piece.length) return done;
      } else if (count === -EAGAIN) return done;
      else if (count !== -EINTR) return count;
    }
    return done;
  }

  /**
   * Goes on with a write of which something was left.
   *
   * @param data As given to `write`.
   * @param offset What `write` returned.
   * @param done Told 0, or an error number, or {@link EXCEPTION}.
   * @returns What gives it up.
   * @throws {Error} When another write is waiting.
   */
  waitWrite(
    data: string,
    offset: number,
    done: (error: number) => void,
  ): Cancellable {
    if (this.#writing !== undefined) {
      throw new Error("Cannot write to the stream: another write is waiting");
    }
    const writing = new Writing(this, data, offset, done, () => {
      this.#writing = undefined;
    });
    this.#writing = writing;
    writing.begin();
    return writing;
  }

  /** Gives up what is waiting and closes the channel. Call it once. */
  [Symbol.dispose](): void {
    this.#reading?.cancel();
    this.#writing?.cancel();
    this.#channel[Symbol.dispose]();
  }
}

/** A read that waits. */
class Reading implements Cancellable {
  #wait: Cancellable | undefined;

  constructor(
    readonly stream: Stream,
    readonly stop: Stop | undefined,
    readonly done: (data: string | undefined) => void,
    readonly finish: () => void,
  ) {}

  begin(): void {
    this.#wait = this.stream.channel.wait("read", this.#proceed);
  }

  readonly #proceed = (): void => {
    const { stream, stop } = this;
    if (stop === undefined) {
      if (!stream.drain()) return this.begin();
      this.finish();
      this.done(undefined);
      return;
    }
    const result = stream.read(stop);
    if (result === PENDING) return this.begin();
    this.finish();
    this.done(result);
  };

  cancel(): void {
    this.#wait?.cancel();
    this.finish();
  }
}

/** A write that waits. */
class Writing implements Cancellable {
  #wait: Cancellable | undefined;

  constructor(
    readonly stream: Stream,
    readonly data: string,
    private offset: number,
    readonly done: (error: number) => void,
    readonly finish: () => void,
  ) {}

  begin(): void {
    this.#wait = this.stream.channel.wait("write", this.#proceed);
  }

  readonly #proceed = (ready: number): void => {
    if ((ready & (HANGUP | ERROR)) !== 0) return this.#end(EXCEPTION);
    const result = this.stream.write(this.data, this.offset);
    if (result < 0) return this.#end(-result);
    if (result === this.data.length) return this.#end(0);
    this.offset = result;
    this.begin();
  };

  #end(error: number): void {
    this.finish();
    this.done(error);
  }

  cancel(): void {
    this.#wait?.cancel();
    this.finish();
  }
}
