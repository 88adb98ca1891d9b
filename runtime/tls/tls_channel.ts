/**
 * A channel over node:tls: what a stream reads and writes once a connection is secured.
 *
 * The TLS socket works on a duplicate of the descriptor, which node closes; the descriptor itself
 * stays the channel's, for names and options. Bytes arrive by Deno's callbacks and wait here; the
 * socket is paused when there are many. The invariant: nothing calls back after `dispose`, which
 * lets what was written go out first, but not for long.
 */
import type { TLSSocket } from "node:tls";
import type { Eventer } from "../eventer/eventer.ts";
import type { Direction, ReadyCallback } from "../eventer/descriptor_waits.ts";
import { READABLE, WRITABLE } from "../eventer/poller_interface.ts";
import type { Cancellable, Channel } from "../net/channel.ts";
import { EAGAIN, ECONNRESET, EPIPE } from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import { errno } from "../posix/libc.ts";
import { peek } from "../posix/sockets.ts";

/** So many bytes may wait before the peer is no longer listened to. */
const HIGH_WATER = 262_144;
/** How long the rest may take to go out after `dispose`, in milliseconds. */
const LINGER_MS = 2000;

/** How long what the kernel handed to Deno may take to arrive here, in milliseconds. */
const PEEK_MS = 20;

/** Bytes through TLS. */
export class TlsChannel implements Channel {
  readonly #chunks: Uint8Array[] = [];
  #offset = 0;
  #waitingBytes = 0;
  #ended = false;
  #error = 0;
  #reader: (() => void) | undefined;
  #writer: (() => void) | undefined;
  /** Deno loses the end of a stream that was ever paused: see {@link TlsChannel.#seekEnd}. */
  #wasPaused = false;
  #seeking: Cancellable | undefined;

  /**
   * Takes both over.
   *
   * @param eventer The loop.
   * @param fd The descriptor that the TLS socket has a duplicate of.
   * @param socket The TLS socket, its handshake done.
   */
  constructor(
    readonly eventer: Eventer,
    readonly fd: number,
    readonly socket: TLSSocket,
  ) {
    socket.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes >= HIGH_WATER) {
        this.#wasPaused = true;
        socket.pause();
      }
      this.#reader?.();
    });
    socket.on("drain", () => this.#writer?.());
    socket.on("end", () => this.#finish(0));
    socket.on("close", () => this.#finish(0));
    socket.on("error", () => this.#finish(ECONNRESET));
  }

  #finish(error: number): void {
    this.#ended = true;
    this.#error ||= error;
    this.#reader?.();
    if (error !== 0 || this.socket.destroyed) this.#writer?.();
  }

  read(bytes: Uint8Array): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) {
      if (this.#ended) return -this.#error;
      return -EAGAIN;
    }
    const part = chunk.subarray(this.#offset, this.#offset + bytes.length);
    bytes.set(part);
    this.#offset += part.length;
    this.#waitingBytes -= part.length;
    if (this.#offset === chunk.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
    if (this.socket.isPaused() && this.#waitingBytes < HIGH_WATER / 2) {
      this.socket.resume();
    }
    return part.length;
  }

  write(bytes: Uint8Array, count: number): number {
    const { socket } = this;
    if (this.#error !== 0 || socket.destroyed || !socket.writable) {
      return -EPIPE;
    }
    if (socket.writableNeedDrain) return -EAGAIN;
    socket.write(bytes.slice(0, count));
    return count;
  }

  wait(direction: Direction, callback: ReadyCallback): Cancellable {
    const reading = direction === "read";
    // Deno calls back, so the thread must not be blocked meanwhile.
    const hold = this.eventer.hold({ outside: true });
    let pending = true;
    const end = () => {
      pending = false;
      hold[Symbol.dispose]();
      if (reading) {
        this.#reader = undefined;
        this.#seeking?.cancel();
        this.#seeking = undefined;
      } else this.#writer = undefined;
    };
    const notify = () => {
      if (!pending) return;
      end();
      this.eventer.post(() => {
        if (!cancelled) callback(reading ? READABLE : WRITABLE);
      });
    };
    let cancelled = false;
    if (reading) this.#reader = notify;
    else this.#writer = notify;
    const ready = reading
      ? this.#chunks.length > 0 || this.#ended
      : !this.socket.writableNeedDrain || this.socket.destroyed;
    if (ready) notify();
    else if (reading && this.#wasPaused) this.#seekEnd();
    return {
      cancel() {
        cancelled = true;
        if (pending) end();
      },
    };
  }

  /**
   * Looks for the end of the stream in the kernel: when there is nothing more to receive, and what
   * was received has had time to come through, it has ended.
   */
  #seekEnd(): void {
    this.#seeking = this.eventer.waitFd(this.fd, "read", () => {
      const left = peek(this.fd);
      if (left < 0 && errno() === EAGAIN) return this.#seekEnd();
      const again = left > 0
        ? () => this.#seekEnd()
        : () => this.#endSoon(left < 0 ? ECONNRESET : 0);
      this.#seeking = this.eventer.timer(PEEK_MS, again);
    });
  }

  /** Ends when Deno had two turns in which nothing came. */
  #endSoon(error: number): void {
    let turns = 2;
    const turn = () => {
      if (--turns > 0) immediate = setImmediate(turn);
      else this.#finish(error);
    };
    let immediate = setImmediate(turn);
    this.#seeking = { cancel: () => clearImmediate(immediate) };
  }

  [Symbol.dispose](): void {
    const { socket } = this;
    this.#seeking?.cancel();
    this.#reader = undefined;
    this.#writer = undefined;
    this.eventer.forgetFd(this.fd);
    close(this.fd);
    if (socket.destroyed) return;
    socket.removeAllListeners("data");
    socket.resume();
    const limit = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => clearTimeout(limit));
    // Says goodbye, and lets the rest go out before it.
    socket.end(() => socket.destroy());
  }
}
