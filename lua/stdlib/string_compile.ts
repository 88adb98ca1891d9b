/**
 * Lua patterns compiled to JavaScript functions, for those that are used often
 * or on long texts (string_search.ts). A part that may have to give characters
 * back becomes a loop around the code of all that follows it, and a failure
 * goes on with the innermost loop; the others, most of them, never look back.
 *
 * Patterns with mistakes and very long ones are left to string_pattern.ts.
 */
import type { LuaState } from "../host.ts";
import {
  balancedEnd,
  found,
  MAX_CAPTURES,
  type Search,
  STEPS,
} from "./string_pattern.ts";
import {
  bracketSet,
  type ByteSet,
  classEnd,
  classOf,
  MalformedPattern,
} from "./string_class.ts";

/** With more parts than these, LuaJIT might say `pattern too complex`. */
const MAX_PARTS = 150;
/** Loops inside each other, which V8 has to compile. */
const MAX_LOOPS = 20;

type Repeat = "" | "?" | "*" | "+" | "-";

type Part =
  | { readonly kind: "set"; readonly set: ByteSet; readonly repeat: Repeat }
  | {
    readonly kind: "open" | "close" | "position" | "captured";
    readonly capture: number;
  }
  | { readonly kind: "frontier"; readonly set: ByteSet }
  | {
    readonly kind: "balanced";
    readonly open: number;
    readonly close: number;
  }
  | { readonly kind: "end" };

const ANY = new Uint8Array(256).fill(1);
const NONE = new Uint8Array(256);

/**
 * The function that matches a pattern, without its `^`, or `undefined` when
 * it is better not compiled.
 *
 * @param anchored Whether only a match right at the start counts.
 */
export function compilePattern(
  pattern: string,
  anchored: boolean,
): Search | undefined {
  const parts = readParts(pattern);
  return parts === undefined ? undefined : new Compiler(parts).make(anchored);
}

/** The parts of a pattern; `undefined` for what is not to be compiled. */
function readParts(pattern: string): Part[] | undefined {
  try {
    const reader = new Reader(pattern);
    while (reader.read()) if (reader.parts.length > MAX_PARTS) return undefined;
    return reader.isDone ? reader.parts : undefined;
  } catch (error) {
    if (error instanceof MalformedPattern) return undefined;
    throw error;
  }
}

class Reader {
  readonly parts: Part[] = [];
  #p = 0;
  readonly #open: number[] = [];
  readonly #closed: boolean[] = [];

  constructor(readonly pattern: string) {}

  /** Whether the pattern ended well. */
  get isDone(): boolean {
    return this.#p === this.pattern.length && this.#open.length === 0;
  }

  /** Reads one part; false at the end and where the pattern has a mistake. */
  read(): boolean {
    const { pattern } = this;
    const p = this.#p;
    if (p >= pattern.length) return false;
    const c = pattern[p], next = pattern[p + 1];
    if (c === "(") return this.#readOpen(next === ")");
    if (c === ")") return this.#readClose();
    if (c === "$" && p + 1 === pattern.length) {
      return this.#add({ kind: "end" }, p + 1);
    }
    if (c === "%" && next === "b") {
      if (p + 3 >= pattern.length) return false;
      const open = pattern.charCodeAt(p + 2);
      const close = pattern.charCodeAt(p + 3);
      return this.#add({ kind: "balanced", open, close }, p + 4);
    }
    if (c === "%" && next === "f") {
      if (pattern[p + 2] !== "[") return false;
      const after = classEnd(pattern, p + 2);
      const set = bracketSet(pattern.slice(p + 2, after));
      return this.#add({ kind: "frontier", set }, after);
    }
    if (c === "%" && next !== undefined && next >= "0" && next <= "9") {
      const capture = Number(next) - 1;
      return this.#closed[capture] === true &&
        this.#add({ kind: "captured", capture }, p + 2);
    }
    const after = classEnd(pattern, p);
    const set = setOf(pattern, p, after);
    const repeat = pattern[after];
    return repeat === "?" || repeat === "*" || repeat === "+" || repeat === "-"
      ? this.#add({ kind: "set", set, repeat }, after + 1)
      : this.#add({ kind: "set", set, repeat: "" }, after);
  }

  #add(part: Part, next: number): true {
    this.parts.push(part);
    this.#p = next;
    return true;
  }

  #readOpen(isPosition: boolean): boolean {
    const capture = this.#closed.length;
    if (capture >= MAX_CAPTURES) return false;
    // A position is no text that `%1` could stand for.
    this.#closed.push(false);
    if (isPosition) {
      return this.#add({ kind: "position", capture }, this.#p + 2);
    }
    this.#open.push(capture);
    return this.#add({ kind: "open", capture }, this.#p + 1);
  }

  #readClose(): boolean {
    const capture = this.#open.pop();
    if (capture === undefined) return false;
    this.#closed[capture] = true;
    return this.#add({ kind: "close", capture }, this.#p + 1);
  }
}

function setOf(pattern: string, p: number, after: number): ByteSet {
  if (pattern[p] === ".") return ANY;
  if (pattern[p] === "[") return bracketSet(pattern.slice(p, after));
  const code = pattern.charCodeAt(pattern[p] === "%" ? p + 1 : p);
  const members = pattern[p] === "%" ? classOf(code) : undefined;
  if (members !== undefined) return members;
  const set = new Uint8Array(256);
  set[code] = 1;
  return set;
}

/** The first and last members of the runs of a set's bytes that are `bit`. */
function runsOf(set: ByteSet, bit: number): [number, number][] {
  const runs: [number, number][] = [];
  for (let first = 0; first < 256; first++) {
    if (set[first] !== bit) continue;
    let last = first;
    while (last < 255 && set[last + 1] === bit) last++;
    runs.push([first, last]);
    first = last;
  }
  return runs;
}

function overlaps(a: ByteSet, b: ByteSet): boolean {
  return a.some((bit, c) => bit === 1 && b[c] === 1);
}

/** Writes the function of one pattern. `s` is the subject, `n` its length. */
class Compiler {
  readonly #sets: ByteSet[] = [];
  /**
   * Of each part: whether giving back characters could help what follows it.
   */
  readonly #ambiguous: boolean[] = [];
  /** Of each part: whether it, or what follows it, can fail. */
  readonly #mayFail: boolean[] = [];
  #variables = 0;
  #loops = 0;
  #captures = 0;

  constructor(readonly parts: readonly Part[]) {
    // From the end: what a match of the rest begins with.
    let follow: ByteSet = NONE;
    let mayFail = false;
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i]!;
      this.#ambiguous[i] = part.kind === "set" && part.repeat !== "" &&
        mayFail && overlaps(part.set, follow);
      switch (part.kind) {
        case "set":
          if (part.repeat === "" || part.repeat === "+") {
            follow = part.set;
            mayFail = true;
          } else {
            const { set } = part;
            follow = follow.map((bit, c) => bit | set[c]!);
          }
          break;
        case "balanced":
          follow = NONE.slice();
          follow[part.open] = 1;
          mayFail = true;
          break;
        case "frontier":
        case "captured":
          follow = ANY;
          mayFail = true;
          break;
        case "end":
          follow = NONE;
          mayFail = true;
          break;
        case "open":
        case "position":
          this.#captures++;
      }
      this.#mayFail[i] = mayFail;
    }
  }

  make(anchored: boolean): Search | undefined {
    const attempt = `m:{let p=b;${this.#rest(0, "p", "break m;")}}`;
    if (this.#loops > MAX_LOOPS) return undefined;
    const code = `return function(s,b,state){"use strict";` +
      `const n=s.length;let c=0,k=${STEPS}${this.#declarations()};` +
      (anchored
        ? `${attempt}return -1`
        : `for(;b<=n;b++){${this.#skip()}if(--k<0)k=ask(state);${attempt}}` +
          `return -1`) +
      "}";
    return new Function("found", "ask", "balancedEnd", "sets", code)(
      found,
      ask,
      balancedEnd,
      this.#sets,
    ) as Search;
  }

  #declarations(): string {
    let text = "";
    for (let i = 0; i < this.#captures; i++) text += `,a${i}=0,z${i}=0`;
    return text;
  }

  /** Goes on to the next start whose first character fits. */
  #skip(): string {
    const head = this.parts.find(({ kind }) =>
      kind !== "open" && kind !== "position"
    );
    if (
      head?.kind !== "set" || head.set === ANY ||
      (head.repeat !== "" && head.repeat !== "+")
    ) return "";
    return `while(b<n&&!${this.#has(head.set, "b")})b++;if(b>=n)return -1;`;
  }

  /**
   * The code of the parts from `i` on, up to the return with a match.
   *
   * @param p The variable of the position, which the code may change.
   * @param fail The statement for when they do not match.
   */
  #rest(i: number, p: string, fail: string): string {
    let code = "";
    for (; i < this.parts.length; i++) {
      const part = this.parts[i]!;
      switch (part.kind) {
        case "open":
          code += `a${part.capture}=${p};`;
          break;
        case "close":
          code += `z${part.capture}=${p};`;
          break;
        case "position":
          code += `a${part.capture}=${p};z${part.capture}=-2;`;
          break;
        case "end":
          code += `if(${p}!==n)${fail}`;
          break;
        case "frontier": {
          const before = this.#hasAt(part.set, `${p}===0`, `${p}-1`);
          const here = this.#hasAt(part.set, `${p}>=n`, p);
          code += `if(${before}||!${here})${fail}`;
          break;
        }
        case "balanced":
          code += `if(!(${p}<n&&s.charCodeAt(${p})===${part.open}))${fail}` +
            `k-=n-${p};if(k<0)k=ask(state);` +
            `if((c=balancedEnd(s,${p},${part.open},${part.close}))<0)${fail}` +
            `${p}=c;`;
          break;
        case "captured": {
          const text = `a${part.capture},z${part.capture}`;
          code += `if(!s.startsWith(s.slice(${text}),${p}))${fail}` +
            `${p}+=z${part.capture}-a${part.capture};`;
          break;
        }
        case "set": {
          const looped = this.#set(i, part, p, fail);
          if (looped.ends) return code + looped.code;
          code += looped.code;
        }
      }
    }
    code += `found[0]=b;found[1]=${this.#captures};`;
    for (let at = 0; at < this.#captures; at++) {
      code += `found[${2 * at + 2}]=a${at};found[${2 * at + 3}]=z${at};`;
    }
    return code + `return ${p};`;
  }

  /** The code of a set; `ends` when that of what follows is in it. */
  #set(
    i: number,
    { set, repeat }: Extract<Part, { kind: "set" }>,
    p: string,
    fail: string,
  ): { code: string; ends: boolean } {
    const matches = (at: string) => `${at}<n&&${this.#has(set, at)}`;
    if (repeat === "") {
      return { code: `if(!(${matches(p)}))${fail}${p}++;`, ends: false };
    }
    const id = this.#variables++;
    const q = `q${id}`;
    if (repeat === "-") {
      // What follows cannot fail: the shortest is the right one.
      if (this.#mayFail[i + 1] !== true) return { code: "", ends: false };
      this.#loops++;
      const rest = this.#rest(i + 1, `p${id}`, `break i${id};`);
      return {
        code: `for(let ${q}=${p};;${q}++){if(--k<0)k=ask(state);` +
          `i${id}:{let p${id}=${q};${rest}}if(!(${matches(q)}))${fail}}`,
        ends: true,
      };
    }
    const take = repeat === "?"
      ? `if(${matches(q)})${q}++;`
      : (set === ANY ? `${q}=n;` : `while(${matches(q)})${q}++;`) +
        `k-=${q}-${p};`;
    const least = repeat === "+" ? 1 : 0;
    if (!this.#ambiguous[i]) {
      const check = least === 1 ? `if(${q}===${p})${fail}` : "";
      return { code: `let ${q}=${p};${take}${check}${p}=${q};`, ends: false };
    }
    this.#loops++;
    const rest = this.#rest(i + 1, `p${id}`, `continue l${id};`);
    return {
      code: `let ${q}=${p};${take}` +
        `l${id}:for(;${q}>=${p}+${least};${q}--){if(--k<0)k=ask(state);` +
        `let p${id}=${q};${rest}}${fail}`,
      ends: true,
    };
  }

  /** Whether the character at `at` is in a set. */
  #has(set: ByteSet, at: string): string {
    return set === ANY ? "true" : this.#test(set, `s.charCodeAt(${at})`);
  }

  /** Like {@link #has}, with a zero byte where `outside` holds. */
  #hasAt(set: ByteSet, outside: string, at: string): string {
    return this.#test(set, `(${outside}?0:s.charCodeAt(${at}))`);
  }

  #test(set: ByteSet, code: string): string {
    const inside = runsOf(set, 1);
    if (inside.length <= 2) return `(c=${code},${within(inside)})`;
    const outside = runsOf(set, 0);
    if (outside.length <= 2) return `(c=${code},!(${within(outside)}))`;
    let index = this.#sets.indexOf(set);
    if (index < 0) index = this.#sets.push(set) - 1;
    return `(sets[${index}][${code}]===1)`;
  }
}

/** Whether `c` is in one of the runs. */
function within(runs: readonly [number, number][]): string {
  if (runs.length === 0) return "false";
  return runs.map(([first, last]) =>
    first === last ? `c===${first}` : `c>=${first}&&c<=${last}`
  ).join("||");
}

/** Asks the interrupt handler; gives the steps until the next time. */
function ask(state: LuaState): number {
  state.askInterrupt();
  return STEPS;
}
