/**
 * What may end the body of a test early: its time limit, and somebody who
 * presses Ctrl-C. Both raise an error in it, wherever it is.
 *
 * A body that waits is woken by the guard (guard.ts); one that computes is
 * interrupted by {@link Interrupts.check}, which the engine calls now and
 * then. Never raises while no body runs: the harness itself is not ended so.
 */
import { LuaError } from "../lua/errors.ts";
import { encodeText } from "../lua/text.ts";

/** After how long an error is raised again in a body that caught it, in ms. */
const AGAIN = 50;

/** The message of the error that Ctrl-C raises. */
const INTERRUPTED = "interrupted";

/** See the head of this file. One for each runtime. */
export class Interrupts {
  /** Whether somebody asked the run to end. */
  requested = false;
  /** Says, behind the message of a time limit, what else goes on. */
  describe: () => string = () => "";
  /** Errors that no coroutine caught and nobody has asked about. */
  uncaught = 0;
  #deadline = Infinity;
  #message: string | undefined;
  #running = 0;
  #raise: ((message: string) => void) | undefined;

  /** A body starts; `limit` is how many seconds it has. */
  begin(limit: number | undefined, raise: (message: string) => void): void {
    this.#running++;
    this.#raise = raise;
    if (limit !== undefined) {
      this.#deadline = performance.now() + limit * 1000;
      this.#message = `timed out after ${limit} second${
        limit === 1 ? "" : "s"
      }`;
    }
    if (this.requested) this.#deadline = performance.now();
  }

  /** A body has ended. */
  end(): void {
    this.#running--;
    this.#raise = undefined;
    this.#deadline = Infinity;
    this.#message = undefined;
  }

  /** Asks the run to end: the body that runs gets an error. */
  request(): void {
    this.requested = true;
    this.#message = INTERRUPTED;
    this.#deadline = 0;
    this.#raise?.(INTERRUPTED);
  }

  /** What has to be raised now in the body that runs, if anything. */
  due(): string | undefined {
    if (performance.now() < this.#deadline) return undefined;
    this.#deadline = performance.now() + AGAIN;
    if (this.requested || this.#message === undefined) return INTERRUPTED;
    return this.#message + this.describe();
  }

  /**
   * For the engine's interrupt handler: raises what is due.
   *
   * @param where Tells the position of the running code, as `file:line: `.
   * @throws {LuaError} When the running body has to end.
   */
  check(where: () => string): void {
    if (this.#running === 0 || this.#deadline === Infinity) return;
    const message = this.due();
    if (message !== undefined) {
      throw new LuaError(where() + encodeText(message));
    }
  }
}
