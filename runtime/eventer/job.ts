/**
 * Work that waits elsewhere: a promise whose outcome the loop hands over in its own time.
 *
 * The outcome is delivered in the loop's recurrent phase, never from inside the promise. A job
 * that was cancelled never delivers, whatever its promise does later.
 */

/** What a finished job is told: the promise's value or what it was rejected with. */
export type JobCallback<T> = (outcome: PromiseSettledResult<T>) => void;

/** What a job tells its eventer. */
interface JobOwner {
  /** The outcome is there: `deliver` is to be called on the loop. */
  finished(job: Job): void;
  /** The job will not deliver. */
  cancelled(job: Job): void;
}

/** A running job. */
export class Job {
  readonly #abort = new AbortController();
  readonly #owner: JobOwner;
  #deliver: (() => void) | undefined;
  #active = true;

  /** @internal Created by the eventer. */
  constructor(owner: JobOwner) {
    this.#owner = owner;
  }

  /** Whether its outcome has neither been delivered nor been given up. */
  get active(): boolean {
    return this.#active;
  }

  /** @internal Starts the work; an exception in `start` counts as a rejection. */
  run<T>(
    start: (signal: AbortSignal) => Promise<T>,
    done: JobCallback<T>,
  ): void {
    const finish = (outcome: PromiseSettledResult<T>) => {
      if (!this.#active) return;
      this.#deliver = () => done(outcome);
      this.#owner.finished(this);
    };
    const work = new Promise<T>((resolve) =>
      resolve(start(this.#abort.signal))
    );
    work.then(
      (value) => finish({ status: "fulfilled", value }),
      (reason: unknown) => finish({ status: "rejected", reason }),
    );
  }

  /** @internal Ends the job and calls back, unless it was cancelled meanwhile. */
  deliver(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#deliver?.();
  }

  /**
   * Gives the job up: its signal is aborted and its callback never called. Does nothing when the
   * outcome has been delivered.
   *
   * @returns Whether this call was what prevented the callback.
   */
  cancel(): boolean {
    if (!this.#active) return false;
    this.#active = false;
    this.#owner.cancelled(this);
    this.#abort.abort();
    return true;
  }

  /** The same as {@link cancel}. */
  [Symbol.dispose](): void {
    this.cancel();
  }
}
