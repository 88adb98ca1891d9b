/**
 * Lua patterns as V8 regular expressions, which match many times faster than
 * an interpreter of patterns. Only patterns that mean exactly the same are
 * translated: correct ones without `%b`, without position captures and not
 * too long. The others are left to string_pattern.ts.
 */
import { MAX_CAPTURES } from "./string_pattern.ts";
import {
  bracketSet,
  type ByteSet,
  classEnd,
  classOf,
  MalformedPattern,
} from "./string_class.ts";

/** With more parts than these, LuaJIT might say `pattern too complex`. */
const MAX_PARTS = 150;

/**
 * The regular expression that matches as `pattern` does, or `undefined` when
 * there is none.
 *
 * @param anchored Whether it matches only at `lastIndex` (flag `y`) or also
 * later (flag `g`).
 */
export function toRegExp(
  pattern: string,
  anchored: boolean,
): RegExp | undefined {
  try {
    const source = translate(pattern);
    return source === undefined
      ? undefined
      : new RegExp(source, anchored ? "y" : "g");
  } catch (error) {
    if (error instanceof MalformedPattern) return undefined;
    throw error;
  }
}

function translate(pattern: string): string | undefined {
  let source = "";
  let parts = 0;
  const open: number[] = [];
  const closed: boolean[] = [];
  for (let p = 0; p < pattern.length;) {
    if (++parts > MAX_PARTS) return undefined;
    const c = pattern[p]!;
    if (c === "(") {
      if (pattern[p + 1] === ")" || closed.length >= MAX_CAPTURES) {
        return undefined;
      }
      open.push(closed.length);
      closed.push(false);
      source += "(";
      p++;
      continue;
    }
    if (c === ")") {
      const capture = open.pop();
      if (capture === undefined) return undefined;
      closed[capture] = true;
      source += ")";
      p++;
      continue;
    }
    if (c === "$" && p + 1 === pattern.length) {
      source += "$";
      break;
    }
    if (c === "%") {
      const next = pattern[p + 1];
      if (next === "b") return undefined;
      if (next === "f") {
        if (pattern[p + 2] !== "[") return undefined;
        const after = classEnd(pattern, p + 2);
        source += frontier(bracketSet(pattern.slice(p + 2, after)));
        p = after;
        continue;
      }
      if (next !== undefined && next >= "0" && next <= "9") {
        if (closed[Number(next) - 1] !== true) return undefined;
        source += `(?:\\${next})`;
        p += 2;
        continue;
      }
    }
    const after = classEnd(pattern, p);
    source += single(pattern, p, after);
    p = after;
    const repeat = pattern[p];
    if (repeat === "*" || repeat === "+" || repeat === "?") source += repeat;
    else if (repeat === "-") source += "*?";
    else continue;
    p++;
  }
  return open.length === 0 ? source : undefined;
}

/** The single-character class between `p` and `after`. */
function single(pattern: string, p: number, after: number): string {
  switch (pattern[p]) {
    case ".":
      return "[^]";
    case "%": {
      const letter = pattern.charCodeAt(p + 1);
      const set = classOf(letter);
      return set === undefined ? escape(letter) : setSource(set);
    }
    case "[":
      return setSource(bracketSet(pattern.slice(p, after)));
  }
  return escape(pattern.charCodeAt(p));
}

/** Both ends of the subject count as a zero byte. */
function frontier(set: ByteSet): string {
  const inside = setSource(set);
  return set[0] === 1
    ? `(?<!^|${inside})(?:(?=${inside})|$)`
    : `(?<!${inside})(?=${inside})`;
}

/** A class of JavaScript with the members of a set. */
function setSource(set: ByteSet): string {
  let ranges = "";
  for (let first = 0; first < 256; first++) {
    if (set[first] === 0) continue;
    let last = first;
    while (last < 255 && set[last + 1] === 1) last++;
    ranges += escape(first) + (last > first ? "-" + escape(last) : "");
    first = last;
  }
  return `[${ranges}]`;
}

function escape(code: number): string {
  const c = String.fromCharCode(code);
  return /[A-Za-z0-9 ]/.test(c)
    ? c
    : "\\x" + code.toString(16).padStart(2, "0");
}
