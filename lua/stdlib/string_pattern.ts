/**
 * The matcher of Lua patterns, complete: also patterns with mistakes, which are
 * reported only when matching reaches them. Patterns that are used often are
 * compiled instead; see string_compile.ts.
 *
 * The recursion is as deep as the pattern has parts, never as the subject is
 * long.
 */
import { type LuaState } from "../host.ts";
import { raise } from "../args.ts";
import {
  bracketSet,
  type ByteSet,
  classEnd,
  classOf,
  MalformedPattern,
} from "./string_class.ts";

/** LuaJIT's limit of captures in a pattern. */
export const MAX_CAPTURES = 32;
/** LuaJIT's limit of nested parts while matching. */
export const MAX_DEPTH = 200;

/**
 * Searches a subject from a position on; positions count from 0 here. Gives
 * the end of the match and leaves the rest in {@link found}; gives
 * {@link FAILED} when there is none.
 */
export type Search = (
  subject: string,
  from: number,
  state: LuaState,
) => number;

/**
 * What was matched last: where it starts, how many captures it has, and each
 * one's start and end; {@link OPEN} and {@link POSITION} are no ends. One for
 * all, so that a match makes no objects: to be read before anything else runs.
 */
export const found = new Int32Array(2 + 2 * MAX_CAPTURES);

/** A capture that is not closed: a mistake only for those who need it. */
export const OPEN = -1;
/** A capture of a position, which is its start. */
export const POSITION = -2;
export const FAILED = -1;

/** Steps between two questions to the interrupt handler, some 10 ms. */
export const STEPS = 2 ** 18;

/**
 * Searches `subject` for `pattern` from position `from` on, as {@link Search}.
 *
 * @param anchored Whether only a match right at `from` counts; the pattern is
 * then without its `^`.
 * @throws {LuaError} `malformed pattern …` and the like.
 */
export function searchPattern(
  state: LuaState,
  subject: string,
  pattern: string,
  from: number,
  anchored: boolean,
): number {
  const matcher = new Matcher(state, subject, pattern);
  try {
    for (let start = from; start <= subject.length; start++) {
      const end = matcher.begin(start);
      if (end !== FAILED) {
        matcher.report(start);
        return end;
      }
      if (anchored) break;
    }
    return FAILED;
  } catch (error) {
    if (error instanceof MalformedPattern) raise(state, error.message);
    throw error;
  }
}

class Matcher {
  readonly #starts: number[] = [];
  /** Lengths of captures; OPEN and POSITION are no lengths. */
  readonly #lengths: number[] = [];
  #level = 0;
  #depth = 0;
  /** Steps until the interrupt handler is asked. */
  #steps = STEPS;

  constructor(
    readonly state: LuaState,
    readonly subject: string,
    readonly pattern: string,
  ) {}

  /** Tries to match at `start`; gives the end of the match. */
  begin(start: number): number {
    this.#level = 0;
    this.#depth = 0;
    return this.#match(start, 0);
  }

  /** Leaves what {@link begin} found in {@link found}. */
  report(start: number): void {
    found[0] = start;
    found[1] = this.#level;
    for (let i = 0; i < this.#level; i++) {
      const start = this.#starts[i]!, length = this.#lengths[i]!;
      found[2 * i + 2] = start;
      found[2 * i + 3] = length < 0 ? length : start + length;
    }
  }

  #match(s: number, p: number): number {
    if (++this.#depth > MAX_DEPTH) {
      throw new MalformedPattern("pattern too complex");
    }
    if (--this.#steps < 0) {
      this.#steps = STEPS;
      this.state.askInterrupt();
    }
    const end = this.#matchParts(s, p);
    this.#depth--;
    return end;
  }

  /** Matches `pattern` from `p` on; parts that need no way back in a loop. */
  #matchParts(s: number, p: number): number {
    const { subject, pattern } = this;
    while (p < pattern.length) {
      switch (pattern[p]) {
        case "(":
          return pattern[p + 1] === ")"
            ? this.#openCapture(s, p + 2, POSITION)
            : this.#openCapture(s, p + 1, OPEN);
        case ")":
          return this.#closeCapture(s, p + 1);
        case "$":
          if (p + 1 === pattern.length) {
            return s === subject.length ? s : FAILED;
          }
          break;
        case "%": {
          const next = pattern[p + 1];
          if (next === "b") {
            s = this.#matchBalanced(s, p + 2);
            if (s === FAILED) return FAILED;
            p += 4;
            continue;
          }
          if (next === "f") {
            const end = this.#matchFrontier(s, p + 2);
            if (end === FAILED) return FAILED;
            p = end;
            continue;
          }
          if (next !== undefined && next >= "0" && next <= "9") {
            s = this.#matchCaptured(s, p + 1);
            if (s === FAILED) return FAILED;
            p += 2;
            continue;
          }
          break;
        }
      }
      const after = classEnd(pattern, p);
      switch (pattern[after]) {
        case "?":
          if (this.#matchesOne(s, p, after)) {
            const end = this.#match(s + 1, after + 1);
            if (end !== FAILED) return end;
          }
          p = after + 1;
          continue;
        case "*":
          return this.#matchMost(s, p, after, 0);
        case "+":
          return this.#matchMost(s, p, after, 1);
        case "-":
          return this.#matchLeast(s, p, after);
      }
      if (!this.#matchesOne(s, p, after)) return FAILED;
      s++;
      p = after;
    }
    return s;
  }

  /** Whether the class between `p` and `after` has the character at `s`. */
  #matchesOne(s: number, p: number, after: number): boolean {
    if (s >= this.subject.length) return false;
    const c = this.subject.charCodeAt(s);
    switch (this.pattern[p]) {
      case ".":
        return true;
      case "%": {
        const letter = this.pattern.charCodeAt(p + 1);
        const set = classOf(letter);
        return set === undefined ? letter === c : set[c] === 1;
      }
      case "[":
        return this.#set(p, after)[c] === 1;
    }
    return this.pattern.charCodeAt(p) === c;
  }

  #set(p: number, after: number): ByteSet {
    return bracketSet(this.pattern.slice(p, after));
  }

  #matchMost(s: number, p: number, after: number, least: number): number {
    let count = 0;
    while (this.#matchesOne(s + count, p, after)) count++;
    this.#steps -= count;
    for (; count >= least; count--) {
      const end = this.#match(s + count, after + 1);
      if (end !== FAILED) return end;
    }
    return FAILED;
  }

  #matchLeast(s: number, p: number, after: number): number {
    for (;; s++) {
      const end = this.#match(s, after + 1);
      if (end !== FAILED) return end;
      if (!this.#matchesOne(s, p, after)) return FAILED;
    }
  }

  #openCapture(s: number, p: number, kind: number): number {
    if (this.#level >= MAX_CAPTURES) {
      throw new MalformedPattern("too many captures");
    }
    this.#starts[this.#level] = s;
    this.#lengths[this.#level] = kind;
    this.#level++;
    const end = this.#match(s, p);
    if (end === FAILED) this.#level--;
    return end;
  }

  #closeCapture(s: number, p: number): number {
    let open = this.#level - 1;
    while (open >= 0 && this.#lengths[open] !== OPEN) open--;
    if (open < 0) throw new MalformedPattern("invalid pattern capture");
    this.#lengths[open] = s - this.#starts[open]!;
    const end = this.#match(s, p);
    if (end === FAILED) this.#lengths[open] = OPEN;
    return end;
  }

  /** Matches what capture `%1` … `%9` holds. */
  #matchCaptured(s: number, p: number): number {
    const index = this.pattern.charCodeAt(p) - 0x31;
    if (index < 0 || index >= this.#level || this.#lengths[index] === OPEN) {
      throw new MalformedPattern("invalid capture index");
    }
    const start = this.#starts[index]!;
    const length = this.#lengths[index]!;
    if (length === POSITION) return FAILED;
    return this.subject.startsWith(
        this.subject.slice(start, start + length),
        s,
      )
      ? s + length
      : FAILED;
  }

  #matchBalanced(s: number, p: number): number {
    const { subject, pattern } = this;
    if (p + 1 >= pattern.length) {
      throw new MalformedPattern("unbalanced pattern");
    }
    const open = pattern.charCodeAt(p), close = pattern.charCodeAt(p + 1);
    if (subject.charCodeAt(s) !== open) return FAILED;
    this.#steps -= subject.length - s;
    return balancedEnd(subject, s, open, close);
  }

  /** Where the pattern goes on if `s` is a transition into the set at `p`. */
  #matchFrontier(s: number, p: number): number {
    const { subject, pattern } = this;
    if (pattern[p] !== "[") {
      throw new MalformedPattern("missing '[' after '%f' in pattern");
    }
    const after = classEnd(pattern, p);
    const set = this.#set(p, after);
    // Both ends of the subject count as a zero byte.
    const before = s === 0 ? 0 : subject.charCodeAt(s - 1);
    const here = s >= subject.length ? 0 : subject.charCodeAt(s);
    return set[before] === 0 && set[here] === 1 ? after : FAILED;
  }
}

/** The end of `%b` for the opening character at `s`. */
export function balancedEnd(
  subject: string,
  s: number,
  open: number,
  close: number,
): number {
  let nesting = 1;
  for (let i = s + 1; i < subject.length; i++) {
    const c = subject.charCodeAt(i);
    if (c === close) {
      if (--nesting === 0) return i + 1;
    } else if (c === open) nesting++;
  }
  return FAILED;
}
