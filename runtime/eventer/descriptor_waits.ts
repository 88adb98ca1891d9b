/**
 * Who waits for which descriptor, and which waits a batch of reports ends.
 *
 * Waits are one-shot, but the kernel's interest is dropped only when a report finds nobody waiting
 * for it: reading in a loop then costs no system call per wait. The invariants: one wait per
 * descriptor and direction; a wait made while a batch is being dispatched is not ended by that
 * batch, for the report may be about an older use of the descriptor's number.
 */

import { ERROR, HANGUP, READABLE, WRITABLE } from "./poller_interface.ts";
import type { Poller } from "./poller_interface.ts";

/** What to wait for. */
export type Direction = "read" | "write";

/** Told what the kernel reported: a mask of READABLE, WRITABLE, HANGUP and ERROR. */
export type ReadyCallback = (ready: number) => void;

/** One descriptor: who waits, and what the kernel was asked to watch. */
interface Watch {
  readonly fd: number;
  interest: number;
  reader: Wait | undefined;
  writer: Wait | undefined;
}

/** A wait for one descriptor in one direction; it ends at its first report. */
export class Wait {
  /** @internal What the report said; set just before the callback is called. */
  ready = 0;

  /** @internal Created by the eventer. */
  constructor(
    /** @internal The descriptor's record while waiting; undefined afterwards. */
    public watch: Watch | undefined,
    /** What it waits for. */
    readonly direction: Direction,
    /** @internal The batch during which it was created. */
    readonly batch: number,
    /** @internal What to call. */
    readonly callback: ReadyCallback,
    /** @internal Where it is registered. */
    readonly waits: DescriptorWaits,
  ) {}

  /** Whether it will still call. */
  get active(): boolean {
    return this.watch !== undefined;
  }

  /**
   * Makes sure that it never calls. Does nothing when it has called or was cancelled before.
   *
   * @returns Whether this call was what prevented it.
   */
  cancel(): boolean {
    return this.waits.cancel(this);
  }

  /** The same as {@link cancel}. */
  [Symbol.dispose](): void {
    this.cancel();
  }
}

/** The waits for descriptors of one eventer. */
export class DescriptorWaits {
  readonly #poller: Poller;
  readonly #emptied: () => void;
  readonly #watches = new Map<number, Watch>();
  /** Waits for descriptors that are always ready, such as plain files. */
  #alwaysReady: Wait[] = [];
  #active = 0;
  #batch = 0;
  #reports = 0;
  #cursor = 0;
  #readerAsked = false;

  /**
   * @param poller Where readiness comes from.
   * @param emptied Called when cancelling has left no wait.
   */
  constructor(poller: Poller, emptied: () => void) {
    this.#poller = poller;
    this.#emptied = emptied;
  }

  /** How many waits have not ended. */
  get active(): number {
    return this.#active;
  }

  /** Whether a poll could report anything, waited for or not. */
  get watching(): boolean {
    return this.#watches.size > 0;
  }

  /** Whether a wait has ended already, without the kernel's help. */
  get anyReady(): boolean {
    return this.#alwaysReady.length > 0;
  }

  /**
   * Begins a wait.
   *
   * @param fd The descriptor.
   * @param direction What to wait for.
   * @param callback What to call.
   * @returns The wait.
   * @throws {Error} When somebody waits for the same already.
   * @throws {PosixError} EBADF and the like when the kernel cannot watch the descriptor.
   */
  add(fd: number, direction: Direction, callback: ReadyCallback): Wait {
    const known = this.#watches.get(fd);
    const reading = direction === "read";
    if ((reading ? known?.reader : known?.writer) !== undefined) {
      throw new Error(
        `Cannot wait to ${direction} descriptor ${fd}: another wait for the same is pending`,
      );
    }
    const watch = known ??
      { fd, interest: 0, reader: undefined, writer: undefined };
    const interest = watch.interest | (reading ? READABLE : WRITABLE);
    let always = false;
    if (interest !== watch.interest) {
      always = !this.#poller.watch(fd, watch.interest, interest);
      if (!always) watch.interest = interest;
    }
    if (known === undefined) this.#watches.set(fd, watch);
    const wait = new Wait(watch, direction, this.#batch, callback, this);
    if (reading) watch.reader = wait;
    else watch.writer = wait;
    if (always) {
      wait.ready = reading ? READABLE : WRITABLE;
      this.#alwaysReady.push(wait);
    }
    this.#active++;
    return wait;
  }

  /**
   * Ends a wait without calling back.
   *
   * @param wait One of these waits.
   * @returns Whether it had not ended before.
   */
  cancel(wait: Wait): boolean {
    if (!this.#end(wait)) return false;
    if (this.#active === 0) this.#emptied();
    return true;
  }

  #end(wait: Wait): boolean {
    const watch = wait.watch;
    if (watch === undefined) return false;
    wait.watch = undefined;
    if (watch.reader === wait) watch.reader = undefined;
    else watch.writer = undefined;
    if (watch.interest === 0) this.#forgetIdle(watch);
    this.#active--;
    return true;
  }

  #forgetIdle(watch: Watch): void {
    if (watch.reader === undefined && watch.writer === undefined) {
      this.#watches.delete(watch.fd);
    }
  }

  /**
   * Ends the waits for a descriptor without calling back and takes it from the kernel's set.
   *
   * @param fd The descriptor, still open.
   */
  forget(fd: number): void {
    const watch = this.#watches.get(fd);
    if (watch === undefined) return;
    if (watch.interest !== 0) this.#poller.watch(fd, watch.interest, 0);
    watch.interest = 0;
    this.#watches.delete(fd);
    if (watch.reader !== undefined) this.cancel(watch.reader);
    if (watch.writer !== undefined) this.cancel(watch.writer);
  }

  /** Ends all waits without calling back. The poller is left alone: it is about to close. */
  clear(): void {
    for (const watch of this.#watches.values()) {
      if (watch.reader !== undefined) watch.reader.watch = undefined;
      if (watch.writer !== undefined) watch.writer.watch = undefined;
    }
    this.#watches.clear();
    this.#alwaysReady = [];
    this.#active = 0;
    this.#reports = 0;
  }

  /**
   * Blocks the thread until there is something for a batch, at most up to the time limit.
   *
   * @param timeoutMs Milliseconds.
   */
  block(timeoutMs: number): void {
    this.#reports = 0;
    this.#poller.poll(timeoutMs);
  }

  /**
   * Begins a batch: collects what the kernel has to report now.
   *
   * @returns Whether there is anything to take or to look at again.
   */
  begin(): boolean {
    this.#batch++;
    this.#cursor = 0;
    this.#readerAsked = false;
    this.#reports = this.#poller.poll(0);
    return this.#reports > 0 || this.#alwaysReady.length > 0;
  }

  /**
   * Takes the next wait that the batch ends.
   *
   * @returns The wait, ended, with what was reported in `ready`; undefined at the batch's end.
   */
  take(): Wait | undefined {
    while (this.#cursor < this.#reports) {
      const watch = this.#watches.get(this.#poller.fd(this.#cursor));
      const ready = this.#poller.ready(this.#cursor);
      if (watch === undefined) {
        this.#next();
        continue;
      }
      if (!this.#readerAsked) {
        this.#readerAsked = true;
        this.#dropUnwanted(watch, ready);
        const reader = watch.reader;
        if ((ready & ~WRITABLE) !== 0 && this.#ends(reader, ready)) {
          return reader;
        }
      }
      this.#next();
      const writer = watch.writer;
      if ((ready & ~READABLE) !== 0 && this.#ends(writer, ready)) {
        return writer;
      }
    }
    return this.#takeAlwaysReady();
  }

  #next(): void {
    this.#cursor++;
    this.#readerAsked = false;
  }

  #ends(wait: Wait | undefined, ready: number): wait is Wait {
    if (wait === undefined || wait.batch === this.#batch) return false;
    this.#end(wait);
    wait.ready = ready;
    return true;
  }

  /** Stops the kernel from reporting again and again what nobody waits for. */
  #dropUnwanted(watch: Watch, ready: number): void {
    let interest = watch.interest;
    if ((ready & READABLE) !== 0 && watch.reader === undefined) {
      interest &= ~READABLE;
    }
    if ((ready & WRITABLE) !== 0 && watch.writer === undefined) {
      interest &= ~WRITABLE;
    }
    // Hang-ups and errors are reported whatever the interest is.
    if (
      (ready & (HANGUP | ERROR)) !== 0 && watch.reader === undefined &&
      watch.writer === undefined
    ) {
      interest = 0;
    }
    if (interest === watch.interest) return;
    this.#poller.watch(watch.fd, watch.interest, interest);
    watch.interest = interest;
    if (interest === 0) this.#forgetIdle(watch);
  }

  #takeAlwaysReady(): Wait | undefined {
    const waits = this.#alwaysReady;
    while (waits.length > 0) {
      const first = waits[0]!;
      if (first.batch === this.#batch) return undefined;
      waits.shift();
      if (this.#end(first)) return first;
    }
    return undefined;
  }
}
