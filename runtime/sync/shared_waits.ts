/**
 * Waiting on a loop for what other threads put into a shared store: items of queues, semaphores.
 *
 * One of these serves all waits of a thread. Waits for one name are served in their order; between
 * threads there is none. The invariants: a wait that was cancelled has taken nothing; as long as
 * there are waits the eventer is kept alive, and without any nothing is left in shared memory.
 */
import type { Eventer } from "../eventer/eventer.ts";
import type { SharedStore, Waitable } from "./shared_store.ts";

/** Takes what is waited for, if it is there; what it returns hands it over. */
type Attempt = () => (() => void) | undefined;

/** The waits for one name. */
interface Line {
  readonly kind: Waitable;
  readonly name: string;
  /** Where it is in shared memory. */
  readonly entry: number;
  readonly waits: Set<Attempt>;
}

/** The waits of one thread. */
export class SharedWaits implements Disposable {
  /** Where everything is that can be had without waiting. */
  readonly store: SharedStore;
  readonly #eventer: Eventer;
  readonly #lines = new Map<string, Line>();
  #recurrent: Disposable | undefined;
  #hold: Disposable | undefined;

  /**
   * @param store What is waited for; it is disposed together with the waits.
   * @param eventer The thread's loop, whose wake-up descriptor the store has.
   */
  constructor(store: SharedStore, eventer: Eventer) {
    this.store = store;
    this.#eventer = eventer;
  }

  /**
   * Waits for an item of a queue, and takes it.
   *
   * @param name The queue.
   * @param done Called once from the loop with the item.
   * @returns What gives the wait up.
   * @throws {SharedMemoryFull} When there is no room to leave word.
   */
  item(name: string, done: (bytes: Uint8Array) => void): Disposable {
    return this.#wait("queue", name, () => {
      const bytes = this.store.shift(name);
      return bytes && (() => done(bytes));
    });
  }

  /**
   * Waits until a semaphore is above zero, and lowers it by one.
   *
   * @param name The semaphore.
   * @param done Called once from the loop.
   * @returns What gives the wait up.
   */
  semaphore(name: string, done: () => void): Disposable {
    return this.#wait(
      "semaphore",
      name,
      () => this.store.tryAcquire(name) ? done : undefined,
    );
  }

  #wait(kind: Waitable, name: string, attempt: Attempt): Disposable {
    const key = `${kind} ${name}`;
    const line = this.#lines.get(key) ?? this.#newLine(key, kind, name);
    const unique = () => attempt();
    line.waits.add(unique);
    // Something may have come between the caller's look and the word that was left.
    this.#eventer.post(() => this.#serve(key, line));
    return {
      [Symbol.dispose]: () => {
        if (line.waits.delete(unique)) this.#dropIfEmpty(key, line);
      },
    };
  }

  #newLine(key: string, kind: Waitable, name: string): Line {
    const entry = this.store.beginWaiting(kind, name);
    const line = { kind, name, entry, waits: new Set<Attempt>() };
    this.#lines.set(key, line);
    this.#begin();
    return line;
  }

  /** Gives what is there to the waits of a line, oldest first. */
  #serve(key: string, line: Line): void {
    for (const attempt of line.waits) {
      const handOver = attempt();
      if (handOver === undefined) break;
      line.waits.delete(attempt);
      handOver();
    }
    this.#dropIfEmpty(key, line);
  }

  #dropIfEmpty(key: string, line: Line): void {
    if (line.waits.size > 0 || this.#lines.get(key) !== line) return;
    this.#lines.delete(key);
    this.store.endWaiting(line.kind, line.name);
    if (this.#lines.size === 0) this.#end();
  }

  #begin(): void {
    if (this.#hold !== undefined) return;
    this.#hold = this.#eventer.hold();
    this.#recurrent = this.#eventer.recurrent(() => {
      if (!this.store.takeWakeUp()) return false;
      for (const [key, line] of [...this.#lines]) {
        if (this.store.mayTake(line.entry)) this.#serve(key, line);
      }
      return true;
    });
  }

  #end(): void {
    this.#recurrent?.[Symbol.dispose]();
    this.#hold?.[Symbol.dispose]();
    this.#recurrent = this.#hold = undefined;
  }

  /** Gives all waits up and leaves the store. Call it before the eventer is disposed. */
  [Symbol.dispose](): void {
    for (const [key, line] of [...this.#lines]) {
      line.waits.clear();
      this.#dropIfEmpty(key, line);
    }
    this.store[Symbol.dispose]();
  }
}
