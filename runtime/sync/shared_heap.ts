/**
 * Memory for blocks of any size inside a SharedArrayBuffer that grows, for all threads that have the
 * buffer.
 *
 * A classic: every block has its size at both ends, so that a freed one joins its free neighbours;
 * free blocks are in lists by the power of two of their size. It locks nothing (shared_lock.ts
 * does), and knows nothing of what is in the blocks. The invariants: a block lies at 4 bytes before
 * a multiple of 8, so that its content is aligned for doubles; no two free blocks are neighbours.
 */

/** How large a buffer may become unless it is told, in bytes. Address space, not memory. */
const LIMIT = 2 ** 30;
/** By how much the heap grows at least, in bytes. */
const STEP = 64 * 1024;

/** Word of the heap's header: one past the last block, in bytes; 0 in a new buffer. */
const TOP = 0;
/** Word of the header: the first of the lists. */
const LISTS = 2;
const LIST_COUNT = 32;
const HEADER_WORDS = LISTS + LIST_COUNT;

/** A block's size at each end, and what a free one needs besides: its neighbours in the list. */
const OVERHEAD = 8;
const SMALLEST = 16;
const USED = 1;
/** So many blocks of a list are looked at before a larger one is cut. */
const TRIES = 64;

/** There is no room for a block. */
export class SharedMemoryFull extends RangeError {
  override readonly name = "SharedMemoryFull";

  /**
   * @param size How many bytes were wanted.
   * @param limit How many there may be in all.
   */
  constructor(size: number, limit: number) {
    super(
      `Cannot allocate ${size} bytes of shared memory: the limit is ${limit}`,
    );
  }
}

/** The blocks of a buffer. Every thread makes its own of the same buffer. */
export class SharedHeap {
  /** The whole buffer as 32-bit words; grows with it. */
  readonly words: Int32Array;
  /** The whole buffer as doubles. */
  readonly doubles: Float64Array;
  /** The whole buffer as bytes. */
  readonly bytes: Uint8Array;
  readonly #buffer: SharedArrayBuffer;
  readonly #header: number;

  /**
   * @param buffer From {@link newSharedBuffer}.
   * @param reserved How many bytes at its beginning belong to somebody else; a multiple of 8.
   */
  constructor(buffer: SharedArrayBuffer, reserved: number) {
    this.#buffer = buffer;
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.#header = reserved >> 2;
  }

  /** Prepares a new buffer. Call it once a buffer, before any other thread has it. */
  initialize(): void {
    const { words } = this;
    // The word before the first block looks like the end of a used one, that
    // behind the last like the beginning of one.
    const first = (this.#header + HEADER_WORDS + 2) & ~1 | 1;
    words[first - 1] = USED;
    words[first] = USED;
    words[this.#header + TOP] = first * 4;
  }

  /** How many bytes the heap takes, used or free. */
  get size(): number {
    return this.words[this.#header + TOP]!;
  }

  /**
   * Finds room.
   *
   * @param size How many bytes.
   * @returns Where they are, in bytes from the buffer's beginning; a multiple of 8. What is there
   *   is what was there.
   * @throws {SharedMemoryFull} When the buffer has become as large as it may.
   */
  allocate(size: number): number {
    const wanted = Math.max(SMALLEST, (size + OVERHEAD + 7) & ~7);
    const limit = this.#buffer.maxByteLength;
    if (!(size < limit)) throw new SharedMemoryFull(size, limit);
    let block = this.#find(wanted);
    if (block === 0) {
      this.#grow(wanted);
      block = this.#find(wanted);
    }
    this.#unlink(block);
    const found = this.words[block >> 2]!;
    if (found - wanted >= SMALLEST) {
      this.#mark(block, wanted, USED);
      this.#release(block + wanted, found - wanted);
    } else this.#mark(block, found, USED);
    return block + 4;
  }

  /**
   * Gives a block back.
   *
   * @param address What `allocate` returned.
   */
  free(address: number): void {
    const { words } = this;
    let block = address - 4;
    let size = words[block >> 2]! & ~USED;
    const before = words[(block >> 2) - 1]!;
    if ((before & USED) === 0) {
      this.#unlink(block - before);
      block -= before;
      size += before;
    }
    const after = words[(block + size) >> 2]!;
    if ((after & USED) === 0) {
      this.#unlink(block + size);
      size += after;
    }
    this.#release(block, size);
  }

  /** A free block of at least a size, or 0. */
  #find(wanted: number): number {
    const { words } = this;
    let list = listOf(wanted);
    let block = words[this.#header + LISTS + list]!;
    for (let tries = TRIES; block !== 0 && tries > 0; tries--) {
      if (words[block >> 2]! >= wanted) return block;
      block = words[(block >> 2) + 1]!;
    }
    while (++list < LIST_COUNT) {
      block = words[this.#header + LISTS + list]!;
      if (block !== 0) return block;
    }
    return 0;
  }

  #grow(wanted: number): void {
    const { words } = this;
    const top = this.size;
    const added = Math.max(STEP, wanted);
    const needed = top + added + 4;
    const limit = this.#buffer.maxByteLength;
    if (needed > limit) throw new SharedMemoryFull(wanted, limit);
    if (needed > this.#buffer.byteLength) this.#buffer.grow(needed);
    words[this.#header + TOP] = top + added;
    words[(top + added) >> 2] = USED;
    this.#mark(top, added, USED);
    this.free(top + 4);
  }

  #mark(block: number, size: number, used: number): void {
    this.words[block >> 2] = size | used;
    this.words[((block + size) >> 2) - 1] = size | used;
  }

  /** Puts a free block into its list. */
  #release(block: number, size: number): void {
    const { words } = this;
    this.#mark(block, size, 0);
    const head = this.#header + LISTS + listOf(size);
    const next = words[head]!;
    words[(block >> 2) + 1] = next;
    words[(block >> 2) + 2] = 0;
    if (next !== 0) words[(next >> 2) + 2] = block;
    words[head] = block;
  }

  /** Takes a free block out of its list. */
  #unlink(block: number): void {
    const { words } = this;
    const next = words[(block >> 2) + 1]!;
    const previous = words[(block >> 2) + 2]!;
    if (next !== 0) words[(next >> 2) + 2] = previous;
    if (previous !== 0) words[(previous >> 2) + 1] = next;
    else {
      words[this.#header + LISTS + listOf(words[block >> 2]!)] = next;
    }
  }
}

function listOf(size: number): number {
  return 31 - Math.clz32(size);
}

/**
 * Makes a buffer for a heap.
 *
 * @param reserved How many bytes at its beginning are somebody else's.
 * @param limit How large it may become, in bytes; at most 1 GiB.
 * @returns A buffer of zeros that can grow.
 */
export function newSharedBuffer(
  reserved: number,
  limit: number = LIMIT,
): SharedArrayBuffer {
  return new SharedArrayBuffer(reserved + (HEADER_WORDS + 4) * 4, {
    maxByteLength: Math.min(limit, LIMIT),
  });
}
