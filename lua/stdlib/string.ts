/**
 * The library `string`. Patterns are matched in string_pattern.ts and
 * searched for in string_search.ts; formats are in string_format.ts.
 * `string.dump` belongs to the engine.
 */
import {
  argumentError,
  checkInt32,
  checkString,
  optional,
  passed,
  raise,
  toInt32,
} from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { type LuaState, Multi, NOTHING } from "../host.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import { formatString } from "./string_format.ts";
import { openSearch } from "./string_search.ts";

/** V8 makes no longer strings. */
export const MAX_STRING_LENGTH = 0x1fffffe8;
/** How many results a call can have: the size of LuaJIT's stack. */
const MAX_RESULTS = 65000;

/** Adds the functions to `library`. */
export function openString(state: LuaState, library: LuaTable): void {
  const define = definer(state);

  define(library, "byte", function (s, first, last) {
    if (typeof s === "string" && last === undefined) {
      // The common calls: s:byte() and s:byte(i) with i inside the string.
      const code = first === undefined
        ? s.charCodeAt(0)
        : typeof first === "number" && first >= 1
        ? s.charCodeAt(first - 1)
        : NaN;
      if (code === code) return code;
    }
    let text: string, i: number, j: number;
    if (
      typeof s === "string" && typeof first === "number" &&
      typeof last === "number"
    ) {
      text = s;
      i = toInt32(first);
      j = toInt32(last);
    } else {
      const args = passed(arguments.length, s, first, last);
      text = checkString(state, args, 0);
      i = optional(checkInt32, state, args, 1, 1);
      j = optional(checkInt32, state, args, 2, i);
    }
    const from = Math.max(i < 0 ? text.length + i + 1 : i, 1);
    const to = Math.min(j < 0 ? text.length + j + 1 : j, text.length);
    if (from > to) return NOTHING;
    if (from === to) return text.charCodeAt(from - 1);
    const count = to - from + 1;
    if (count > MAX_RESULTS) raise(state, "string slice too long");
    const codes = new Array<LuaValue>(count);
    for (let k = 0; k < count; k++) codes[k] = text.charCodeAt(from - 1 + k);
    return new Multi(codes);
  });

  define(library, "char", (...args) => {
    let text = "";
    for (let i = 0; i < args.length; i++) {
      const code = checkInt32(state, args, i);
      if (code < 0 || code > 255) argumentError(state, i, "invalid value");
      text += String.fromCharCode(code);
    }
    return text;
  });

  define(library, "sub", function (s, first, last) {
    if (
      typeof s === "string" && typeof first === "number" &&
      first >= 1 && first < 0x7fffffff
    ) {
      if (last === undefined) return s.slice(first - 1);
      if (typeof last === "number" && last >= first && last < 0x7fffffff) {
        return s.slice(first - 1, last);
      }
    }
    const args = passed(arguments.length, s, first, last);
    const text = checkString(state, args, 0);
    const i = checkInt32(state, args, 1);
    const j = optional(checkInt32, state, args, 2, -1);
    const from = Math.max(i < 0 ? text.length + i + 1 : i, 1);
    const to = j < 0 ? text.length + j + 1 : j;
    return from > to ? "" : text.slice(from - 1, to);
  });

  define(library, "len", (s) => checkString(state, [s], 0).length);

  define(library, "rep", (...args) => {
    const text = checkString(state, args, 0);
    const count = checkInt32(state, args, 1);
    const separator = optional(checkString, state, args, 2, "");
    if (count <= 0) return "";
    const unit = text + separator;
    if (unit.length * count > MAX_STRING_LENGTH) {
      throw new LuaError("not enough memory");
    }
    return separator === ""
      ? text.repeat(count)
      : unit.repeat(count - 1) + text;
  });

  define(library, "reverse", (...args) => {
    const text = checkString(state, args, 0);
    return text.split("").reverse().join("");
  });

  define(
    library,
    "lower",
    (...args) => toLowerCase(checkString(state, args, 0)),
  );
  define(
    library,
    "upper",
    (...args) => toUpperCase(checkString(state, args, 0)),
  );

  define(
    library,
    "format",
    (...args) => formatString(state, checkString(state, args, 0), args),
  );
  openSearch(state, library);
}

const ASCII = /^[\0-\x7f]*$/;

/** Only the letters of ASCII have case (the C locale). */
function toLowerCase(text: string): string {
  return ASCII.test(text)
    ? text.toLowerCase()
    : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function toUpperCase(text: string): string {
  return ASCII.test(text)
    ? text.toUpperCase()
    : text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
