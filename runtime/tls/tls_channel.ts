/**
 * A channel over node:tls: what a stream reads and writes once a connection is secured.
 *
 * The TLS socket works on a duplicate of the descriptor, which node closes; the descriptor itself
 * stays the channel's, for names and options. Three things Deno 2.9.6 does not do are done here.
 * Pausing a TLS socket neither stops it from reading nor lets it see the end afterwards: so the
 * handle below it is stopped. It takes any number of bytes to write, and drops those that have not
 * gone out when it is closed: so the kernel is asked what it was given. The invariants: what waits
 * is bounded in both directions; nothing calls back after `dispose`, which lets what was written go
 * out first, but not for long.
 */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Eventer } from "../eventer/eventer.ts";
import type { Direction, ReadyCallback } from "../eventer/descriptor_waits.ts";
import { READABLE, WRITABLE } from "../eventer/poller_interface.ts";
import type { Cancellable, Channel } from "../net/channel.ts";
import { EAGAIN, ECONNRESET, EPIPE } from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import { sendProgress } from "../posix/sockets.ts";

/** So many bytes may wait before the peer is no longer listened to. */
const HIGH_WATER = 262_144;
/** What a record holds at the most, and what TLS adds to it at the least. */
const MAX_RECORD = 16_384;
const RECORD_OVERHEAD = 21;
/** With so many bytes on the way at the most, the kernel takes more. */
const ROOMY = 16_384;
/** How often to ask the kernel whether there is room again, in milliseconds. */
const POLL_MS = 1;
/** How long the rest may take to go out after `dispose`, in milliseconds. */
const LINGER_MS = 2000;

/** What node keeps of a socket, in Deno too: the only way to stop reading below TLS. */
interface Handle {
  readStop(): void;
  readStart(): void;
}

function handleOf(socket: Socket): Handle | undefined {
  return (socket as unknown as { _handle?: Handle })._handle;
}

/** Bytes through TLS. */
export class TlsChannel implements Channel {
  readonly #chunks: Uint8Array[] = [];
  #offset = 0;
  #waitingBytes = 0;
  #ended = false;
  #error = 0;
  #reader: (() => void) | undefined;
  #writer: (() => void) | undefined;
  /** What the kernel had been given before the first byte, and how many bytes were written since. */
  readonly #base: number | undefined;
  #written = 0;
  #records = 0;
  /** Whether the kernel keeps what comes, because much waits here. */
  #stopped = false;
  #room: Cancellable | undefined;
  /** Whether the last write was refused. */
  #blocked = false;
  /** How much had been written when the kernel was last asked. */
  #asked = 0;

  /**
   * Takes both over.
   *
   * @param eventer The loop.
   * @param fd The descriptor that the TLS socket has a duplicate of.
   * @param socket The TLS socket, its handshake done.
   * @param raw The socket below it.
   */
  constructor(
    readonly eventer: Eventer,
    readonly fd: number,
    readonly socket: TLSSocket,
    private readonly raw: Socket,
  ) {
    this.#base = sendProgress(fd)?.given;
    socket.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes >= HIGH_WATER && !this.#stopped) {
        this.#stopped = true;
        handleOf(raw)?.readStop();
      }
      this.#reader?.();
    });
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
    if (this.#stopped && this.#waitingBytes < HIGH_WATER / 2) {
      this.#stopped = false;
      handleOf(this.raw)?.readStart();
    }
    return part.length;
  }

  write(bytes: Uint8Array, count: number): number {
    const { socket } = this;
    if (this.#error !== 0 || socket.destroyed || !socket.writable) {
      return -EPIPE;
    }
    this.#blocked = !this.#hasRoom();
    if (this.#blocked) return -EAGAIN;
    socket.write(bytes.slice(0, count));
    this.#written += count;
    this.#records += Math.ceil(count / MAX_RECORD);
    return count;
  }

  /** How many bytes Deno still keeps. TLS adds some to each record, here counted at their least. */
  #pending(): number {
    this.#asked = this.#written;
    const progress = this.#base === undefined
      ? undefined
      : sendProgress(this.fd);
    if (progress === undefined) return this.socket.writableLength;
    return this.#written + this.#records * RECORD_OVERHEAD -
      (progress.given - this.#base!);
  }

  #hasRoom(): boolean {
    return this.#written - this.#asked < HIGH_WATER / 4 ||
      this.#pending() < HIGH_WATER;
  }

  wait(direction: Direction, callback: ReadyCallback): Cancellable {
    const reading = direction === "read";
    // Deno calls back, so the thread must not be blocked meanwhile.
    const hold = this.eventer.hold({ outside: true });
    let pending = true;
    const end = () => {
      pending = false;
      hold[Symbol.dispose]();
      if (reading) this.#reader = undefined;
      else {
        this.#writer = undefined;
        this.#room?.cancel();
      }
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
    else {
      this.#writer = notify;
      this.#awaitRoom();
    }
    const ready = reading && (this.#chunks.length > 0 || this.#ended);
    if (ready) notify();
    return {
      cancel() {
        cancelled = true;
        if (pending) end();
      },
    };
  }

  #awaitRoom(): void {
    this.#room = this.eventer.timer(POLL_MS, () => {
      if (this.socket.destroyed || this.#pending() < HIGH_WATER) {
        this.#writer?.();
      } else this.#awaitRoom();
    });
  }

  afterDispose(callback: () => void): Cancellable {
    const hold = this.eventer.hold({ outside: true });
    let active = true;
    const end = () => {
      if (!active) return;
      active = false;
      hold[Symbol.dispose]();
      this.eventer.post(() => {
        if (!cancelled) callback();
      });
    };
    let cancelled = false;
    if (this.socket.closed) end();
    else this.socket.once("close", end);
    return {
      cancel() {
        cancelled = true;
        end();
      },
    };
  }

  [Symbol.dispose](): void {
    const { socket } = this;
    this.#reader = undefined;
    this.#writer = undefined;
    this.#room?.cancel();
    this.eventer.forgetFd(this.fd);
    if (socket.destroyed) return void close(this.fd);
    socket.removeAllListeners("data");
    socket.resume();
    if (this.#stopped) handleOf(this.raw)?.readStart();
    // Whoever gave up a write does not expect it to arrive.
    const lingers = !this.#blocked && this.#isSending();
    // Says goodbye, after the rest.
    socket.end(() => lingers || socket.destroy());
    if (!lingers) return void close(this.fd);
    const end = performance.now() + LINGER_MS;
    const { promise, resolve } = Promise.withResolvers<void>();
    const finish = () => {
      if (
        performance.now() < end && !socket.destroyed && this.#isSending()
      ) return void setTimeout(finish, POLL_MS);
      socket.destroy();
      close(this.fd);
      resolve();
    };
    setTimeout(finish, POLL_MS);
    this.eventer.linger(promise);
  }

  /**
   * Whether something may not have gone out. The server's tickets are counted as if they were
   * data, so the count alone does not tell; but Deno writes at once what the kernel takes, and so
   * keeps nothing while the kernel would take more.
   */
  #isSending(): boolean {
    const progress = sendProgress(this.fd);
    if (progress === undefined) return this.socket.writableLength > 0;
    return progress.queued > ROOMY || this.#pending() > 0;
  }
}
