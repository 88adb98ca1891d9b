/**
 * The loop: timers, posts, recurrent work, descriptors, in this order, one thread, one loop.
 *
 * It shares the thread with Deno's own loop: a tick (a run of passes) lasts about a millisecond at
 * most and then lets Deno go on; with nothing to do, one wait is in flight on a helper thread, or
 * none at all when the eventer is parked. It is not a promise scheduler and knows nothing of Lua.
 * The invariants: callbacks are called from ticks only, never from inside the call that asked for
 * them; whatever is made during a phase waits for that phase of the next pass
 * (mtev-lua-api.md §1.6). The file is long because a third of it documents the interface; its states
 * and phases share so much that apart they would be harder to follow.
 */

import { monotonic } from "../time/clock.ts";
import {
  DescriptorWaits,
  type Direction,
  type ReadyCallback,
  type Wait,
} from "./descriptor_waits.ts";
import { Job, type JobCallback } from "./job.ts";
import { openPoller } from "./poller.ts";
import type { Poller } from "./poller_interface.ts";
import { type Timer, Timers } from "./timers.ts";

/** How long a tick may keep Deno's own callbacks waiting, in milliseconds. */
const SLICE_MS = 1;
/**
 * How long before a timer is due a wait elsewhere is made to end, in milliseconds: about what the
 * way back takes. Nearer than this a timer is met by passing.
 */
const NEAR_MS = 0.05;
/** The same for blocking the thread, where only the kernel's wake-up takes time. */
const NEAR_BLOCKED_MS = 0.02;
/** How long an exclusive eventer may block the thread, in milliseconds. */
const BLOCK_MS = 2;

/** How an eventer behaves. */
export interface EventerOptions {
  /** Whether it runs by itself whenever there is work. Default true; else only inside `run`. */
  readonly autoRun?: boolean;
  /**
   * Whether the thread is the eventer's own, so that it may block it for up to 2 ms while nothing
   * outside (a job, a hold with `outside`) is expected. Waits get shorter, Deno's own callbacks
   * later. Default false.
   */
  readonly exclusive?: boolean;
  /**
   * Told what a callback threw; the loop goes on, unless this throws too. Without it, `run` stops
   * and rejects, or, when the eventer runs by itself, the error is reported as uncaught.
   */
  readonly onError?: (error: unknown) => void;
}

/** How something keeps an eventer alive. */
export interface HoldOptions {
  /**
   * Whether it will call back through Deno (a promise, a socket of node:net, a worker), so that
   * an exclusive eventer must not block the thread meanwhile. Default false.
   */
  readonly outside?: boolean;
}

type State = "parked" | "scheduled" | "running" | "waiting";

/**
 * The loop of one thread. In a worker, dispose of it before the worker is terminated: nothing else
 * ends a wait in flight, its helper thread and its descriptors.
 *
 * @example
 * ```ts
 * import { Eventer } from "./eventer.ts";
 *
 * await using eventer = new Eventer();
 * const timer = eventer.timer(3_600_000, () => console.log("never"));
 * eventer.post(() => timer.cancel());
 * eventer.timer(1.5, () => eventer.stop());
 * await eventer.run();
 * ```
 */
export class Eventer {
  readonly #poller: Poller;
  readonly #timers = new Timers(() => this.#parkIfIdle());
  readonly #waits: DescriptorWaits;
  readonly #recurrent = new Set<() => boolean | void>();
  readonly #jobs = new Set<Job>();
  /** What goes on when the loop has ended. */
  readonly #lingering = new Set<Promise<void>>();
  readonly #exclusive: boolean;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #tick = (): void => this.#runTick();
  #posts: (() => void)[] = [];
  #sparePosts: (() => void)[] = [];
  #finishedJobs: Job[] = [];
  #holds = 0;
  #expectedOutside = 0;

  #state: State = "parked";
  /** Whether ticks may be scheduled: between `run` and `stop`, or always with autoRun. */
  #enabled: boolean;
  /** Set by `stop`, `dispose` and errors: the tick ends after the current callback. */
  #stopping = false;
  #disposed = false;
  #immediate: NodeJS.Immediate | undefined;
  #pollInFlight = false;
  /** Whether blocking is allowed once more; work found by a tick allows it again. */
  #mayBlock = true;
  #run: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #closed: PromiseWithResolvers<void> | undefined;

  /**
   * Creates a loop. It holds three descriptors until it is disposed.
   *
   * @param options How it behaves.
   * @throws {Deno.errors.NotSupported} On a platform without a poller.
   * @throws {PosixError} When the kernel refuses a descriptor.
   */
  constructor(options: EventerOptions = {}) {
    this.#poller = openPoller();
    this.#waits = new DescriptorWaits(
      this.#poller,
      () => this.#parkIfIdle(),
    );
    this.#enabled = options.autoRun ?? true;
    this.#exclusive = options.exclusive ?? false;
    this.#onError = options.onError;
  }

  /** Whether a callback of this loop is being called right now. */
  get dispatching(): boolean {
    return this.#state === "running";
  }

  /** Whether the loop goes on by itself: a pass is running, due, or being waited for. */
  get running(): boolean {
    return this.#state !== "parked";
  }

  /**
   * The descriptor that wakes this loop from another thread: give the number to the thread, which
   * calls `eventfdRaise` of runtime/posix/event_descriptors.ts. A pass follows, so a `recurrent`
   * function sees what the thread left in shared memory. Keep the eventer alive with `hold`.
   */
  get wakeFd(): number {
    return this.#poller.wakeFd;
  }

  /**
   * The clock of the timers.
   *
   * @returns Milliseconds with fraction since some point in the past; never goes back.
   */
  now(): number {
    return monotonic();
  }

  /**
   * Calls back once after a delay. Does not suspend.
   *
   * @param delayMs Milliseconds with fraction; negative counts as 0, which means the next pass.
   * @param callback What to call.
   * @returns The timer; `cancel` it at any time.
   * @throws {RangeError} When the delay is not a number.
   * @throws {Error} When the eventer is disposed.
   */
  timer(delayMs: number, callback: () => void): Timer {
    this.#check("create a timer");
    if (Number.isNaN(delayMs)) {
      throw new RangeError("Cannot create a timer: the delay is not a number");
    }
    const now = monotonic();
    const dueMs = delayMs > 0 ? now + delayMs : now;
    const timer = this.#timers.add(dueMs, callback);
    if (this.#state === "parked") this.#schedule();
    else if (this.#state === "waiting" && timer.place === 0) {
      if (dueMs - now < NEAR_MS) this.#schedule();
      else this.#poller.arm(dueMs - NEAR_MS);
    }
    return timer;
  }

  /**
   * Calls back in the next pass, after its timers. May be called from any of Deno's callbacks of
   * this thread; it is how they get onto the loop. Does not suspend.
   *
   * @param callback What to call. Dropped when the eventer is disposed, which a late callback of
   *   Deno's cannot know.
   */
  post(callback: () => void): void {
    if (this.#disposed) return;
    this.#posts.push(callback);
    this.#schedule();
  }

  /**
   * Calls back once when a descriptor is ready. Does not suspend. The readiness may be outdated:
   * make the descriptor nonblocking, and on EAGAIN wait again.
   *
   * @param fd The descriptor. Call `forgetFd` before it is closed.
   * @param direction What to wait for. A hang-up or an error ends either kind of wait.
   * @param callback Told what the kernel reported: a mask of READABLE, WRITABLE, HANGUP, ERROR.
   * @returns The wait; `cancel` it at any time.
   * @throws {Error} When the eventer is disposed, or somebody waits for the same already.
   * @throws {PosixError} EBADF when there is no such descriptor.
   */
  waitFd(fd: number, direction: Direction, callback: ReadyCallback): Wait {
    this.#check("wait for a descriptor");
    const wait = this.#waits.add(fd, direction, callback);
    if (this.#state === "parked" || this.#waits.anyReady) this.#schedule();
    return wait;
  }

  /**
   * Ends all waits for a descriptor without calling back and lets the kernel forget it. Call it
   * before the descriptor is closed: its number may be used again at once.
   *
   * @param fd The descriptor.
   */
  forgetFd(fd: number): void {
    this.#waits.forget(fd);
  }

  /**
   * Calls a function in every pass, for looking at what other threads or other loops left. It
   * neither causes passes nor keeps the eventer alive.
   *
   * @param callback What to call; when it returns true another pass follows at once.
   * @returns What ends it.
   * @throws {Error} When the eventer is disposed.
   */
  recurrent(callback: () => boolean | void): Disposable {
    this.#check("add recurrent work");
    const unique = () => callback();
    this.#recurrent.add(unique);
    return { [Symbol.dispose]: () => void this.#recurrent.delete(unique) };
  }

  /**
   * Runs work that waits elsewhere and delivers its outcome on the loop, in the recurrent phase.
   * Starts it at once; does not suspend.
   *
   * @typeParam T What the work gives.
   * @param start The work. Its signal is aborted when the job is cancelled.
   * @param done Told the outcome, a rejection too.
   * @returns The job; `cancel` it at any time.
   * @throws {Error} When the eventer is disposed.
   */
  job<T>(
    start: (signal: AbortSignal) => Promise<T>,
    done: JobCallback<T>,
  ): Job {
    this.#check("start a job");
    const job = new Job({
      finished: (job) => {
        this.#finishedJobs.push(job);
        this.#schedule();
      },
      cancelled: (job) => {
        this.#jobs.delete(job);
        this.#parkIfIdle();
      },
    });
    this.#jobs.add(job);
    if (this.#state === "parked") this.#schedule();
    job.run(start, done);
    return job;
  }

  /**
   * Keeps the eventer, and so the process, alive with nothing pending.
   *
   * @param options What the reason is like.
   * @returns What ends it.
   * @throws {Error} When the eventer is disposed.
   */
  hold(options: HoldOptions = {}): Disposable {
    this.#check("hold the eventer");
    const outside = options.outside === true ? 1 : 0;
    let held = true;
    this.#holds++;
    this.#expectedOutside += outside;
    if (this.#state === "parked") this.#schedule();
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#holds--;
        this.#expectedOutside -= outside;
        this.#parkIfIdle();
      },
    };
  }

  /**
   * Lets `Symbol.asyncDispose` wait for work that outlives the loop, such as sending the rest of
   * what a closed connection was given.
   *
   * @param work What ends by itself, in bounded time, and does not reject.
   */
  linger(work: Promise<void>): void {
    this.#lingering.add(work);
    void work.then(() => this.#lingering.delete(work));
  }

  /** Makes a pass happen soon. For other threads see `wakeFd`. Does not suspend. */
  wake(): void {
    if (!this.#disposed) this.#schedule();
  }

  /**
   * Runs the loop until `stop`, keeping it alive with nothing pending. Suspends.
   *
   * @returns When `stop` was called or the eventer was disposed, with no wait in flight any more.
   *   Rejects with what a callback threw, unless there is an `onError`; what was pending stays
   *   pending, and `run` may be called again.
   * @throws {Error} When it is running already, or the eventer is disposed.
   */
  run(): Promise<void> {
    this.#check("run the eventer");
    if (this.#run !== undefined) {
      throw new Error("Cannot run the eventer: it is running already");
    }
    this.#run = Promise.withResolvers();
    this.#enabled = true;
    this.#stopping = false;
    this.#scheduleFirst();
    return this.#run.promise;
  }

  /**
   * Stops the loop after the current callback. What is pending stays pending, and only `run`
   * starts the loop again. Does not suspend; `run` returns when the loop has stopped.
   */
  stop(): void {
    if (this.#disposed) return;
    this.#enabled = false;
    this.#stopping = true;
    if (this.#state !== "running") this.#halt();
  }

  /**
   * Ends everything: cancels what is pending and closes the descriptors, or, when a wait is in
   * flight, wakes it and closes them when it has returned, which takes some 50 µs.
   */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#enabled = false;
    this.#stopping = true;
    this.#closed = Promise.withResolvers();
    this.#timers.clear();
    this.#waits.clear();
    this.#recurrent.clear();
    this.#posts = [];
    this.#sparePosts = [];
    this.#finishedJobs = [];
    const jobs = [...this.#jobs];
    this.#jobs.clear();
    for (const job of jobs) job.cancel();
    if (this.#state !== "running") this.#halt();
  }

  /**
   * The same as `Symbol.dispose`, and waits until the descriptors are closed, and for what lingers.
   *
   * @returns When they are.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.#closed?.promise;
    await Promise.all(this.#lingering);
  }

  #check(action: string): void {
    if (this.#disposed) {
      throw new Error(`Cannot ${action}: the eventer is disposed`);
    }
  }

  #schedule(): void {
    if (this.#state === "running" || this.#state === "scheduled") return;
    if (!this.#enabled) return;
    this.#state = "scheduled";
    this.#immediate = setImmediate(this.#tick);
  }

  /** As `#schedule`, without setImmediate, which takes Deno 15 ms to load when it is first used. */
  #scheduleFirst(): void {
    if (this.#state === "running" || this.#state === "scheduled") return;
    this.#state = "scheduled";
    queueMicrotask(() => {
      if (this.#state === "scheduled" && this.#immediate === undefined) {
        this.#runTick();
      }
    });
  }

  /** Passes until there is nothing to do or Deno must have its turn, then decides what is next. */
  #runTick(): void {
    this.#state = "running";
    this.#immediate = undefined;
    const endMs = monotonic() + SLICE_MS;
    let busy = false;
    let look = true;
    try {
      while (this.#pass(look)) {
        busy = true;
        if (this.#stopping || monotonic() >= endMs) break;
        // Without descriptors only other threads can have anything to report: once a tick will do.
        look = this.#waits.watching || this.#waits.anyReady;
      }
    } catch (error) {
      // Not a callback's error: without its poller the loop cannot go on.
      this.#stopWith(error);
    }
    if (this.#stopping) return this.#halt();
    this.#state = "parked";
    if (busy) this.#mayBlock = true;
    if (busy || this.#posts.length > 0 || this.#finishedJobs.length > 0) {
      this.#schedule();
    } else if (this.#alive()) this.#idle();
    else this.#park();
  }

  /** One pass; tells whether it did anything. */
  #pass(look: boolean): boolean {
    let did = false;
    const timers = this.#timers;
    if (timers.size > 0) {
      timers.begin(monotonic());
      for (
        let timer = timers.take();
        timer !== undefined;
        timer = timers.take()
      ) {
        did = true;
        this.#call(timer.callback, undefined);
        if (this.#stopping) return did;
      }
    }
    if (this.#posts.length > 0) {
      did = true;
      this.#runPosts();
      if (this.#stopping) return did;
    }
    if (this.#runRecurrent()) did = true;
    if (this.#stopping) return did;
    if (look && this.#waits.begin()) {
      did = true;
      for (
        let wait = this.#waits.take();
        wait !== undefined;
        wait = this.#waits.take()
      ) {
        this.#call(wait.callback, wait.ready);
        if (this.#stopping) return did;
      }
    }
    return did;
  }

  #runPosts(): void {
    const posts = this.#posts;
    this.#posts = this.#sparePosts;
    let index = 0;
    while (index < posts.length && !this.#stopping) {
      this.#call(posts[index++]!, undefined);
    }
    if (index < posts.length && !this.#disposed) {
      this.#posts = posts.slice(index).concat(this.#posts);
    }
    posts.length = 0;
    this.#sparePosts = posts;
  }

  #runRecurrent(): boolean {
    let did = false;
    const count = this.#finishedJobs.length;
    for (let left = count; left > 0 && !this.#stopping; left--) {
      did = true;
      const job = this.#finishedJobs.shift()!;
      this.#jobs.delete(job);
      this.#call(() => job.deliver(), undefined);
    }
    if (this.#recurrent.size === 0) return did;
    for (const callback of [...this.#recurrent]) {
      if (this.#stopping) break;
      // An earlier one may have ended this one.
      if (!this.#recurrent.has(callback)) continue;
      this.#call(() => {
        if (callback() === true) did = true;
      }, undefined);
    }
    return did;
  }

  #call<Argument>(
    callback: (argument: Argument) => void,
    argument: Argument,
  ): void {
    try {
      callback(argument);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    let fatal = error;
    if (this.#onError !== undefined) {
      try {
        this.#onError(error);
        return;
      } catch (second) {
        fatal = second;
      }
    }
    if (this.#run === undefined) reportError(fatal);
    else this.#stopWith(fatal);
  }

  #stopWith(error: unknown): void {
    this.#enabled = false;
    this.#stopping = true;
    if (this.#run === undefined) reportError(error);
    else this.#failure ??= { error };
  }

  #alive(): boolean {
    return this.#timers.size > 0 || this.#waits.active > 0 ||
      this.#jobs.size > 0 || this.#holds > 0 || this.#run !== undefined;
  }

  /** Waits for the next thing to happen: near timers by passing, else blocked or elsewhere. */
  #idle(): void {
    const nextMs = this.#timers.nextMs;
    if (nextMs < Infinity && nextMs - monotonic() < NEAR_MS) {
      return this.#schedule();
    }
    if (this.#canBlock()) {
      this.#poller.arm(nextMs - NEAR_BLOCKED_MS);
      this.#mayBlock = false;
      this.#waits.block(BLOCK_MS);
      return this.#runTick();
    }
    this.#poller.arm(nextMs - NEAR_MS);
    this.#state = "waiting";
    if (!this.#pollInFlight) this.#pollElsewhere();
  }

  #canBlock(): boolean {
    return this.#exclusive && this.#mayBlock && !this.#pollInFlight &&
      this.#jobs.size === 0 && this.#expectedOutside === 0;
  }

  async #pollElsewhere(): Promise<void> {
    this.#pollInFlight = true;
    await this.#poller.pollElsewhere();
    this.#pollInFlight = false;
    if (this.#state === "waiting") this.#runTick();
    else if (this.#state === "parked" && !this.#enabled) this.#halt();
  }

  #parkIfIdle(): void {
    if (this.#state === "waiting" && !this.#alive()) this.#park();
  }

  /** Nothing to wait for: nothing of ours may keep the process alive. */
  #park(): void {
    this.#state = "parked";
    if (this.#pollInFlight) this.#poller.wake();
  }

  /** The loop has been told to stop; says so to those who wait for it once nothing is in flight. */
  #halt(): void {
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
    this.#immediate = undefined;
    this.#park();
    if (this.#pollInFlight) return;
    if (this.#disposed) {
      this.#poller[Symbol.dispose]();
      this.#closed?.resolve();
    }
    const run = this.#run;
    const failure = this.#failure;
    this.#run = undefined;
    this.#failure = undefined;
    if (failure === undefined) run?.resolve();
    else run?.reject(failure.error);
  }
}
