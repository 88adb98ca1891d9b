/**
 * A child process: its signals and its end.
 *
 * A child that has ended stays a zombie, and its pid stays its own, until somebody asks for its
 * status; so a signal never meets a stranger. Whoever drops a child abandons it, which kills it.
 * Where its input and output lead is the business of children.ts.
 */
import type { Wait } from "../eventer/descriptor_waits.ts";
import type { Eventer } from "../eventer/eventer.ts";
import { ESRCH, SIGKILL, WCONTINUED, WUNTRACED } from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import { errno } from "../posix/libc.ts";
import { kill } from "../posix/process.ts";
import { pidfdOpen, waitpid } from "../posix/spawn.ts";
import type { ChildSignals } from "./child_signals.ts";
import { reap } from "./reap.ts";
import { wifcontinued, wifstopped } from "./wait_status.ts";

/** What a child tells whoever started it. */
export interface ChildOwner {
  readonly eventer: Eventer;
  readonly signals: ChildSignals;
  /** The child has ended and its pid is free. */
  ended(child: ChildProcess): void;
}

/** How long a killed child may take to end when nobody can wait on the loop, in milliseconds. */
const KILL_LIMIT = 1000;

/** A child process. */
export class ChildProcess implements Disposable {
  readonly #owner: ChildOwner;
  #status: number | undefined;
  readonly #waiters = new Set<(status: number) => void>();
  #pidfd: number | undefined;
  #wait: Wait | Disposable | undefined;

  /** @internal Started by `Children`. */
  constructor(
    owner: ChildOwner,
    /** Its number; it stays the child's own until {@link poll} tells its status. */
    readonly pid: number,
  ) {
    this.#owner = owner;
  }

  /** Its wait status once it has ended and {@link poll} or a wait has told so. */
  get status(): number | undefined {
    return this.#status;
  }

  /**
   * Asks whether the child has ended. Does not suspend.
   *
   * @returns Its wait status (see wait_status.ts), now and at every later call; undefined as long
   *   as it runs; -ECHILD when somebody else has taken the status.
   */
  poll(): number | undefined {
    if (this.#status === undefined) this.#look(0);
    return this.#status;
  }

  /** Takes one report of the kernel. An end is final; anything else is returned. */
  #look(options: number): number | undefined {
    const status = waitpid(this.pid, options);
    if (status === undefined) return undefined;
    if (wifstopped(status) || wifcontinued(status)) return status;
    this.#status = status;
    this.#endWatch();
    if (this.#pidfd !== undefined) close(this.#pidfd);
    this.#pidfd = undefined;
    this.#owner.ended(this);
    return undefined;
  }

  /**
   * Sends the child a signal.
   *
   * @param signal Its number; 0 only asks whether the child is there, as a zombie too.
   * @returns 0, or -errno; ESRCH once its status was told.
   */
  kill(signal: number): number {
    if (this.#status !== undefined) return -ESRCH;
    return kill(this.pid, signal) < 0 ? -errno() : 0;
  }

  /**
   * Sends the process group that the child leads a signal. Children lead none unless they make one.
   *
   * @param signal Its number.
   * @returns 0, or -errno; ESRCH when there is no such group.
   */
  killGroup(signal: number): number {
    return kill(-this.pid, signal) < 0 ? -errno() : 0;
  }

  /**
   * Waits for the end. Does not suspend.
   *
   * @param done Called once from the loop with what `poll` then returns.
   * @returns What gives the wait up.
   */
  wait(done: (status: number) => void): { cancel(): void } {
    const waiter = (status: number) => done(status);
    this.#waiters.add(waiter);
    if (this.poll() !== undefined) this.#tellWaiters();
    else if (this.#wait === undefined) this.#beginWatch();
    return {
      cancel: () => {
        this.#waiters.delete(waiter);
        if (this.#waiters.size === 0) this.#endWatch();
      },
    };
  }

  #beginWatch(): void {
    const { eventer, signals } = this.#owner;
    this.#pidfd ??= pidfdOpen(this.pid);
    if (this.#pidfd >= 0) {
      this.#wait = eventer.waitFd(this.#pidfd, "read", () => this.#changed());
      return;
    }
    this.#pidfd = undefined;
    this.#wait = signals.add(() => this.#changed());
    // It may have ended before anybody listened.
    eventer.post(() => this.#changed());
  }

  #endWatch(): void {
    const wait = this.#wait;
    this.#wait = undefined;
    wait?.[Symbol.dispose]();
    if (this.#pidfd !== undefined) this.#owner.eventer.forgetFd(this.#pidfd);
  }

  #changed(): void {
    if (this.poll() !== undefined) return this.#tellWaiters();
    // A wait for a descriptor ends at its first report.
    if (this.#pidfd !== undefined && this.#waiters.size > 0) this.#beginWatch();
  }

  /** Calls back from the loop, also when the end was noticed elsewhere. */
  #tellWaiters(): void {
    this.#owner.eventer.post(() => {
      for (const waiter of [...this.#waiters]) {
        if (this.#waiters.delete(waiter)) waiter(this.#status!);
      }
    });
  }

  /**
   * Tells of stops and continuations, which no wait does.
   *
   * @param callback Called from the loop with a status for which `wifstopped` or `wifcontinued` is
   *   true, in the kernel's order; changes that follow each other quickly may be told as one.
   * @returns What ends it.
   */
  watchStops(callback: (status: number) => void): Disposable {
    const look = () => {
      for (;;) {
        if (this.#status !== undefined) return;
        const status = this.#look(WUNTRACED | WCONTINUED);
        if (this.#status !== undefined) return this.#tellWaiters();
        if (status === undefined) return;
        callback(status);
      }
    };
    const watch = this.#owner.signals.add(look);
    this.#owner.eventer.post(look);
    return watch;
  }

  /** Kills the child if it has not ended, and lets the loop take its status. Does not suspend. */
  abandon(): void {
    if (this.poll() !== undefined) return;
    this.kill(SIGKILL);
    this.wait(() => {});
  }

  /** Kills the child if it has not ended and waits for its end; blocks the thread, briefly. */
  [Symbol.dispose](): void {
    this.#waiters.clear();
    this.#endWatch();
    if (this.poll() !== undefined) return;
    this.kill(SIGKILL);
    // A process that hangs in the kernel ends later; it is then init's.
    const status = reap(this.pid, KILL_LIMIT);
    this.#status = status ?? -ESRCH;
    if (this.#pidfd !== undefined) close(this.#pidfd);
    this.#pidfd = undefined;
    this.#owner.ended(this);
  }
}
