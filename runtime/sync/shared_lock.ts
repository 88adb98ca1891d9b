/**
 * A lock between threads, in one word of shared memory that says who has it.
 *
 * It is for moments: who waits for it blocks the thread. A thread that dies while it has the lock
 * loses it to the next one that asks. The invariant: between `acquire` and `release` nothing runs
 * that could throw, above all no program's code.
 */
import { ENOENT } from "../posix/constants.ts";
import { lstat } from "../posix/files.ts";

/** How often a taken lock is looked at before the thread sleeps. */
const SPINS = 200;
/** After how many milliseconds of sleep the holder is suspected to be dead. */
const SUSPICION_MS = 20;

/** A lock in shared memory. Every thread makes its own of the same words. */
export class SharedLock {
  readonly #words: Int32Array;
  readonly #index: number;

  /**
   * @param words Shared memory.
   * @param index The first of two words that are the lock's, 0 at first: the kernel's number of the
   *   thread that has the lock, and how many threads sleep.
   */
  constructor(words: Int32Array, index: number) {
    this.#words = words;
    this.#index = index;
  }

  /**
   * Takes the lock. Blocks the thread until it is free.
   *
   * @param thread The kernel's number of the calling thread, which must not have the lock.
   * @throws {RangeError} When too little stack is left for what is to be done with the lock.
   */
  acquire(thread: number): void {
    reserveStack(STACK_LEVELS);
    const words = this.#words, index = this.#index;
    for (let spins = SPINS; spins > 0; spins--) {
      if (Atomics.compareExchange(words, index, 0, thread) === 0) return;
    }
    for (;;) {
      const holder = Atomics.compareExchange(words, index, 0, thread);
      // Its own number: an overflow of the stack has cost a release.
      if (holder === 0 || holder === thread) return;
      Atomics.add(words, index + 1, 1);
      const outcome = Atomics.wait(words, index, holder, SUSPICION_MS);
      Atomics.sub(words, index + 1, 1);
      if (
        outcome === "timed-out" && isDead(holder) &&
        Atomics.compareExchange(words, index, holder, thread) === holder
      ) return;
    }
  }

  /** Gives the lock back. */
  release(): void {
    Atomics.store(this.#words, this.#index, 0);
    if (Atomics.load(this.#words, this.#index + 1) > 0) {
      Atomics.notify(this.#words, this.#index, 1);
    }
  }
}

/**
 * Whether a thread of this process has ended.
 *
 * @param thread The kernel's number of the thread.
 * @returns Whether it has; false too where the system does not tell.
 */
export function isDead(thread: number): boolean {
  return lstat(`/proc/self/task/${thread}`) === -ENOENT &&
    typeof lstat("/proc/self/task") !== "number";
}

/** Far deeper than anything that is done with a lock. */
const STACK_LEVELS = 150;

/** Uses the stack up to a depth, so that an overflow comes now and not later. */
function reserveStack(levels: number): number {
  return levels === 0 ? 0 : reserveStack(levels - 1) + 1;
}
