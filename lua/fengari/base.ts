/**
 * The basic functions that need the VM: errors, protected calls, traversal.
 * The rest of the base library is in lua/stdlib, for every engine.
 */
import { checkNumber, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import type { LuaValue } from "../value.ts";
import type { Continuation, NativeFunction } from "./internals.ts";
import {
  argument,
  badArgument,
  badType,
  isFunctionSlot,
  register,
  results,
} from "./natives.ts";
import { protectedCall } from "./machine.ts";
import type { FengariState } from "./state.ts";
import { fromVm, push, toVm } from "./values.ts";
import { lapi, lobject, ltable, NATIVE_ERROR, OK, TABLE, YIELD } from "./vm.ts";

/** Puts the functions into the globals. */
export function installBase(state: FengariState): void {
  installCalls(state);
  installTraversal(state);
  installToString(state);
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
    return finish(L, protectedCall(L, argc, 0, 0, finish), 0);
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
    return finish(L, protectedCall(L, argc, 1, 1, finish), 1);
  };

  register(state.globals, { pcall, xpcall });

  const define = definer(state);
  define(state.globals, "error", (...args) => {
    const [value, level] = args;
    const depth = level === undefined ? 1 : checkNumber(state, args, 1);
    const text = depth > 0 ? toStringArgument(value) : undefined;
    throw new LuaError(text === undefined ? value : state.where(depth) + text);
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
    if (table === undefined) badArgument(state, L, 0, "value expected");
    if (table?.type !== TABLE) badType(state, L, 0, "table");
    return results(L, next as never, fromVm(table!), undefined);
  };

  const step: NativeFunction = (L) => {
    const table = argument(L, 0);
    const index = (argument(L, 1)?.value as number) + 1;
    if (table?.type !== TABLE) badType(state, L, 0, "table");
    const value = ltable.luaH_getint(table!.value as never, index);
    if (value.ttisnil()) return 0;
    push(L, index);
    L.stack[L.top++] = new lobject.TValue(value.type, value.value);
    return 2;
  };

  const ipairs: NativeFunction = (L) => {
    const table = argument(L, 0);
    if (table === undefined) badArgument(state, L, 0, "value expected");
    if (table?.type !== TABLE) badType(state, L, 0, "table");
    return results(L, step as never, fromVm(table!), 0);
  };

  register(state.globals, { next, pairs, ipairs });
}

/** `tostring`, whose metamethod may yield and return anything. */
function installToString(state: FengariState): void {
  const finish: Continuation = () => 1;

  const tostring: NativeFunction = (L) => {
    const slot = argument(L, 0);
    if (slot === undefined) return badArgument(state, L, 0, "value expected");
    const value = fromVm(slot);
    const handler = state.metatable(value)?.get("__tostring");
    if (handler === undefined) return results(L, state.tostring(value));
    push(L, handler);
    push(L, value);
    lapi.lua_callk(L, 1, 1, 0, finish);
    return 1;
  };

  register(state.globals, { tostring });
}
