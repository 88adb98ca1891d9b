/**
 * What has been read from a stream and not been asked for yet.
 *
 * Takes by count or up to a terminator. Pieces are kept as they came and joined once, and a search
 * goes on where the last one ended, so that a long wait for many bytes or for a far terminator
 * costs time in proportion to the bytes, however they are cut. The invariant: a terminator that is
 * split over pieces is found.
 */

/** When a read ends: after so many bytes, or with this byte sequence. */
export type Stop = number | string;

/** Binary strings, first in, first out. */
export class ReadBuffer {
  /** The pieces; of the first, everything before {@link ReadBuffer.#start} is gone. */
  #pieces: string[] = [];
  #start = 0;
  #length = 0;
  /** The terminator of the search under way, and where it goes on, counted from the start. */
  #sought = "";
  #searched = 0;

  /** How many bytes it holds. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds bytes at the end.
   *
   * @param piece A binary string.
   */
  append(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /**
   * Takes what a read asks for.
   *
   * @param stop A count ≥ 0, or the terminator, which is part of the result. An empty terminator
   *   takes nothing, but only once there is something.
   * @returns The bytes, or undefined when they are not all there yet.
   */
  take(stop: Stop): string | undefined {
    if (typeof stop === "number") {
      return stop <= this.#length ? this.#remove(stop) : undefined;
    }
    if (this.#length === 0) return undefined;
    if (stop === "") return "";
    const end = this.#find(stop);
    return end < 0 ? undefined : this.#remove(end);
  }

  /**
   * Takes everything.
   *
   * @returns The bytes, possibly none.
   */
  takeAll(): string {
    return this.#remove(this.#length);
  }

  /** Where the first `terminator` ends, counted from the start, or -1. */
  #find(terminator: string): number {
    if (this.#pieces.length === 1) {
      // The common case: one piece, nothing to join.
      const piece = this.#pieces[0]!;
      const from = this.#sought === terminator ? this.#searched : 0;
      const found = piece.indexOf(terminator, this.#start + from);
      if (found >= 0) return found + terminator.length - this.#start;
      return this.#missed(terminator);
    }
    const from = this.#sought === terminator ? this.#searched : 0;
    const text = this.#textFrom(from);
    const found = text.indexOf(terminator);
    if (found >= 0) return from + found + terminator.length;
    return this.#missed(terminator);
  }

  /** Remembers that only what comes can complete the terminator. */
  #missed(terminator: string): -1 {
    this.#sought = terminator;
    this.#searched = Math.max(0, this.#length - terminator.length + 1);
    return -1;
  }

  /** The bytes from a place on, joining no more pieces than it takes. */
  #textFrom(from: number): string {
    let index = this.#pieces.length;
    let place = this.#length;
    let text = "";
    while (index > 0 && place > from) {
      index--;
      const piece = this.#piece(index);
      place -= piece.length;
      text = piece + text;
    }
    return place < from ? text.slice(from - place) : text;
  }

  #piece(index: number): string {
    const piece = this.#pieces[index]!;
    return index === 0 && this.#start > 0 ? piece.slice(this.#start) : piece;
  }

  #remove(count: number): string {
    this.#sought = "";
    if (count === 0) return "";
    const first = this.#pieces[0]!;
    const end = this.#start + count;
    this.#length -= count;
    if (end < first.length) {
      const text = first.slice(this.#start, end);
      this.#start = end;
      return text;
    }
    if (end === first.length) {
      const text = this.#start === 0 ? first : first.slice(this.#start);
      if (this.#pieces.length === 1) this.#pieces.length = 0;
      else this.#pieces.shift();
      this.#start = 0;
      return text;
    }
    return this.#removeAcross(count);
  }

  #removeAcross(count: number): string {
    const parts: string[] = [];
    let left = count;
    let index = 0;
    while (left > 0) {
      const piece = this.#piece(index);
      if (piece.length > left) {
        parts.push(piece.slice(0, left));
        this.#start = (index === 0 ? this.#start : 0) + left;
        break;
      }
      parts.push(piece);
      left -= piece.length;
      index++;
      if (left === 0) this.#start = 0;
    }
    this.#pieces.splice(0, index);
    return parts.join("");
  }
}
