/**
 * Timers in the order they are due: a binary heap that knows where each timer is.
 *
 * Because a timer knows its place, cancelling removes it at once, so cancelled timers never
 * accumulate. Ties go in the order of creation. The invariant of dispatching: what is created
 * after `begin` waits for the next `begin`, even if it is due.
 */

/** A callback that is due at a time. */
export class Timer {
  /** @internal Where it is in the heap; -1 when it is not there. */
  place = -1;

  /** @internal Created by the eventer. */
  constructor(
    /** When it is due, in milliseconds of the monotonic clock. */
    readonly dueMs: number,
    /** @internal Creation order. */
    readonly order: number,
    /** @internal What to call. */
    readonly callback: () => void,
    /** @internal Where to remove it from. */
    readonly timers: Timers,
  ) {}

  /** Whether it will still call. */
  get active(): boolean {
    return this.place >= 0;
  }

  /**
   * Makes sure that it never calls. Does nothing when it has called or was cancelled before.
   *
   * @returns Whether this call was what prevented it.
   */
  cancel(): boolean {
    return this.timers.cancel(this);
  }

  /** The same as {@link cancel}. */
  [Symbol.dispose](): void {
    this.cancel();
  }
}

/** The pending timers of one eventer. */
export class Timers {
  readonly #heap: Timer[] = [];
  readonly #emptied: () => void;
  #created = 0;
  #limit = 0;
  #nowMs = 0;

  /** @param emptied Called when cancelling has left no timer. */
  constructor(emptied: () => void) {
    this.#emptied = emptied;
  }

  /** How many are pending. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the first is due, in milliseconds of the monotonic clock; Infinity when there is none. */
  get nextMs(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0]!.dueMs;
  }

  /**
   * Adds a timer.
   *
   * @param dueMs When it is due, in milliseconds of the monotonic clock.
   * @param callback What to call.
   * @returns The timer.
   */
  add(dueMs: number, callback: () => void): Timer {
    const timer = new Timer(dueMs, this.#created++, callback, this);
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1, timer);
    return timer;
  }

  /**
   * Begins a phase of dispatching.
   *
   * @param nowMs The time that decides what is due, in milliseconds of the monotonic clock.
   */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#limit = this.#created;
  }

  /**
   * Takes the next timer that was due, and there, when the phase began.
   *
   * @returns The timer, no longer pending; undefined when the phase is over.
   */
  take(): Timer | undefined {
    if (this.#heap.length === 0) return undefined;
    const first = this.#heap[0]!;
    // A younger timer at the top hides no older one: it is due no earlier than the phase began,
    // and on a tie the older goes first.
    if (first.dueMs > this.#nowMs || first.order >= this.#limit) {
      return undefined;
    }
    this.#remove(first);
    return first;
  }

  /**
   * Cancels a timer.
   *
   * @param timer One of these timers.
   * @returns Whether it was pending.
   */
  cancel(timer: Timer): boolean {
    if (timer.place < 0) return false;
    this.#remove(timer);
    if (this.#heap.length === 0) this.#emptied();
    return true;
  }

  #remove(timer: Timer): void {
    const place = timer.place;
    timer.place = -1;
    const last = this.#heap.pop()!;
    if (last === timer) return;
    if (place > 0 && before(last, this.#heap[(place - 1) >> 1]!)) {
      this.#up(place, last);
    } else {
      this.#down(place, last);
    }
  }

  /** Removes all. */
  clear(): void {
    for (const timer of this.#heap) timer.place = -1;
    this.#heap.length = 0;
  }

  #up(start: number, timer: Timer): void {
    const heap = this.#heap;
    let place = start;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = heap[parentPlace]!;
      if (!before(timer, parent)) break;
      heap[place] = parent;
      parent.place = place;
      place = parentPlace;
    }
    heap[place] = timer;
    timer.place = place;
  }

  #down(start: number, timer: Timer): void {
    const heap = this.#heap;
    const size = heap.length;
    let place = start;
    for (;;) {
      let childPlace = 2 * place + 1;
      if (childPlace >= size) break;
      const right = childPlace + 1;
      if (right < size && before(heap[right]!, heap[childPlace]!)) {
        childPlace = right;
      }
      const child = heap[childPlace]!;
      if (!before(child, timer)) break;
      heap[place] = child;
      child.place = place;
      place = childPlace;
    }
    heap[place] = timer;
    timer.place = place;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
