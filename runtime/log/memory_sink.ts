/**
 * The latest lines of a log in memory: as many as two limits allow, the older
 * ones give way. Every line has an index, counted from 0 for ever.
 * Specification: runtime.md §2.5.
 */
import { realtime } from "../time/clock.ts";
import type { LogSink } from "./stream.ts";

/** A line that is remembered. */
export interface MemoryLine {
  readonly index: number;
  /** Microseconds since 1970. */
  readonly time: number;
  /** With its prefixes, a binary string. */
  readonly text: string;
}

const DEFAULT_LINES = 10_000;
const DEFAULT_BYTES = 100_000;

/** What a line costs beside its text, in bytes. */
const OVERHEAD = 16;

/** See the head of this file. */
export class MemorySink implements LogSink {
  readonly type = "memory";
  readonly splits = false;
  readonly #maxLines: number;
  readonly #maxBytes: number;
  /** The lines of index i at i % maxLines, from {@link #first} on. */
  readonly #ring: MemoryLine[] = [];
  #first = 0;
  #next = 0;
  #bytes = 0;

  /** @param path `lines,bytes`; 10000 and 100000 where it says nothing. */
  constructor(readonly path: string) {
    const [lines, bytes] = path.split(",").map((text) => parseInt(text, 10));
    this.#maxLines = lines! > 0 ? lines! : DEFAULT_LINES;
    this.#maxBytes = bytes! > 0 ? bytes! : DEFAULT_BYTES;
  }

  write(text: string, time: number = realtime()): void {
    const cost = text.length + OVERHEAD;
    if (cost > this.#maxBytes) return;
    while (
      this.#next - this.#first >= this.#maxLines ||
      this.#bytes + cost > this.#maxBytes
    ) this.#forget();
    const line = { index: this.#next, time, text };
    this.#ring[this.#next++ % this.#maxLines] = line;
    this.#bytes += cost;
  }

  #forget(): void {
    const place = this.#first++ % this.#maxLines;
    this.#bytes -= this.#ring[place]!.text.length + OVERHEAD;
    this.#ring[place] = NOTHING; // lets go of the text
  }

  /**
   * The latest lines, the oldest of them first.
   *
   * @param count How many at most; all unless it is positive.
   */
  lines(count = 0): MemoryLine[] {
    return this.#from(count > 0 ? this.#next - count : 0);
  }

  /**
   * The lines after the one with an index; all of them when that one is not
   * remembered any more, or has not been yet.
   */
  linesSince(index: number): MemoryLine[] {
    const known = index >= this.#first && index < this.#next;
    return this.#from(known ? index + 1 : 0);
  }

  #from(index: number): MemoryLine[] {
    const lines: MemoryLine[] = [];
    for (let i = Math.max(index, this.#first); i < this.#next; i++) {
      lines.push(this.#ring[i % this.#maxLines]!);
    }
    return lines;
  }
}

const NOTHING: MemoryLine = { index: -1, time: 0, text: "" };
