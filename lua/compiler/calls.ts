/** Calls of any value, from emitted code and from host code. */
import { InternalError, LuaError } from "../errors.ts";
import { type LuaValue, typeName } from "../value.ts";
import { callFunction, driveCall, results } from "./execution.ts";
import { Execution } from "./coroutine.ts";
import { runtime } from "./messages.ts";
import { metamethod } from "./metatables.ts";
import { X } from "./registers.ts";
import { type Callable } from "./records.ts";
import { operandName, raise } from "./stack.ts";
import type { EngineState } from "./engine_state.ts";

/** What calls `value`, which is no function; LuaJIT follows one `__call`. */
function viaCall(value: LuaValue): Callable | undefined {
  const handler = metamethod(value, "$__call");
  return typeof handler === "function"
    ? (...args) => (handler as unknown as Callable)(value, ...args)
    : undefined;
}

/** What a call site calls, when its callee is no function. */
export function C(value: LuaValue): Callable {
  return viaCall(value) ?? raise(runtime.call(operandName(0), typeName(value)));
}

/** What the runtime calls, when that is no function; errors have no place. */
export function notCallable(value: LuaValue): Callable {
  const found = viaCall(value);
  if (found === undefined) {
    throw new LuaError(runtime.call(undefined, typeName(value)));
  }
  return found;
}

/** Calls any value; see {@link callFunction}. */
export function callValue(value: LuaValue, args: LuaValue[]): LuaValue | null {
  X.r = undefined;
  return typeof value === "function"
    ? callFunction(value as unknown as Callable, args)
    : notCallable(value)(...args);
}

/** Calls a function to its end from host code; nothing in it can suspend. */
export function callToEnd(
  state: EngineState,
  callee: LuaValue,
  args: LuaValue[],
): LuaValue[] {
  const execution = takeExecution(state);
  const value = driveCall(execution, callValue, callee, args);
  return results(ended(state, execution, value));
}

/** Like {@link callToEnd}, with one argument, for the first result. */
export function callOne(
  state: EngineState,
  callee: LuaValue,
  first: LuaValue,
): LuaValue {
  const execution = takeExecution(state);
  const value = driveCall(execution, callUnary, callee, first);
  X.r = undefined;
  return ended(state, execution, value);
}

/** Like {@link callToEnd}, with two arguments, for the first result. */
export function callTwo(
  state: EngineState,
  callee: LuaValue,
  first: LuaValue,
  second: LuaValue,
): LuaValue {
  const execution = takeExecution(state);
  const value = driveCall(execution, callBinary, callee, first, second);
  X.r = undefined;
  return ended(state, execution, value);
}

function takeExecution(state: EngineState): Execution {
  const execution = state.idle ?? new Execution(state, undefined, undefined);
  state.idle = undefined;
  return execution;
}

function ended(
  state: EngineState,
  execution: Execution,
  value: LuaValue | null,
): LuaValue {
  if (value === null) throw new InternalError("A host call suspended");
  execution.parent = undefined;
  state.idle = execution;
  return value;
}

/** What {@link callFunction} counts for a call. */
const DEPTH = 256;

/** Like {@link callValue}, without an array. */
function callUnary(value: LuaValue, first: LuaValue): LuaValue | null {
  if (typeof value !== "function" || X.d + DEPTH > X.m) {
    return callValue(value, [first]);
  }
  X.r = undefined;
  X.d += DEPTH;
  const result = (value as unknown as Callable)(first);
  X.d -= DEPTH;
  return result;
}

/** Like {@link callValue}, without an array. */
export function callBinary(
  value: LuaValue,
  first: LuaValue,
  second: LuaValue,
): LuaValue | null {
  if (typeof value !== "function" || X.d + DEPTH > X.m) {
    return callValue(value, [first, second]);
  }
  X.r = undefined;
  X.d += DEPTH;
  const result = (value as unknown as Callable)(first, second);
  X.d -= DEPTH;
  return result;
}
