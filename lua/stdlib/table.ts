/**
 * The library `table`. Access is raw throughout, as in LuaJIT. `unpack` is in
 * base.ts, sorting in table_sort.ts. `foreach` and `foreachi` may suspend in
 * their callback.
 */
import {
  type Args,
  checkFunction,
  checkInt32,
  checkNumber,
  checkString,
  checkTable,
  optional,
  passed,
  raise,
} from "../args.ts";
import { definer } from "../define.ts";
import { call, type LuaState, NOTHING } from "../host.ts";
import { formatNumber } from "../number.ts";
import {
  entries,
  isTable,
  type LuaTable,
  type LuaValue,
  typeName,
} from "../value.ts";
import { sortTable } from "./table_sort.ts";

/** Elements between two questions to the interrupt handler. */
const UNINTERRUPTED = 0xffff;

/** Adds the functions to `library`, and `table.new` and `table.clear` to `preload`. */
export function openTable(
  state: LuaState,
  library: LuaTable,
  preload: LuaTable,
): void {
  const define = definer(state);

  define(library, "insert", function (table, position, value) {
    const count = arguments.length;
    if (!isTable(table)) {
      return checkTable(state, passed(count, table), 0);
    }
    if (count === 2) {
      table.set(table.length() + 1, position);
      return NOTHING;
    }
    if (count !== 3) raise(state, "wrong number of arguments to 'insert'");
    const at = checkInt32(state, [table, position], 1);
    for (let i = table.length() + 1; i > at; i--) {
      table.set(i, table.get(i - 1));
    }
    table.set(at, value);
    return NOTHING;
  });

  define(library, "remove", function (table, position) {
    if (!isTable(table)) return checkTable(state, [table], 0);
    const length = table.length();
    if (position === undefined) {
      if (length === 0) return NOTHING;
      const value = table.get(length);
      table.set(length, undefined);
      return value;
    }
    // A fraction counts for the bounds, not for the places.
    const at = checkNumber(state, [table, position], 1);
    if (!(at >= 1 && at <= length)) return NOTHING;
    const value = table.get(Math.trunc(at));
    for (let i = at + 1; i <= length; i++) {
      table.set(Math.trunc(i - 1), table.get(Math.trunc(i)));
    }
    table.set(length, undefined);
    return value;
  });

  define(library, "concat", (...args) => {
    const table = checkTable(state, args, 0);
    const separator = optional(checkString, state, args, 1, "");
    const first = optional(checkInt32, state, args, 2, 1);
    const last = args[3] === undefined
      ? table.length()
      : checkInt32(state, args, 3);
    let result = "";
    for (let i = first; i <= last; i++) {
      if ((i & UNINTERRUPTED) === 0) state.askInterrupt();
      const value = table.get(i);
      if (typeof value === "string") result += value;
      else if (typeof value === "number") result += formatNumber(value);
      else {
        raise(
          state,
          `invalid value (${
            typeName(value)
          }) at index ${i} in table for 'concat'`,
        );
      }
      if (i < last) result += separator;
    }
    return result;
  });

  define(library, "sort", (...args) => {
    const table = checkTable(state, args, 0);
    const comparator = optional(checkFunction, state, args, 1, undefined);
    sortTable(state, table, comparator);
    return NOTHING;
  });

  define(library, "maxn", (...args) => {
    let largest = 0;
    for (const [key] of entries(checkTable(state, args, 0))) {
      if (typeof key === "number" && key > largest) largest = key;
    }
    return largest;
  });
  define(
    library,
    "getn",
    (table) => checkTable(state, [table], 0).length(),
  );

  define(library, "foreach", function* (table, callback) {
    const args = [table, callback];
    const visited = checkTable(state, args, 0);
    checkFunction(state, args, 1);
    for (const [key, value] of entries(visited)) {
      const [result] = yield call(callback, key, value);
      if (result !== undefined) return result;
    }
    return NOTHING;
  });
  define(library, "foreachi", function* (table, callback) {
    const args = [table, callback];
    const visited = checkTable(state, args, 0);
    checkFunction(state, args, 1);
    const length = visited.length();
    for (let i = 1; i <= length; i++) {
      const [result] = yield call(callback, i, visited.get(i));
      if (result !== undefined) return result;
    }
    return NOTHING;
  });

  define(library, "move", (source, first, last, to, target) => {
    const args = [source, first, last, to, target];
    const from = checkTable(state, args, 0);
    const start = checkInt32(state, args, 1);
    const end = checkInt32(state, args, 2);
    const offset = checkInt32(state, args, 3) - start;
    const into = target === undefined ? from : checkTable(state, args, 4);
    // Overlapping ranges are copied from the end that is overwritten last.
    if (from !== into || offset <= 0 || start + offset > end) {
      for (let i = start; i <= end; i++) into.set(i + offset, from.get(i));
    } else {
      for (let i = end; i >= start; i--) into.set(i + offset, from.get(i));
    }
    return into;
  });

  const preloaded = (
    name: string,
    fn: (...args: LuaValue[]) => LuaValue | typeof NOTHING,
  ) =>
    define(preload, `table.${name}`, () => {
      define(library, name, fn);
      return library.get(name);
    });
  preloaded("new", (...args) => newTable(state, args));
  preloaded("clear", (...args) => {
    const table = checkTable(state, args, 0);
    for (const [key] of entries(table)) table.set(key, undefined);
    return NOTHING;
  });
}

/** The sizes are hints for LuaJIT; here they are only checked. */
function newTable(state: LuaState, args: Args): LuaTable {
  checkNumber(state, args, 0);
  checkNumber(state, args, 1);
  return state.newTable();
}
