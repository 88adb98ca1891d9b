/**
 * SIGCHLD: some child of the process has ended, stopped or gone on.
 *
 * The signal does not tell which, so everybody who is interested looks. Most waits do not need it
 * (a pidfd tells of one child's end); it is for stops and for kernels without pidfds.
 */
import type { Eventer } from "../eventer/eventer.ts";

/** Calls back on a loop when children have changed. */
export class ChildSignals {
  readonly #callbacks = new Set<() => void>();
  #hold: Disposable | undefined;
  readonly #received = () => {
    this.#eventer.post(() => {
      for (const callback of [...this.#callbacks]) {
        if (this.#callbacks.has(callback)) callback();
      }
    });
  };
  readonly #eventer: Eventer;

  /** @param eventer The loop to call back on. It is kept alive while somebody is interested. */
  constructor(eventer: Eventer) {
    this.#eventer = eventer;
  }

  /**
   * Begins to call back. A change before this call is not told: look after it.
   *
   * @param callback What to call after one or more changes of any children.
   * @returns What ends it.
   */
  add(callback: () => void): Disposable {
    const unique = () => callback();
    if (this.#callbacks.size === 0) {
      Deno.addSignalListener("SIGCHLD", this.#received);
      this.#hold = this.#eventer.hold({ outside: true });
    }
    this.#callbacks.add(unique);
    return { [Symbol.dispose]: () => this.#remove(unique) };
  }

  #remove(callback: () => void): void {
    if (!this.#callbacks.delete(callback) || this.#callbacks.size > 0) return;
    Deno.removeSignalListener("SIGCHLD", this.#received);
    this.#hold?.[Symbol.dispose]();
    this.#hold = undefined;
  }
}
