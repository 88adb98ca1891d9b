/**
 * The base functions that belong to the engine, because they touch its stack
 * or because programs call them too often to go through the contract:
 * `pcall`, `xpcall`, `error`, `next`, `pairs`, `ipairs`, `select`, `type`,
 * `tostring`, raw access, metatables and `string.dump`.
 */
import { callToEnd, callValue } from "./calls.ts";
import {
  argumentError,
  checkAny,
  checkFunction,
  checkTable,
  passed,
  toNumberArgument,
  typeError,
} from "../args.ts";
import { LuaError, raising } from "../errors.ts";
import type { LuaFunction, LuaValue } from "../value.ts";
import { typeName } from "../value.ts";
import { give, results, toLuaError } from "./execution.ts";
import { dump } from "./dump.ts";
import { nameHost } from "./host_function.ts";
import { setIterators } from "./iterate.ts";
import { runtime } from "./messages.ts";
import { setRaw } from "./operations.ts";
import { metamethod, metatableOf } from "./metatables.ts";
import { dropFrames, EMPTY, Reason, S, X } from "./registers.ts";
import { type Callable, type Resumer } from "./records.ts";
import { whileHandling } from "./stack.ts";
import type { EngineState } from "./engine_state.ts";
import { Table, walkAfter } from "./table.ts";

/** Adds the functions to the state's globals. */
export function openBase(state: EngineState): void {
  const define = (name: string, fn: Callable) =>
    state.globals.set(name, nameHost(name, fn) as unknown as LuaFunction);
  define("pcall", protectedCall(state));
  define("xpcall", handledCall(state));
  define("error", raiseError(state));
  X.error = state.globals.get("error");
  defineTraversal(state, define);
  defineRaw(state, define);
  const strings = state.newTable();
  state.globals.set("string", strings);
  strings.set(
    "dump",
    nameHost("dump", (...args: LuaValue[]) => {
      const text = dump(checkFunction(state, args, 0));
      if (text !== undefined) return text;
      throw new LuaError(state.where(1) + runtime.cannotDump);
    }) as unknown as LuaFunction,
  );
  define("type", function (value: LuaValue) {
    if (arguments.length === 0) checkAny(state, [], 0);
    return typeName(value);
  });
  define("tostring", tostringFunction(state));
  define("select", (...args: LuaValue[]) => {
    const index = args[0];
    if (typeof index === "number" && index >= 1) {
      return give(args.slice(Math.trunc(index)));
    }
    if (index === "#") return args.length - 1;
    const number = Number(index);
    if (index === undefined || number !== number) {
      return typeError(state, args, 0, "number");
    }
    const from = number < 0
      ? args.length + Math.trunc(number)
      : Math.trunc(number);
    if (from < 1) argumentError(state, 0, "index out of range");
    return give(args.slice(from));
  });
}

/** The results of a protected call that succeeded. */
function succeed(value: LuaValue): boolean {
  X.r = X.r === undefined ? [true, value] : [true, ...X.r];
  return true;
}

function fail(value: LuaValue): boolean {
  X.r = [false, value];
  return false;
}

function protectedCall(state: EngineState): Callable {
  const resumer: Resumer = {
    hostName: "pcall",
    resume: (_, value) => succeed(value),
    catch: (_, error) => fail((error as LuaError).value),
  };
  return function (callee: LuaValue, ...args: LuaValue[]) {
    if (arguments.length === 0) checkAny(state, args, 0);
    const { d } = X;
    const { quiet } = raising;
    let value: LuaValue | null;
    try {
      raising.quiet = true;
      value = callValue(callee, args);
    } catch (thrown) {
      raising.quiet = quiet;
      const error = toLuaError(thrown);
      X.d = d;
      return fail(error.value);
    }
    raising.quiet = quiet;
    if (value !== null) return succeed(value);
    if (X.reason !== Reason.Raise) {
      return S([resumer, 0, undefined, undefined]);
    }
    const { thrown } = X;
    dropFrames();
    X.thrown = undefined;
    X.d = d;
    return fail(thrown);
  };
}

function handledCall(state: EngineState): Callable {
  const handle = nameHost("xpcall", (handler: LuaValue, error: LuaError) => {
    try {
      const [value] = whileHandling(
        error,
        () => callToEnd(state, handler, [error.value]),
      );
      return fail(value);
    } catch (thrown) {
      toLuaError(thrown);
      return fail(runtime.errorInError);
    }
  });
  const resumer: Resumer = {
    hostName: "xpcall",
    resume: (_, value) => succeed(value),
    catch: (record, error) =>
      handle(record[2] as LuaValue, error as LuaError) as boolean,
  };
  return (...args: LuaValue[]) => {
    if (args.length === 0) checkAny(state, args, 0);
    const handler = args[1];
    if (typeof handler !== "function") typeError(state, args, 1, "function");
    const { d } = X;
    const { quiet } = raising;
    let value: LuaValue | null;
    try {
      raising.quiet = false;
      value = callValue(args[0], args.slice(2));
    } catch (thrown) {
      raising.quiet = quiet;
      const error = toLuaError(thrown);
      X.d = d;
      return handle(handler, error);
    }
    raising.quiet = quiet;
    return value === null
      ? S([resumer, 0, handler, undefined])
      : succeed(value);
  };
}

function raiseError(state: EngineState): Callable {
  return (value: LuaValue, level: LuaValue = 1) => {
    const { at, line } = X;
    X.at = undefined;
    if (typeof level !== "number") {
      const number = toNumberArgument(level);
      if (number === undefined) typeError(state, [value, level], 1, "number");
      level = number;
    }
    const text = typeof value === "number" ? state.tostring(value) : value;
    const error = typeof text === "string" && (level as number) > 0
      ? (at !== undefined && level === 1
        ? `${at.chunk.shortName}:${line}: `
        : state.where(level as number)) + text
      : value;
    if (!raising.quiet) throw new LuaError(error);
    // To return costs a fifth of an exception.
    X.thrown = error;
    X.reason = Reason.Raise;
    return null;
  };
}

type DefineBase = (name: string, fn: Callable) => void;

function defineTraversal(state: EngineState, define: DefineBase): void {
  const next = function (table: LuaValue, key: LuaValue) {
    if (!(table instanceof Table)) {
      return checkTable(state, passed(arguments.length, table), 0);
    }
    const walk = walkAfter(table, key);
    if (!walk.step()) return undefined;
    X.r = [walk.k, walk.v];
    return walk.k;
  };
  define("next", next);
  define("pairs", function (table: LuaValue) {
    if (!(table instanceof Table)) {
      if (arguments.length === 0) checkAny(state, [], 0);
      checkTable(state, [table], 0);
    }
    X.r = [next as unknown as LuaFunction, table, undefined];
    return next as unknown as LuaFunction;
  });
  const following = nameHost("ipairs_aux", (table: LuaValue, at: LuaValue) => {
    const key = (at as number) + 1;
    const value = table instanceof Table ? table.get(key) : undefined;
    if (value === undefined) {
      X.r = EMPTY;
      return undefined;
    }
    X.r = [key, value];
    return key;
  });
  define("ipairs", function (table: LuaValue) {
    if (!(table instanceof Table)) {
      if (arguments.length === 0) checkAny(state, [], 0);
      checkTable(state, [table], 0);
    }
    X.r = [following as unknown as LuaFunction, table, 0];
    return following as unknown as LuaFunction;
  });
  setIterators(next, following);
}

function defineRaw(state: EngineState, define: DefineBase): void {
  define("rawget", function (table: LuaValue, key: LuaValue) {
    const count = arguments.length;
    if (!(table instanceof Table)) {
      return checkTable(state, passed(count, table), 0);
    }
    if (count < 2) checkAny(state, [table], 1);
    return table.get(key);
  });
  define(
    "rawset",
    function (table: LuaValue, key: LuaValue, value: LuaValue) {
      const count = arguments.length;
      if (!(table instanceof Table)) {
        return checkTable(state, passed(count, table), 0);
      }
      if (count < 3) {
        const args = passed(count, table, key);
        checkAny(state, args, 1);
        checkAny(state, args, 2);
      }
      setRaw(table, key, value);
      return table;
    },
  );
  define("rawequal", function (a: LuaValue, b: LuaValue) {
    if (arguments.length < 2) {
      const args = passed(arguments.length, a);
      checkAny(state, args, 0);
      checkAny(state, args, 1);
    }
    return a === b;
  });
  define("setmetatable", function (table: LuaValue, mt: LuaValue) {
    const count = arguments.length;
    if (!(table instanceof Table)) {
      return checkTable(state, passed(count, table), 0);
    }
    if (count < 2 || !(mt === undefined || mt instanceof Table)) {
      return argumentError(state, 1, "nil or table expected");
    }
    if (table.mt !== undefined && table.mt.get("__metatable") !== undefined) {
      throw new LuaError(state.where(1) + runtime.protectedMetatable);
    }
    state.setMetatable(table, mt);
    return table;
  });
  define("getmetatable", function (value: LuaValue) {
    if (arguments.length === 0) checkAny(state, [], 0);
    const mt = metatableOf(value);
    if (mt === undefined) return undefined;
    const shown = mt.get("__metatable");
    return shown === undefined ? mt : shown;
  });
}

function tostringFunction(state: EngineState): Callable {
  return function (value: LuaValue) {
    if (typeof value === "string") return value;
    if (arguments.length === 0) checkAny(state, [], 0);
    const handler = metamethod(value, "$__tostring");
    if (handler === undefined) return state.tostring(value);
    const text = callValue(handler, [value]);
    if (text !== null) results(text);
    return text;
  };
}
