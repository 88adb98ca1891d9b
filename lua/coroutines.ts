/**
 * Managed coroutines: Lua coroutines that the event loop drives.
 *
 * A managed coroutine may wait (host functions suspend it), owns what it
 * opened, and can be cancelled. Not the coroutine library of Lua: plain
 * coroutines made with `coroutine.create` are unknown here until adopted.
 *
 * Invariants: a coroutine has at most one wait; it is resumed only from the
 * loop, or nested by `spawn` and `handOver`; whatever ends it (return, error,
 * cancel) undoes its wait and disposes what it owned before anything else.
 * Specification: mtev-lua-api.md §1.2, §1.3, §2.1, §2.2.
 */
import type { Eventer } from "../runtime/eventer/eventer.ts";
import { raise } from "./args.ts";
import type { LuaError } from "./errors.ts";
import {
  type HostResult,
  type LuaState,
  NOTHING,
  type Outcome,
  Suspension,
  type Waker,
} from "./host.ts";
import { formatTraceback } from "./traceback.ts";
import {
  addressOf,
  type LuaFunction,
  type LuaThread,
  type LuaValue,
} from "./value.ts";

/** Resumes nested deeper than this are chained instead, to spare the stack. */
const MAX_NESTING = 100;

/** With so many coroutines the first search for dead adopted ones is made. */
const FIRST_SWEEP = 1024;

/** A managed coroutine. */
export class Coroutine {
  /** What is undone when the coroutine ends. Made when first needed. */
  owned: Set<Disposable> | undefined;
  /** The wait it is suspended in. */
  wait: Wait | undefined;
  /** Set once it ended, failed or was cancelled. */
  finished = false;
  /** It yielded to nobody, and has not gone on since. */
  yielded = false;
  /** Words `file:line` of the call that made it, for error reports. */
  spawnedAt: { toString(): string } | undefined;

  /**
   * @param thread The Lua coroutine.
   * @param onEnd Told how it ended; without it, a failure is uncaught.
   * @param calledFrom See {@link SpawnOptions}; gone when the spawning call is.
   * @param tracedFrom Where the traceback of its error begins.
   */
  constructor(
    readonly thread: LuaThread,
    readonly onEnd: OnEnd | undefined,
    private calledFrom?: () => { toString(): string },
    readonly tracedFrom: 0 | 1 = 1,
  ) {}

  /** Takes note of the spawning call, unless that has been done. */
  noteSpawn(): void {
    const { calledFrom } = this;
    this.calledFrom = undefined;
    if (calledFrom !== undefined) this.spawnedAt = calledFrom();
  }

  /** Makes the end of the coroutine dispose `resource`. */
  own(resource: Disposable): void {
    (this.owned ??= new Set()).add(resource);
  }

  /** Undoes {@link own}. */
  disown(resource: Disposable): void {
    this.owned?.delete(resource);
  }
}

/** Told how a coroutine ended: with results, with an error, or cancelled. */
export type OnEnd = (
  end:
    | { readonly kind: "ended"; readonly values: LuaValue[] }
    | { readonly kind: "failed"; readonly error: LuaError }
    | { readonly kind: "cancelled" },
) => void;

/** How {@link Coroutines.spawn} starts a coroutine. */
export interface SpawnOptions {
  /**
   * Takes note of the spawning call, whose `file:line` `toString` words. Called
   * while that is on the stack, and only for a coroutine that waits or fails:
   * it takes ten times as long as the rest of spawning.
   */
  readonly calledFrom?: () => { toString(): string };
  /** Told how the coroutine ended. */
  readonly onEnd?: OnEnd;
  /**
   * The level at which the traceback of its error begins: by default 1, since
   * level 0 is where the error was raised (mtev-lua-api.md §16.5).
   */
  readonly tracedFrom?: 0 | 1;
}

/** All managed coroutines of one Lua state. */
export class Coroutines implements Disposable, Iterable<Coroutine> {
  readonly #byThread = new Map<LuaThread, Coroutine>();
  readonly #state: LuaState;
  readonly #eventer: Eventer;
  readonly #onUncaught: (coroutine: Coroutine, error: LuaError) => void;
  /** Called on the loop once the last coroutine has ended. */
  onIdle: (() => void) | undefined;
  /** How often a coroutine was resumed. */
  resumes = 0;
  #nesting = 0;
  #sweepAt = FIRST_SWEEP;
  /** Coroutines to go on with before whoever resumed the last one; LIFO. */
  readonly #chain: { readonly wait: Wait; readonly values: LuaValue[] }[] = [];

  /** @param onUncaught Told of an error that ended a coroutine unobserved. */
  constructor(
    state: LuaState,
    eventer: Eventer,
    onUncaught: (coroutine: Coroutine, error: LuaError) => void,
  ) {
    this.#state = state;
    this.#eventer = eventer;
    this.#onUncaught = onUncaught;
    state.onSuspend = (thread, suspension) => {
      const coroutine = this.#byThread.get(thread);
      if (coroutine !== undefined) this.#begin(coroutine, suspension);
    };
  }

  /** The number of live coroutines. */
  get size(): number {
    return this.#byThread.size;
  }

  /** Iterates over the live coroutines, oldest first. */
  [Symbol.iterator](): Iterator<Coroutine> {
    return this.#byThread.values();
  }

  /**
   * The managed coroutine that is running.
   *
   * @throws {LuaError} `coro terminated` in a plain or cancelled coroutine
   * and outside any (mtev-lua-api.md §1.2).
   */
  get current(): Coroutine {
    return this.currentOrNone ?? raise(this.#state, "coro terminated");
  }

  /** The managed coroutine that is running, if one is. */
  get currentOrNone(): Coroutine | undefined {
    const thread = this.#state.currentThread;
    return thread && this.#byThread.get(thread);
  }

  /** The managed coroutine of a thread, if it has one. */
  find(thread: LuaThread): Coroutine | undefined {
    return this.#byThread.get(thread);
  }

  /** The managed coroutine whose thread prints with this address. */
  findByAddress(address: number): Coroutine | undefined {
    for (const coroutine of this) {
      if (Number(addressOf(coroutine.thread)) === address) return coroutine;
    }
    return undefined;
  }

  /**
   * Creates a coroutine and runs it at once, nested, up to its first wait
   * (mtev-lua-api.md §2.1).
   */
  spawn(
    fn: LuaFunction,
    args: readonly LuaValue[],
    options: SpawnOptions = {},
  ): Coroutine {
    const coroutine = new Coroutine(
      this.#state.newThread(fn),
      options.onEnd,
      options.calledFrom,
      options.tracedFrom,
    );
    this.#byThread.set(coroutine.thread, coroutine);
    this.#resume(coroutine, args, undefined);
    if (!coroutine.finished) coroutine.noteSpawn();
    return coroutine;
  }

  /**
   * Makes the running coroutine managed if it is a plain one
   * (mtev-lua-api.md §1.2, last paragraph).
   */
  adoptCurrent(): void {
    const thread = this.#state.currentThread;
    if (thread === undefined || this.#byThread.has(thread)) return;
    if (this.size >= this.#sweepAt) this.#sweep();
    this.#byThread.set(thread, new Coroutine(thread, undefined));
  }

  /** Nobody tells when a plain coroutine ends, unless it was waiting. */
  #sweep(): void {
    for (const coroutine of [...this]) {
      if (coroutine.thread.status === "dead") this.#finish(coroutine);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.size);
  }

  /**
   * Ends a coroutine without running anything in it: its wait is undone, what
   * it owns is disposed, it is never resumed. One that is running ends at its
   * next wait (mtev-lua-api.md §2.2).
   */
  cancel(coroutine: Coroutine): void {
    if (coroutine.finished) return;
    this.#finish(coroutine);
    coroutine.onEnd?.({ kind: "cancelled" });
  }

  /** Cancels all coroutines. */
  [Symbol.dispose](): void {
    for (const coroutine of [...this]) this.cancel(coroutine);
  }

  /**
   * Runs the coroutine of `waiter` before the running one goes on, in the
   * order of a nested call (mtev-lua-api.md §1.6). Returns what the calling
   * host function must return.
   */
  handOver(waiter: Wait, values: LuaValue[]): HostResult {
    if (this.#nesting < MAX_NESTING) {
      waiter.handOff(values);
      return NOTHING;
    }
    return new Suspension((caller) => {
      this.#chain.push({ wait: caller as Wait, values: [] });
      this.#chain.push({ wait: waiter, values });
    });
  }

  /** Called by {@link Wait}; goes on with a coroutine whose wait has ended. */
  continue(
    coroutine: Coroutine,
    values: readonly LuaValue[],
    error: LuaError | undefined,
    nested: boolean,
  ): void {
    if (nested || (this.#nesting === 0 && this.#eventer.dispatching)) {
      this.#resume(coroutine, values, error);
    } else {
      this.#eventer.post(() => this.#resume(coroutine, values, error));
    }
  }

  #resume(
    coroutine: Coroutine,
    values: readonly LuaValue[],
    error: LuaError | undefined,
  ): void {
    const base = this.#chain.length;
    this.#resumeOne(coroutine, values, error);
    while (this.#chain.length > base) {
      const { wait, values } = this.#chain.pop()!;
      if (wait.end()) this.#resumeOne(wait.coroutine, values, undefined);
    }
  }

  #resumeOne(
    coroutine: Coroutine,
    values: readonly LuaValue[],
    error: LuaError | undefined,
  ): void {
    if (coroutine.finished) return;
    coroutine.yielded = false;
    let outcome: Outcome;
    this.resumes++;
    this.#nesting++;
    try {
      outcome = error === undefined
        ? this.#state.resume(coroutine.thread, values)
        : this.#state.resumeWithError(coroutine.thread, error);
    } finally {
      this.#nesting--;
    }
    if (coroutine.finished) return; // cancelled itself
    switch (outcome.kind) {
      case "suspended":
        this.#begin(coroutine, outcome.suspension);
        return;
      case "yielded": // nobody will wake it (mtev-lua-api.md §2.8)
        coroutine.yielded = true;
        return;
      case "ended":
        this.#finish(coroutine);
        coroutine.onEnd?.(outcome);
        return;
      case "failed":
        outcome.error.traceback ??= formatTraceback(
          this.#state.frames(coroutine.thread, coroutine.tracedFrom),
        );
        coroutine.noteSpawn();
        this.#finish(coroutine);
        if (coroutine.onEnd !== undefined) coroutine.onEnd(outcome);
        else this.#onUncaught(coroutine, outcome.error);
    }
  }

  #begin(coroutine: Coroutine, suspension: Suspension | undefined): void {
    const wait = new Wait(this, coroutine);
    coroutine.wait = wait;
    if (suspension === undefined) { // interrupted: goes on in the next pass
      this.#eventer.timer(0, () => wait.wake());
      return;
    }
    const undo = suspension.start(wait);
    if (undo !== undefined && coroutine.wait === wait) wait.undo = undo;
  }

  #finish(coroutine: Coroutine): void {
    coroutine.finished = true;
    this.#byThread.delete(coroutine.thread);
    const { wait, owned } = coroutine;
    coroutine.wait = undefined;
    coroutine.owned = undefined;
    wait?.undo?.();
    if (owned !== undefined) {
      for (const resource of owned) resource[Symbol.dispose]();
    }
    if (this.size === 0 && this.onIdle !== undefined) {
      this.#eventer.post(this.onIdle);
    }
  }
}

/** One wait of one coroutine. It ends once: by waking, failing or cancel. */
export class Wait implements Waker {
  /** Undoes what the wait started. */
  undo: (() => void) | undefined;

  constructor(
    readonly coroutines: Coroutines,
    readonly coroutine: Coroutine,
  ) {}

  /** Whether the coroutine is still suspended in this wait. */
  get pending(): boolean {
    return this.coroutine.wait === this;
  }

  wake(...values: LuaValue[]): void {
    if (this.end()) {
      this.coroutines.continue(this.coroutine, values, undefined, false);
    }
  }

  fail(error: LuaError): void {
    if (this.end()) {
      this.coroutines.continue(this.coroutine, [], error, false);
    }
  }

  /** Runs the coroutine right here, nested in the caller. */
  handOff(values: readonly LuaValue[]): void {
    if (this.end()) {
      this.coroutines.continue(this.coroutine, values, undefined, true);
    }
  }

  /** Marks the wait as over; false if it was before. */
  end(): boolean {
    if (!this.pending) return false;
    this.coroutine.wait = undefined;
    this.undo = undefined;
    return true;
  }
}
