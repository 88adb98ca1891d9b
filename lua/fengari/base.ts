/**
 * The basic functions that need the VM: protected calls, traversal, raw
 * access. The rest of the base library is in lua/stdlib, for every engine.
 */
import { checkAny, checkNumber, checkTable, typeError } from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { multi } from "../host.ts";
import { parseNumber } from "../number.ts";
import { isTable, type LuaTable, type LuaValue, typeName } from "../value.ts";
import type { Continuation, NativeFunction } from "./internals.ts";
import {
  argument,
  argumentCount,
  badArgument,
  badType,
  isFunctionSlot,
  register,
  results,
} from "./natives.ts";
import type { FengariState } from "./state.ts";
import { fromVm, push, toVm } from "./values.ts";
import {
  lapi,
  lobject,
  LONG_STRING,
  ltable,
  MULTRET,
  NATIVE_ERROR,
  OK,
  STRING,
  TABLE,
  YIELD,
} from "./vm.ts";

/** Puts the functions into the globals. */
export function installBase(state: FengariState): void {
  installCalls(state);
  installTraversal(state);
  installRaw(state);
  installConversions(state);
}

function installCalls(state: FengariState): void {
  const { machine } = state;

  /** The results of a protected call; slot `ctx` holds the `true` in front. */
  const finish: Continuation = (L, status, ctx) => {
    const first = L.ci.funcOff + 1 + (ctx as number);
    if (status === OK || status === YIELD) return L.top - first;
    machine.rethrowFatal();
    const error = status === NATIVE_ERROR
      ? "stack overflow"
      : fromVm(L.stack[L.top - 1]!);
    return results(L, false, error);
  };

  const pcall: NativeFunction = (L) => {
    const first = L.ci.funcOff + 1;
    if (L.top === first) badArgument(state, L, 0, "value expected");
    for (let i = L.top; i > first; i--) L.stack[i] = L.stack[i - 1]!;
    L.stack[first] = toVm(true);
    L.top++;
    const argc = L.top - first - 2;
    return finish(L, lapi.lua_pcallk(L, argc, MULTRET, 0, 0, finish), 0);
  };

  const xpcall: NativeFunction = (L) => {
    const first = L.ci.funcOff + 1;
    const { stack } = L;
    if (L.top === first) badArgument(state, L, 0, "value expected");
    if (!isFunctionSlot(argument(L, 1))) badType(state, L, 1, "function");
    const callee = stack[first]!;
    const handler = fromVm(stack[first + 1]!);
    for (let i = L.top; i > first + 2; i--) stack[i] = stack[i - 1]!;
    L.top++;
    stack[first] = toVm(protectedHandler(state, handler) as never);
    stack[first + 1] = toVm(true);
    stack[first + 2] = callee;
    const argc = L.top - first - 3;
    return finish(L, lapi.lua_pcallk(L, argc, MULTRET, 1, 1, finish), 1);
  };

  register(state.globals, { pcall, xpcall });

  const define = definer(state);
  define(state.globals, "error", (...args) => {
    const [value, level] = args;
    const depth = level === undefined ? 1 : checkNumber(state, args, 1);
    throw new LuaError(
      typeof value === "string" && depth > 0
        ? state.where(depth) + value
        : value,
    );
  });
  define(state.globals, "assert", (...args) => {
    const condition = checkAny(state, args, 0);
    if (condition !== undefined && condition !== false) return multi(...args);
    const message = args[1];
    throw new LuaError(message === undefined ? "assertion failed!" : message);
  });
}

/** A message handler whose own errors end in `error in error handling`. */
function protectedHandler(
  state: FengariState,
  handler: LuaValue,
): NativeFunction {
  return (L) => {
    const message = L.stack[L.ci.funcOff + 1]!;
    push(L, handler);
    L.stack[L.top++] = new lobject.TValue(message.type, message.value);
    const status = lapi.lua_pcallk(L, 1, 1, 0, 0, null);
    if (status === OK) return 1;
    state.machine.rethrowFatal();
    return results(L, "error in error handling");
  };
}

function installTraversal(state: FengariState): void {
  const next: NativeFunction = (L) => {
    const first = L.ci.funcOff + 1;
    const slot = argument(L, 0);
    if (slot?.type !== TABLE) badType(state, L, 0, "table");
    lapi.lua_settop(L, 2);
    const table = slot!.value as Parameters<typeof ltable.luaH_next>[1];
    push(L, undefined);
    if (ltable.luaH_next(L, table, first + 1)) return 2;
    return results(L, undefined);
  };

  const pairs: NativeFunction = (L) => {
    const table = argument(L, 0);
    if (table?.type !== TABLE) badType(state, L, 0, "table");
    return results(L, next as never, fromVm(table!), undefined);
  };

  const step: NativeFunction = (L) => {
    const table = argument(L, 0);
    const index = (argument(L, 1)?.value as number) + 1;
    if (table?.type !== TABLE) badType(state, L, 0, "table");
    const value = ltable.luaH_getint(table!.value as never, index);
    if (value.ttisnil()) return results(L, undefined);
    push(L, index);
    L.stack[L.top++] = new lobject.TValue(value.type, value.value);
    return 2;
  };

  const ipairs: NativeFunction = (L) => {
    const table = argument(L, 0);
    if (table?.type !== TABLE) badType(state, L, 0, "table");
    return results(L, step as never, fromVm(table!), 0);
  };

  const select: NativeFunction = (L) => {
    const count = argumentCount(L);
    const slot = argument(L, 0);
    let index = slot === undefined ? undefined : fromVm(slot);
    if (index === "#") return results(L, count - 1);
    if (typeof index === "string") index = parseNumber(index);
    if (typeof index !== "number") return badType(state, L, 0, "number");
    index = Math.trunc(index);
    if (index < 0) index = count + index;
    if (index < 1) badArgument(state, L, 0, "index out of range");
    return Math.max(0, count - index);
  };

  register(state.globals, { next, pairs, ipairs, select });
}

function installRaw(state: FengariState): void {
  const define = definer(state);
  const { globals } = state;

  define(globals, "rawequal", (...args) => {
    checkAny(state, args, 0);
    checkAny(state, args, 1);
    return args[0] === args[1];
  });
  define(globals, "rawget", (...args) => {
    const table = checkTable(state, args, 0);
    return table.get(checkAny(state, args, 1));
  });
  define(globals, "rawset", (...args) => {
    const table = checkTable(state, args, 0);
    checkAny(state, args, 1);
    table.set(args[1], checkAny(state, args, 2));
    return table;
  });
  define(globals, "getmetatable", (...args) => {
    const metatable = state.metatable(checkAny(state, args, 0));
    return metatable?.get("__metatable") ?? metatable;
  });
  define(globals, "setmetatable", (...args) => {
    const table = checkTable(state, args, 0);
    const metatable = args[1];
    if (args.length < 2 || (metatable !== undefined && !isTable(metatable))) {
      typeError(state, args, 1, "nil or table");
    }
    if (table.metatable?.get("__metatable") !== undefined) {
      throw new LuaError(
        state.where(1) + "cannot change a protected metatable",
      );
    }
    table.metatable = metatable as LuaTable | undefined;
    return table;
  });
}

function installConversions(state: FengariState): void {
  const type: NativeFunction = (L) => {
    const slot = argument(L, 0);
    if (slot === undefined) badArgument(state, L, 0, "value expected");
    return results(L, typeName(fromVm(slot!)));
  };

  const finishToString: Continuation = () => 1;

  const tostring: NativeFunction = (L) => {
    const slot = argument(L, 0);
    if (slot === undefined) return badArgument(state, L, 0, "value expected");
    if (slot.type === LONG_STRING || slot.type === STRING) {
      lapi.lua_settop(L, 1);
      return 1;
    }
    const value = fromVm(slot);
    const handler = state.metatable(value)?.get("__tostring");
    if (handler === undefined) return results(L, state.tostring(value));
    push(L, handler);
    push(L, value);
    lapi.lua_callk(L, 1, 1, 0, finishToString);
    return 1;
  };

  register(state.globals, { type, tostring });
  definer(state)(state.globals, "tonumber", (...args) => {
    const base = args[1] === undefined ? 10 : checkNumber(state, args, 1);
    const value = checkAny(state, args, 0);
    if (base === 10) {
      if (typeof value === "number") return value;
      return typeof value === "string" ? parseNumber(value) : undefined;
    }
    if (base < 2 || base > 36) {
      badBase(state);
    }
    if (typeof value !== "string" && typeof value !== "number") {
      typeError(state, args, 0, "string");
    }
    return parseInBase(String(value), Math.trunc(base));
  });
}

function badBase(state: FengariState): never {
  const { name = "?" } = state.calledAs();
  throw new LuaError(
    `${state.where(1)}bad argument #2 to '${name}' (base out of range)`,
  );
}

/** Converts a numeral of digits and letters. Sign and spaces are allowed. */
function parseInBase(text: string, base: number): number | undefined {
  const match = /^[ \t\n\v\f\r]*([-+]?)([0-9a-zA-Z]+)[ \t\n\v\f\r]*$/.exec(
    text,
  );
  if (match === null) return undefined;
  let digits = match[2]!;
  if (base === 16) digits = digits.replace(/^0[xX](?=.)/, "");
  let value = 0;
  for (const character of digits) {
    const digit = parseInt(character, 36);
    if (digit >= base) return undefined;
    value = value * base + digit;
  }
  return match[1] === "-" ? -value : value;
}
