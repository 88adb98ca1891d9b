/**
 * The base functions that engines need not have themselves. What touches the
 * call stack (`pcall`, `xpcall`, `error`) and traversal (`next`, `pairs`,
 * `ipairs`) belongs to the engine; loading is in base_load.ts, environments
 * in base_environment.ts.
 */
import {
  argumentError,
  checkAny,
  checkInt32,
  checkNumber,
  checkString,
  checkTable,
  optional,
  passed,
  raise,
  toStringArgument,
} from "../args.ts";
import { LuaCdata } from "../cdata.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { type LuaState, Multi, NOTHING } from "../host.ts";
import { parseNumber } from "../number.ts";
import {
  isTable,
  isTruthy,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
  typeName,
} from "../value.ts";

/** LuaJIT's limit, on the C stack, of what `unpack` returns. */
const MAX_RESULTS = 8000;

/** Adds the functions to `globals`, but for `print`. */
export function openBase(state: LuaState, globals: LuaTable): void {
  const define = definer(state);
  globals.set("_G", globals);
  globals.set("_VERSION", "Lua 5.1");

  define(globals, "assert", function (value, message, ...rest) {
    const count = arguments.length;
    if (isTruthy(value)) {
      return count === 1
        ? value
        : new Multi(passed(count, value, message, ...rest));
    }
    if (count === 0) checkAny(state, [], 0);
    if (count === 1) message = "assertion failed!";
    const text = toStringArgument(message);
    if (text !== undefined) raise(state, text);
    throw new LuaError(message);
  });
  define(globals, "type", function (value) {
    return arguments.length > 0 ? typeName(value) : checkAny(state, [], 0);
  });
  define(globals, "tostring", function (value) {
    return arguments.length > 0
      ? state.tostring(value)
      : checkAny(state, [], 0);
  });
  defineToNumber(state, globals);
  defineRaw(state, globals);

  define(globals, "select", (...args) => {
    if (typeof args[0] === "string" && args[0].startsWith("#")) {
      return args.length - 1;
    }
    const index = checkInt32(state, args, 0);
    const from = index < 0 ? args.length + index : index;
    if (from < 1) argumentError(state, 0, "index out of range");
    return new Multi(args.slice(from));
  });
  define(globals, "unpack", function (table, first, last) {
    const source = isTable(table)
      ? table
      : checkTable(state, passed(arguments.length, table), 0);
    const start = first === undefined
      ? 1
      : checkInt32(state, [table, first], 1);
    const end = last === undefined
      ? source.length()
      : checkInt32(state, [table, first, last], 2);
    if (start > end) return NOTHING;
    const count = end - start + 1;
    if (count >= MAX_RESULTS) raise(state, "too many results to unpack");
    const values = new Array<LuaValue>(count);
    for (let i = 0; i < count; i++) values[i] = source.get(start + i);
    return new Multi(values);
  });
  defineProxy(state, globals);
  defineCollector(state, globals);
}

function defineRaw(state: LuaState, globals: LuaTable): void {
  const define = definer(state);
  define(globals, "rawget", function (table, key) {
    if (isTable(table) && arguments.length > 1) return table.get(key);
    const args = passed(arguments.length, table, key);
    checkTable(state, args, 0);
    return checkAny(state, args, 1);
  });
  define(globals, "rawset", (...args) => {
    const table = checkTable(state, args, 0);
    const key = checkAny(state, args, 1);
    const value = checkAny(state, args, 2);
    if (key === undefined) throw new LuaError("table index is nil");
    if (key !== key) throw new LuaError("table index is NaN");
    table.set(key, value);
    return table;
  });
  define(
    globals,
    "rawequal",
    (...args) => checkAny(state, args, 0) === checkAny(state, args, 1),
  );
  define(globals, "getmetatable", function (value) {
    if (arguments.length === 0) return checkAny(state, [], 0);
    const metatable = state.metatable(value);
    return metatable?.get("__metatable") ?? metatable;
  });
  define(globals, "setmetatable", function (table, metatable) {
    const count = arguments.length;
    if (!isTable(table)) return checkTable(state, passed(count, table), 0);
    if (count < 2 || !(metatable === undefined || isTable(metatable))) {
      return argumentError(state, 1, "nil or table expected");
    }
    if (table.metatable?.get("__metatable") !== undefined) {
      raise(state, "cannot change a protected metatable");
    }
    table.metatable = metatable;
    return table;
  });
}

const MAX_UINT64 = 2 ** 64;

function defineToNumber(state: LuaState, globals: LuaTable): void {
  const define = definer(state);
  define(globals, "tonumber", function (value, base) {
    if (base === undefined) {
      if (typeof value === "number") return value;
      if (typeof value === "string") return parseNumber(value);
      if (value instanceof LuaCdata) return value.toNumber();
      return arguments.length > 0 ? undefined : checkAny(state, [], 0);
    }
    const args = [value, base];
    const radix = checkInt32(state, args, 1);
    if (radix === 10) {
      return typeof value === "string"
        ? parseNumber(value)
        : typeof value === "number"
        ? value
        : value instanceof LuaCdata
        ? value.toNumber()
        : undefined;
    }
    const text = checkString(state, args, 0);
    if (radix < 2 || radix > 36) {
      argumentError(state, 1, "base out of range");
    }
    return parseInteger(text, radix);
  });
}

/** An integer in any base, at most 2^64 - 1, as a double. */
function parseInteger(text: string, radix: number): number | undefined {
  const match = /^[ \t\n\v\f\r]*([-+]?)([\da-zA-Z]+)[ \t\n\v\f\r]*$/.exec(text);
  if (match === null) return undefined;
  let digits = match[2]!;
  if (radix === 16) digits = digits.replace(/^0[xX](?=.)/, "");
  let value = 0;
  let exact = 0n;
  for (const digit of digits) {
    const weight = parseInt(digit, 36);
    if (weight >= radix) return undefined;
    if (value <= 2 ** 47) {
      value = value * radix + weight;
      exact = BigInt(value);
    } else if (value < MAX_UINT64) {
      exact = exact * BigInt(radix) + BigInt(weight);
      value = Math.min(Number(exact), MAX_UINT64);
    }
  }
  return match[1] === "-" ? -value : value;
}

/** Adds `print`, last, for it compares with the `tostring` that is there. */
export function definePrint(
  state: LuaState,
  write: (bytes: string) => void,
): void {
  const { globals } = state;
  const define = definer(state);
  const own = globals.get("tostring");
  define(globals, "print", (...args) => {
    const converter = globals.get("tostring");
    let line = "";
    for (let i = 0; i < args.length; i++) {
      if (i > 0) line += "\t";
      const value = args[i];
      if (converter === own) {
        line += typeof value === "string" ? value : state.tostring(value);
      } else {
        const text = toStringArgument(state.call(converter, value)[0]);
        if (text === undefined) {
          raise(state, "'tostring' must return a string to 'print'");
        }
        line += text;
      }
    }
    write(line + "\n");
    return NOTHING;
  });
}

/** What `newproxy` makes: a userdata whose metatable is its only content. */
class Proxy extends LuaUserdata {}

function defineProxy(state: LuaState, globals: LuaTable): void {
  const define = definer(state);
  define(globals, "newproxy", (...args) => {
    const wanted = args[0];
    if (wanted === undefined || wanted === false) return new Proxy(undefined);
    if (wanted === true) return new Proxy(state.newTable());
    if (wanted instanceof Proxy && wanted.metatable !== undefined) {
      return new Proxy(wanted.metatable);
    }
    return argumentError(state, 0, "boolean or proxy expected");
  });
}

function defineCollector(state: LuaState, globals: LuaTable): void {
  const define = definer(state);
  let running = true;
  const tuning = { setpause: 200, setstepmul: 200 };
  define(globals, "collectgarbage", (...args) => {
    const option = optional(checkString, state, args, 0, "collect");
    const argument = optional(checkNumber, state, args, 1, 0);
    switch (option) {
      case "collect":
        collect();
        return 0;
      case "step":
        return true;
      case "count":
        return state.memoryInUse() / 1024;
      case "stop":
      case "restart":
        running = option === "restart";
        return 0;
      case "isrunning":
        return running;
      case "setpause":
      case "setstepmul": {
        const before = tuning[option];
        tuning[option] = argument;
        return before;
      }
    }
    return argumentError(state, 0, `invalid option '${option}'`);
  });
  define(
    globals,
    "gcinfo",
    () => Math.floor(state.memoryInUse() / 1024),
  );
}

/** Collects garbage now if V8 was started with `--expose-gc`. */
function collect(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
