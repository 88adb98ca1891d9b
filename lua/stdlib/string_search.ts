/**
 * `string.find`, `match`, `gmatch` and `gsub`. How a pattern is matched is
 * decided here: by the matcher (string_pattern.ts) at first, by code of the
 * pattern's own (string_compile.ts) when there is much to do. The callbacks of
 * gsub cannot suspend, as in LuaJIT.
 */
import {
  argumentError,
  checkInt32,
  checkNumber,
  checkString,
  optional,
  passed,
  raise,
  toStringArgument,
} from "../args.ts";
import { definer } from "../define.ts";
import { type HostResult, type LuaState, Multi, NOTHING } from "../host.ts";
import {
  isFunction,
  isTable,
  isTruthy,
  type LuaTable,
  type LuaValue,
  typeName,
} from "../value.ts";
import { compilePattern } from "./string_compile.ts";
import {
  FAILED,
  found,
  POSITION,
  type Search,
  searchPattern,
} from "./string_pattern.ts";

/** A pattern as far as it can be prepared. */
interface Prepared {
  /** The pattern without its `^`. */
  readonly text: string;
  readonly anchored: boolean;
  /** Whether it is plain text. */
  readonly literal: boolean;
  /** Whether `find` takes it for plain text; `)` alone does not matter to it. */
  readonly plain: boolean;
  /** What there is to do with it before it is worth compiling. */
  cold: number;
  /** Its own code, once it has some. */
  compiled: Search | undefined;
}

const SPECIALS = /[\^$*+?.()[%-]/;
const FIND_SPECIALS = /[\^$*+?.([%-]/;
/** Code takes room: so many patterns keep theirs. */
const KEPT_PATTERNS = 1000;
/** Characters to look at that are worth the 50 µs of compiling. */
const COLD = 1000;
/** What a call counts for, in characters. */
const CALL = 50;

/** Patterns by their text, for matching with and without a `^` that counts. */
class Preparations {
  #prepared = new Map<string, Prepared>();
  /** The pattern used last: most often it is used again. */
  #recent: Prepared | undefined;
  #recentPattern = "";

  constructor(readonly anchors: boolean) {}

  get(pattern: string): Prepared {
    if (pattern === this.#recentPattern && this.#recent !== undefined) {
      return this.#recent;
    }
    let found = this.#prepared.get(pattern);
    if (found === undefined) {
      if (this.#prepared.size >= KEPT_PATTERNS) this.#prepared.clear();
      found = this.#prepare(pattern);
      this.#prepared.set(pattern, found);
    }
    this.#recentPattern = pattern;
    return this.#recent = found;
  }

  #prepare(pattern: string): Prepared {
    const anchored = this.anchors && pattern.startsWith("^");
    const text = upToZero(anchored ? pattern.slice(1) : pattern);
    return {
      text,
      anchored,
      literal: text === pattern && !SPECIALS.test(pattern),
      plain: !FIND_SPECIALS.test(pattern),
      cold: COLD,
      compiled: undefined,
    };
  }
}

/** A zero byte ends a pattern, in Lua 5.1; `%z` stands for it. */
function upToZero(pattern: string): string {
  const zero = pattern.indexOf("\0");
  return zero < 0 ? pattern : pattern.slice(0, zero);
}

const patterns = new Preparations(true);
/** For gmatch, where `^` is a character like others. */
const unanchored = new Preparations(false);

/** Finds the first match from position `from` (counted from 0) on. */
function search(
  state: LuaState,
  subject: string,
  pattern: Prepared,
  from: number,
): number {
  const { compiled } = pattern;
  return compiled === undefined
    ? searchCold(state, subject, pattern, from)
    : compiled(subject, from, state);
}

function searchCold(
  state: LuaState,
  subject: string,
  pattern: Prepared,
  from: number,
): number {
  const { text, anchored } = pattern;
  if (pattern.cold > 0) {
    pattern.cold -= CALL + (anchored ? 0 : subject.length - from);
    if (pattern.cold <= 0) pattern.compiled = compilePattern(text, anchored);
    if (pattern.compiled !== undefined) {
      return pattern.compiled(subject, from, state);
    }
  }
  return searchPattern(state, subject, text, from, anchored);
}

/** Adds the functions to `library`. */
export function openSearch(state: LuaState, library: LuaTable): void {
  const define = definer(state);

  define(library, "find", function (s, pattern, init, plain) {
    let subject: string, text: string, from = 0;
    if (
      typeof s === "string" && typeof pattern === "string" &&
      (init === undefined || isPosition(init))
    ) {
      subject = s;
      text = pattern;
      if (init !== undefined) from = Math.min((init | 0) - 1, s.length);
    } else {
      const args = passed(arguments.length, s, pattern, init, plain);
      subject = checkString(state, args, 0);
      text = checkString(state, args, 1);
      from = startPosition(state, args, subject);
    }
    const prepared = isTruthy(plain) ? undefined : patterns.get(text);
    if (prepared === undefined || prepared.plain) {
      const index = subject.indexOf(text, from);
      return index < 0
        ? undefined
        : new Multi([index + 1, index + text.length]);
    }
    const end = search(state, subject, prepared, from);
    if (end === FAILED) return undefined;
    const start = found[0]! + 1;
    return new Multi(
      found[1] === 0 ? [start, end] : [start, end, ...captures(state, subject)],
    );
  });

  define(library, "match", function (s, pattern, init) {
    let subject: string, text: string, from = 0;
    if (
      typeof s === "string" && typeof pattern === "string" &&
      (init === undefined || isPosition(init))
    ) {
      subject = s;
      text = pattern;
      if (init !== undefined) from = Math.min((init | 0) - 1, s.length);
    } else {
      const args = passed(arguments.length, s, pattern, init);
      subject = checkString(state, args, 0);
      text = checkString(state, args, 1);
      from = startPosition(state, args, subject);
    }
    const end = search(state, subject, patterns.get(text), from);
    return end === FAILED ? undefined : capturesOf(state, subject, end);
  });

  define(library, "gmatch", (...args) => {
    const subject = checkString(state, args, 0);
    const pattern = unanchored.get(checkString(state, args, 1));
    let position = 0;
    return state.newFunction("gmatch_iterator", () => {
      if (position > subject.length) return NOTHING;
      const end = search(state, subject, pattern, position);
      if (end === FAILED) {
        position = subject.length + 1;
        return NOTHING;
      }
      position = end === found[0] ? end + 1 : end;
      return capturesOf(state, subject, end);
    });
  });

  define(library, "gsub", (...args) => substitute(state, args));
}

/** Whether an argument is a position inside a string, as most are. */
function isPosition(value: LuaValue): value is number {
  return typeof value === "number" && value >= 1 && value < 0x7fffffff;
}

/** Argument 3 as a position from 0 on, inside the subject or at its end. */
function startPosition(
  state: LuaState,
  args: readonly LuaValue[],
  subject: string,
): number {
  if (args[2] === undefined) return 0;
  const init = checkInt32(state, args, 2);
  if (init < 0) return Math.max(subject.length + init, 0);
  return Math.min(Math.max(init - 1, 0), subject.length);
}

/** Capture `index` of what was found, counted from 0. */
function capture(state: LuaState, subject: string, index: number): LuaValue {
  const start = found[2 * index + 2]!, end = found[2 * index + 3]!;
  if (end >= 0) return subject.slice(start, end);
  return end === POSITION ? start + 1 : raise(state, "unfinished capture");
}

function captures(state: LuaState, subject: string): LuaValue[] {
  const values: LuaValue[] = [];
  for (let i = 0; i < found[1]!; i++) values.push(capture(state, subject, i));
  return values;
}

/** The captures, or the whole match when there are none. */
function capturesOf(
  state: LuaState,
  subject: string,
  end: number,
): HostResult {
  switch (found[1]) {
    case 0:
      return subject.slice(found[0], end);
    case 1:
      return capture(state, subject, 0);
  }
  return new Multi(captures(state, subject));
}

/** Gives what takes the place of the match that ends at `end`. */
type Replacer = (subject: string, end: number) => string;

function substitute(state: LuaState, args: readonly LuaValue[]): HostResult {
  const subject = checkString(state, args, 0);
  const text = checkString(state, args, 1);
  const replacement = args[2];
  const plain = toStringArgument(replacement);
  if (
    plain === undefined && !isTable(replacement) && !isFunction(replacement)
  ) argumentError(state, 2, "string/function/table expected");
  const limit = optional(checkNumber, state, args, 3, Infinity);
  if (!(limit >= 1)) return new Multi([subject, 0]);
  const pattern = patterns.get(text);

  if (
    plain !== undefined && pattern.literal && limit === Infinity &&
    text !== "" && !plain.includes("%")
  ) {
    return replaceText(subject, text, plain);
  }
  const replacer = plain !== undefined
    ? textReplacer(state, plain)
    : isTable(replacement)
    ? tableReplacer(state, replacement)
    : functionReplacer(state, replacement);
  return replaceMatches(state, subject, pattern, limit, replacer);
}

/** Subjects up to this length are not worth an array of pieces. */
const SHORT = 200;

function replaceText(subject: string, text: string, plain: string): Multi {
  if (subject.length > SHORT) {
    const pieces = subject.split(text);
    return new Multi([pieces.join(plain), pieces.length - 1]);
  }
  let result = "", copied = 0, count = 0;
  for (;;) {
    const at = subject.indexOf(text, copied);
    if (at < 0) break;
    result += subject.slice(copied, at) + plain;
    copied = at + text.length;
    count++;
  }
  return new Multi([
    count === 0 ? subject : result + subject.slice(copied),
    count,
  ]);
}

function replaceMatches(
  state: LuaState,
  subject: string,
  pattern: Prepared,
  limit: number,
  replacer: Replacer,
): Multi {
  let result = "";
  let copied = 0;
  let position = 0;
  let count = 0;
  while (count + 1 <= limit && position <= subject.length) {
    const end = search(state, subject, pattern, position);
    if (end === FAILED) break;
    const start = found[0]!;
    count++;
    if (start > copied) result += subject.slice(copied, start);
    result += replacer(subject, end);
    copied = end;
    position = end === start ? end + 1 : end;
    if (pattern.anchored) break;
  }
  if (copied === 0 && count === 0) return new Multi([subject, 0]);
  return new Multi([result + subject.slice(copied), count]);
}

/** Puts captures in the place of `%1` and the match in that of `%0`. */
function textReplacer(state: LuaState, template: string): Replacer {
  if (!template.includes("%")) return () => template;
  // Text, and indices of captures with 0 for the whole match.
  const parts: (string | number)[] = [];
  for (let i = 0; i < template.length;) {
    const next = template.indexOf("%", i);
    const end = next < 0 ? template.length : next;
    if (end > i) parts.push(template.slice(i, end));
    if (next < 0) break;
    const c = template[next + 1];
    if (c !== undefined && c >= "0" && c <= "9") parts.push(Number(c));
    else parts.push(c ?? "\0");
    i = next + 2;
  }
  return (subject, end) => {
    let result = "";
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      if (typeof part === "string") result += part;
      else if (part === 0 || (part === 1 && found[1] === 0)) {
        result += subject.slice(found[0], end);
      } else if (part > found[1]!) raise(state, "invalid capture index");
      else result += capture(state, subject, part - 1) as string | number;
    }
    return result;
  };
}

function tableReplacer(state: LuaState, table: LuaTable): Replacer {
  return (subject, end) => {
    const whole = subject.slice(found[0], end);
    const key = found[1] === 0 ? whole : capture(state, subject, 0);
    let value = table.get(key);
    if (value === undefined && table.metatable !== undefined) {
      value = state.index(table, key);
    }
    return replacementText(state, value, whole);
  };
}

function functionReplacer(state: LuaState, fn: LuaValue): Replacer {
  return (subject, end) => {
    const whole = subject.slice(found[0], end);
    let value: LuaValue;
    switch (found[1]) {
      case 0:
        value = state.callOne(fn, whole);
        break;
      case 1:
        value = state.callOne(fn, capture(state, subject, 0));
        break;
      default:
        value = state.call(fn, ...captures(state, subject))[0];
    }
    return replacementText(state, value, whole);
  };
}

function replacementText(
  state: LuaState,
  value: LuaValue,
  whole: string,
): string {
  if (typeof value === "string") return value;
  if (!isTruthy(value)) return whole;
  return toStringArgument(value) ??
    raise(state, `invalid replacement value (a ${typeName(value)})`);
}
