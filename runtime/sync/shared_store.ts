/**
 * What the threads of a process share: values, counters, queues and semaphores by name, in a
 * SharedArrayBuffer behind a lock.
 *
 * Contents are bytes; what they mean is the caller's business. Nothing here waits but for the lock:
 * whoever finds a queue empty or a semaphore at zero leaves word, and is woken through the wake-up
 * descriptor of its eventer as soon as there may be something (shared_waits.ts). The invariant: a
 * thread that has left word is woken by every change until it takes its word back, so that a
 * wake-up that one thread does not use is never lost to the others.
 */
import { eventfdRaise } from "../posix/event_descriptors.ts";
import { threadId } from "../posix/process.ts";
import { newSharedBuffer, SharedHeap } from "./shared_heap.ts";
import { SharedLock } from "./shared_lock.ts";

/** How many threads may share a buffer. */
export const MAX_THREADS = 64;

/** The kinds of things that have names; each kind has names of its own. */
const enum Kind {
  Value = 1,
  Counter,
  Queue,
  Semaphore,
}

/** What threads can wait for. */
export type Waitable = "queue" | "semaphore";

// The buffer begins with the lock, then a place for each thread, then the table of names.
const LOCK = 0;
const PLACES = 2;
/** Words of a thread's place: its number, its wake-up descriptor, whether it has to look. */
const PLACE_WORDS = 4;
const THREAD = 0, WAKE_FD = 1, LOOK = 2;
const TABLE = PLACES + MAX_THREADS * PLACE_WORDS;
const TABLE_SIZE = 1024;
const RESERVED = (TABLE + TABLE_SIZE) * 4;

// Words of an entry, behind which its name stands. WAITING are two: a bit for each thread.
const NEXT = 0, HASH = 1, KIND = 2, LENGTH = 3, WAITING = 4, FIRST = 6;
const LAST = 7;
/** The double of an entry: a counter's or a semaphore's number, a queue's length. */
const NUMBER = 4;
const ENTRY_BYTES = 40;

// Words of an item, behind which its bytes stand.
const ITEM_NEXT = 0, ITEM_LENGTH = 1;
const ITEM_BYTES = 8;

/**
 * Makes an empty store's buffer, to be given to each thread.
 *
 * @param limit How large it may become, in bytes; 1 GiB without it.
 * @returns The buffer.
 */
export function newStoreBuffer(limit?: number): SharedArrayBuffer {
  const buffer = newSharedBuffer(RESERVED, limit);
  new SharedHeap(buffer, RESERVED).initialize();
  return buffer;
}

/** A thread's view of what all threads share. */
export class SharedStore implements Disposable {
  readonly #heap: SharedHeap;
  readonly #lock: SharedLock;
  readonly #place: number;
  readonly #thread = threadId();

  /**
   * Joins those who share a buffer.
   *
   * @param buffer From {@link newStoreBuffer}, perhaps of another thread.
   * @param place Which thread this is: 0 to {@link MAX_THREADS} - 1, each once at a time.
   * @param wakeFd The wake-up descriptor of the thread's eventer.
   */
  constructor(buffer: SharedArrayBuffer, place: number, wakeFd: number) {
    this.#heap = new SharedHeap(buffer, RESERVED);
    this.#lock = new SharedLock(this.#heap.words, LOCK);
    this.#place = place;
    const words = this.#heap.words, at = this.#placeOf(place);
    this.#locked(() => {
      words[at + THREAD] = this.#thread;
      words[at + WAKE_FD] = wakeFd;
      words[at + LOOK] = 0;
    });
  }

  /** How many bytes all that is shared takes. */
  get size(): number {
    return this.#heap.size;
  }

  /**
   * Sets a value.
   *
   * @param name Its name, a binary string.
   * @param bytes The value; undefined deletes it.
   * @throws {SharedMemoryFull} When there is no room; an old value stays.
   */
  set(name: string, bytes: Uint8Array | undefined): void {
    this.#locked(() => {
      const { words } = this.#heap;
      if (bytes === undefined) {
        const entry = this.#find(Kind.Value, name);
        if (entry !== 0) this.#remove(entry);
        return;
      }
      const item = this.#newItem(bytes);
      let entry: number;
      try {
        entry = this.#findOrAdd(Kind.Value, name, 0);
      } catch (error) {
        this.#heap.free(item);
        throw error;
      }
      const old = words[(entry >> 2) + FIRST]!;
      words[(entry >> 2) + FIRST] = item;
      if (old !== 0) this.#heap.free(old);
    });
  }

  /**
   * Gets a value.
   *
   * @param name Its name.
   * @returns A copy of its bytes, or undefined when there is none.
   */
  get(name: string): Uint8Array | undefined {
    return this.#locked(() => {
      const entry = this.#find(Kind.Value, name);
      return entry === 0
        ? undefined
        : this.#content(this.#heap.words[(entry >> 2) + FIRST]!);
    });
  }

  /**
   * Counts.
   *
   * @param name The counter's name.
   * @returns How often this was called before for the name, by all threads.
   * @throws {SharedMemoryFull} When there is no room for a new counter.
   */
  count(name: string): number {
    return this.#locked(() => {
      const entry = this.#findOrAdd(Kind.Counter, name, 0);
      return this.#heap.doubles[(entry >> 3) + NUMBER]!++;
    });
  }

  /**
   * Appends an item to a queue and wakes those who wait for one.
   *
   * @param name The queue's name.
   * @param bytes The item.
   * @throws {SharedMemoryFull} When there is no room.
   */
  push(name: string, bytes: Uint8Array): void {
    const woken = this.#locked(() => {
      const { words, doubles } = this.#heap;
      const item = this.#newItem(bytes);
      let entry: number;
      try {
        entry = this.#findOrAdd(Kind.Queue, name, 0);
      } catch (error) {
        this.#heap.free(item);
        throw error;
      }
      const at = entry >> 2;
      const last = words[at + LAST]!;
      words[at + LAST] = item;
      if (last === 0) words[at + FIRST] = item;
      else words[(last >> 2) + ITEM_NEXT] = item;
      doubles[(entry >> 3) + NUMBER]!++;
      return this.#waiting(entry);
    });
    this.#wake(woken);
  }

  /**
   * Takes the oldest item of a queue.
   *
   * @param name The queue's name.
   * @returns Its bytes, or undefined when the queue is empty.
   */
  shift(name: string): Uint8Array | undefined {
    return this.#locked(() => {
      const { words, doubles } = this.#heap;
      const entry = this.#find(Kind.Queue, name);
      if (entry === 0) return undefined;
      const at = entry >> 2;
      const item = words[at + FIRST]!;
      if (item === 0) return undefined;
      const next = words[(item >> 2) + ITEM_NEXT]!;
      words[at + FIRST] = next;
      if (next === 0) words[at + LAST] = 0;
      doubles[(entry >> 3) + NUMBER]!--;
      const bytes = this.#content(item);
      this.#heap.free(item);
      this.#dropIfIdle(entry);
      return bytes;
    });
  }

  /**
   * Makes a semaphore unless there is one.
   *
   * @param name Its name.
   * @param value Its number if it is new; may be negative.
   * @throws {SharedMemoryFull} When there is no room.
   */
  createSemaphore(name: string, value: number): void {
    this.#locked(() => this.#findOrAdd(Kind.Semaphore, name, value));
  }

  /**
   * Lowers a semaphore by one if it is above zero.
   *
   * @param name Its name.
   * @returns Whether it was.
   */
  tryAcquire(name: string): boolean {
    return this.#locked(() => {
      const { doubles } = this.#heap;
      const entry = this.#find(Kind.Semaphore, name);
      if (entry === 0 || !(doubles[(entry >> 3) + NUMBER]! > 0)) return false;
      doubles[(entry >> 3) + NUMBER]!--;
      return true;
    });
  }

  /**
   * Raises a semaphore by one and wakes those who wait for it.
   *
   * @param name Its name.
   */
  release(name: string): void {
    const woken = this.#locked(() => {
      const { doubles } = this.#heap;
      const entry = this.#find(Kind.Semaphore, name);
      if (entry === 0) return undefined;
      const number = ++doubles[(entry >> 3) + NUMBER]!;
      return number > 0 ? this.#waiting(entry) : undefined;
    });
    this.#wake(woken);
  }

  /**
   * Leaves word that this thread waits for something. Leave it first and look then, so that nothing
   * is missed in between.
   *
   * @param kind What it is.
   * @param name Its name.
   * @returns Where it is, for {@link mayTake}, until the word is taken back.
   * @throws {SharedMemoryFull} When there is no room for a new queue.
   */
  beginWaiting(kind: Waitable, name: string): number {
    return this.#locked(() => {
      const entry = this.#findOrAdd(kindOf(kind), name, 0);
      this.#heap.words[this.#waitingWord(entry)]! |= 1 << (this.#place & 31);
      return entry;
    });
  }

  /**
   * Takes back that this thread waits for something.
   *
   * @param kind What it is.
   * @param name Its name.
   */
  endWaiting(kind: Waitable, name: string): void {
    this.#locked(() => {
      const entry = this.#find(kindOf(kind), name);
      if (entry === 0) return;
      this.#heap.words[this.#waitingWord(entry)]! &= ~(1 << (this.#place & 31));
      this.#dropIfIdle(entry);
    });
  }

  #waitingWord(entry: number): number {
    return (entry >> 2) + WAITING + (this.#place >> 5);
  }

  /**
   * A glance without the lock: whether a queue has items, or a semaphore is above zero.
   *
   * @param entry What {@link beginWaiting} gave.
   * @returns Whether trying is worth the while.
   */
  mayTake(entry: number): boolean {
    return this.#heap.doubles[(entry >> 3) + NUMBER]! > 0;
  }

  /**
   * Whether this thread was woken since the last call: something that it waits for may be there.
   *
   * @returns Whether to look.
   */
  takeWakeUp(): boolean {
    const look = this.#placeOf(this.#place) + LOOK;
    return Atomics.exchange(this.#heap.words, look, 0) !== 0;
  }

  /** Leaves. Call it before the eventer is disposed, for its descriptor is used no more then. */
  [Symbol.dispose](): void {
    this.#locked(() => {
      this.#heap.words[this.#placeOf(this.#place) + THREAD] = 0;
    });
  }

  #placeOf(place: number): number {
    return PLACES + place * PLACE_WORDS;
  }

  #locked<T>(action: () => T): T {
    this.#lock.acquire(this.#thread);
    try {
      return action();
    } finally {
      this.#lock.release();
    }
  }

  /** The threads that wait for an entry, as two words of bits. */
  #waiting(entry: number): readonly [number, number] | undefined {
    const { words } = this.#heap;
    const low = words[(entry >> 2) + WAITING]!;
    const high = words[(entry >> 2) + WAITING + 1]!;
    return low === 0 && high === 0 ? undefined : [low, high];
  }

  #wake(threads: readonly [number, number] | undefined): void {
    threads?.forEach((bits, index) => {
      for (; bits !== 0; bits &= bits - 1) {
        this.#wakeThread(index * 32 + 31 - Math.clz32(bits & -bits));
      }
    });
  }

  #wakeThread(place: number): void {
    const { words } = this.#heap;
    const at = this.#placeOf(place);
    if (Atomics.exchange(words, at + LOOK, 1) !== 0) return;
    // Behind the lock: a thread that leaves closes its descriptor afterwards, and one that died
    // never closes it.
    this.#locked(() => {
      if (words[at + THREAD] !== 0) eventfdRaise(words[at + WAKE_FD]!);
    });
  }

  #find(kind: Kind, name: string): number {
    const { words, bytes } = this.#heap;
    const hash = hashOf(kind, name);
    let entry = words[TABLE + (hash & (TABLE_SIZE - 1))]!;
    search: for (; entry !== 0; entry = words[(entry >> 2) + NEXT]!) {
      const at = entry >> 2;
      if (
        words[at + HASH] !== hash || words[at + KIND] !== kind ||
        words[at + LENGTH] !== name.length
      ) continue;
      const start = entry + ENTRY_BYTES;
      for (let index = 0; index < name.length; index++) {
        if (bytes[start + index] !== name.charCodeAt(index)) continue search;
      }
      return entry;
    }
    return 0;
  }

  #findOrAdd(kind: Kind, name: string, number: number): number {
    const found = this.#find(kind, name);
    if (found !== 0) return found;
    const entry = this.#heap.allocate(ENTRY_BYTES + name.length);
    const { words, doubles, bytes } = this.#heap;
    const hash = hashOf(kind, name);
    const head = TABLE + (hash & (TABLE_SIZE - 1));
    const at = entry >> 2;
    words.fill(0, at, at + ENTRY_BYTES / 4);
    words[at + NEXT] = words[head]!;
    words[at + HASH] = hash;
    words[at + KIND] = kind;
    words[at + LENGTH] = name.length;
    doubles[(entry >> 3) + NUMBER] = number;
    for (let index = 0; index < name.length; index++) {
      bytes[entry + ENTRY_BYTES + index] = name.charCodeAt(index);
    }
    words[head] = entry;
    return entry;
  }

  /** Removes an entry and its value. */
  #remove(entry: number): void {
    const { words } = this.#heap;
    const at = entry >> 2;
    let link = TABLE + (words[at + HASH]! & (TABLE_SIZE - 1));
    while (words[link] !== entry) link = (words[link]! >> 2) + NEXT;
    words[link] = words[at + NEXT]!;
    const item = words[at + FIRST]!;
    if (item !== 0) this.#heap.free(item);
    this.#heap.free(entry);
  }

  /** A queue is remembered only as long as somebody waits or something is in it. */
  #dropIfIdle(entry: number): void {
    const { words } = this.#heap;
    const at = entry >> 2;
    if (
      words[at + KIND] === Kind.Queue && words[at + FIRST] === 0 &&
      this.#waiting(entry) === undefined
    ) this.#remove(entry);
  }

  #newItem(content: Uint8Array): number {
    const item = this.#heap.allocate(ITEM_BYTES + content.length);
    const { words, bytes } = this.#heap;
    words[(item >> 2) + ITEM_NEXT] = 0;
    words[(item >> 2) + ITEM_LENGTH] = content.length;
    bytes.set(content, item + ITEM_BYTES);
    return item;
  }

  /** A copy, for the next thread may free the item. */
  #content(item: number): Uint8Array {
    const length = this.#heap.words[(item >> 2) + ITEM_LENGTH]!;
    const start = item + ITEM_BYTES;
    return new Uint8Array(this.#heap.bytes.slice(start, start + length));
  }
}

function kindOf(waitable: Waitable): Kind {
  return waitable === "queue" ? Kind.Queue : Kind.Semaphore;
}

/** FNV-1a. */
function hashOf(kind: Kind, name: string): number {
  let hash = 0x811c9dc5 ^ kind;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash;
}
