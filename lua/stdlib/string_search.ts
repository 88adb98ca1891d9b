/**
 * `string.find`, `match`, `gmatch` and `gsub`. How a pattern is matched is
 * decided here, once a pattern: by a regular expression where one does the
 * same (string_regexp.ts), else by the matcher (string_pattern.ts). The
 * callbacks of gsub cannot suspend, as in LuaJIT.
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
import { type Match, searchPattern } from "./string_pattern.ts";
import { type Cost, costOf } from "./string_cost.ts";
import { toRegExp } from "./string_regexp.ts";

/** A pattern as far as it can be prepared. */
interface Prepared {
  /** The pattern without its `^`. */
  readonly text: string;
  readonly anchored: boolean;
  /** Absent when only the matcher can match it. */
  readonly regexp: RegExp | undefined;
  /** In subjects up to this length {@link regexp} ends soon. */
  readonly soon: number;
  /** Whether it is plain text. */
  readonly literal: boolean;
  /** Whether `find` takes it for plain text; `)` alone does not matter to it. */
  readonly plain: boolean;
}

const SPECIALS = /[\^$*+?.()[%-]/;
const FIND_SPECIALS = /[\^$*+?.([%-]/;
const KEPT_PATTERNS = 1000;
const prepared = new Map<string, Prepared>();

function prepare(pattern: string): Prepared {
  let found = prepared.get(pattern);
  if (found === undefined) {
    if (prepared.size >= KEPT_PATTERNS) prepared.clear();
    const anchored = pattern.startsWith("^");
    const text = upToZero(anchored ? pattern.slice(1) : pattern);
    const literal = text === pattern && !SPECIALS.test(pattern);
    const plain = !FIND_SPECIALS.test(pattern);
    found = { text, anchored, ...compile(text, anchored), literal, plain };
    prepared.set(pattern, found);
  }
  return found;
}

/** Steps that V8 takes in some seconds, and in some milliseconds. */
const MANY_STEPS = 2 ** 31, FEW_STEPS = 2 ** 22;

function compile(
  text: string,
  anchored: boolean,
): Pick<Prepared, "regexp" | "soon"> {
  const regexp = toRegExp(text, anchored);
  if (regexp === undefined) return { regexp, soon: Infinity };
  const { degree, doublings } = costOf(text);
  const power = degree > 0 && !anchored ? degree + 1 : degree;
  const soon = (MANY_STEPS / 2 ** doublings) ** (1 / power);
  return { regexp, soon: power === 0 && doublings === 0 ? Infinity : soon };
}

/** A zero byte ends a pattern, in Lua 5.1; `%z` stands for it. */
function upToZero(pattern: string): string {
  const zero = pattern.indexOf("\0");
  return zero < 0 ? pattern : pattern.slice(0, zero);
}

const unanchored = new Map<string, Prepared>();

/** For gmatch, where `^` is a character like others. */
function prepareUnanchored(pattern: string): Prepared {
  if (!pattern.startsWith("^")) return prepare(pattern);
  let found = unanchored.get(pattern);
  if (found === undefined) {
    if (unanchored.size >= KEPT_PATTERNS) unanchored.clear();
    const text = upToZero(pattern);
    const compiled = compile(text, false);
    found = {
      text,
      anchored: false,
      ...compiled,
      literal: false,
      plain: false,
    };
    unanchored.set(pattern, found);
  }
  return found;
}

const NO_CAPTURES: readonly LuaValue[] = [];

/** Finds the first match from position `from` (counted from 0) on. */
function search(
  state: LuaState,
  subject: string,
  pattern: Prepared,
  from: number,
): Match | undefined {
  const found = subject.length <= pattern.soon
    ? execute(pattern.regexp, subject, from)
    : executeByStarts(state, pattern, subject, from);
  if (found === undefined) {
    return searchPattern(
      state,
      subject,
      pattern.text,
      from,
      pattern.anchored,
    );
  }
  if (found === null) return undefined;
  const start = found.index;
  return {
    start,
    end: start + found[0].length,
    captures: found.length === 1 ? NO_CAPTURES : found.slice(1),
  };
}

/**
 * Matches by regular expression: gives its result, or `undefined` when the
 * matcher must do it, since there is none or V8's stack for it overflowed.
 */
function execute(
  regexp: RegExp | undefined,
  subject: string,
  from: number,
): RegExpExecArray | null | undefined {
  if (regexp === undefined) return undefined;
  regexp.lastIndex = from;
  try {
    return regexp.exec(subject);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What {@link executeByStarts} needs, by the text of a pattern. */
const byStarts = new WeakMap<Prepared, { cost: Cost; regexp: RegExp }>();

/**
 * Like {@link execute}, one start after the other, asking the interrupt handler
 * in between; `undefined` also when one start alone may take long.
 */
function executeByStarts(
  state: LuaState,
  pattern: Prepared,
  subject: string,
  from: number,
): RegExpExecArray | null | undefined {
  let prepared = byStarts.get(pattern);
  if (prepared === undefined) {
    const cost = costOf(pattern.text);
    prepared = { cost, regexp: toRegExp(pattern.text, true)! };
    byStarts.set(pattern, prepared);
  }
  const { cost: { degree, doublings, first }, regexp } = prepared;
  const steps = 2 ** doublings * subject.length ** degree;
  if (steps > FEW_STEPS) return undefined;
  for (let start = from, left = FEW_STEPS; start <= subject.length; start++) {
    if (first !== undefined && first[subject.charCodeAt(start)] !== 1) continue;
    const found = execute(regexp, subject, start);
    if (found !== null || pattern.anchored) return found;
    left -= steps;
    if (left < 0) {
      left = FEW_STEPS;
      state.askInterrupt();
    }
  }
  return null;
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
    const prepared = isTruthy(plain) ? undefined : prepare(text);
    if (prepared === undefined || prepared.plain) {
      const index = subject.indexOf(text, from);
      return index < 0
        ? undefined
        : new Multi([index + 1, index + text.length]);
    }
    const match = search(state, subject, prepared, from);
    if (match === undefined) return undefined;
    const { start, end } = match;
    const captures = closedCaptures(state, match);
    return new Multi(
      captures.length === 0 ? [start + 1, end] : [start + 1, end, ...captures],
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
    const match = search(state, subject, prepare(text), from);
    return match && capturesOf(state, subject, match);
  });

  define(library, "gmatch", (...args) => {
    const subject = checkString(state, args, 0);
    const pattern = prepareUnanchored(checkString(state, args, 1));
    let position = 0;
    return state.newFunction("gmatch_iterator", () => {
      if (position > subject.length) return NOTHING;
      const match = search(state, subject, pattern, position);
      if (match === undefined) {
        position = subject.length + 1;
        return NOTHING;
      }
      position = match.end === match.start ? match.end + 1 : match.end;
      return capturesOf(state, subject, match);
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

function closedCaptures(
  state: LuaState,
  { captures, open }: Match,
): readonly LuaValue[] {
  return open === undefined ? captures : raise(state, "unfinished capture");
}

/** The captures, or the whole match when there are none. */
function capturesOf(
  state: LuaState,
  subject: string,
  match: Match,
): HostResult {
  const { start, end } = match;
  const captures = closedCaptures(state, match);
  switch (captures.length) {
    case 0:
      return subject.slice(start, end);
    case 1:
      return captures[0];
    default:
      return new Multi(captures);
  }
}

/** Gives what takes the place of a match, or nil to keep it. */
type Replacer = (whole: string, match: Match) => string;

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
  const pattern = prepare(text);

  if (
    plain !== undefined && pattern.literal && limit === Infinity &&
    text !== "" && !plain.includes("%")
  ) {
    const pieces = subject.split(text);
    return new Multi([pieces.join(plain), pieces.length - 1]);
  }
  const replacer = plain !== undefined
    ? textReplacer(state, plain)
    : isTable(replacement)
    ? tableReplacer(state, replacement)
    : functionReplacer(state, replacement);
  return replaceMatches(state, subject, pattern, limit, replacer);
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
    const match = search(state, subject, pattern, position);
    if (match === undefined) break;
    const { start, end } = match;
    count++;
    const whole = subject.slice(start, end);
    result += subject.slice(copied, start) + replacer(whole, match);
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
  return (whole, { captures, open }) => {
    let result = "";
    for (const part of parts) {
      if (typeof part === "string") result += part;
      else if (part === 0 || (part === 1 && captures.length === 0)) {
        result += whole;
      } else if (part > captures.length) raise(state, "invalid capture index");
      else if (open?.has(part - 1)) raise(state, "unfinished capture");
      else result += String(captures[part - 1]);
    }
    return result;
  };
}

function tableReplacer(state: LuaState, table: LuaTable): Replacer {
  return (whole, { captures, open }) => {
    if (open?.has(0)) raise(state, "unfinished capture");
    const key = captures.length === 0 ? whole : captures[0];
    let value = table.get(key);
    if (value === undefined && table.metatable !== undefined) {
      value = state.index(table, key);
    }
    return replacementText(state, value, whole);
  };
}

function functionReplacer(state: LuaState, fn: LuaValue): Replacer {
  return (whole, match) => {
    const captures = closedCaptures(state, match);
    const [value] = captures.length === 0
      ? state.call(fn, whole)
      : state.call(fn, ...captures);
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
