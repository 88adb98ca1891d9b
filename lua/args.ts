/**
 * Checks and conversions of the arguments of host functions, with LuaJIT's
 * messages: `bad argument #1 to 'floor' (number expected, got nil)`.
 *
 * Indices count from 0 in TypeScript and from 1 in messages. `args.length`
 * tells a missing argument ("no value") from nil.
 */
import { LuaError } from "./errors.ts";
import type { LuaState } from "./host.ts";
import { formatNumber, parseNumber } from "./number.ts";
import {
  isFunction,
  isTable,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
  typeName,
} from "./value.ts";

/** The arguments of a host function. */
export type Args = readonly LuaValue[];

/**
 * Raises `message` with the position of the caller in front.
 *
 * @param level 1 is the caller of the running host function, 0 adds nothing.
 */
export function raise(state: LuaState, message: string, level = 1): never {
  throw new LuaError(state.where(level) + message);
}

/** Raises `bad argument #n to 'name' (detail)`, as luaL_argerror does. */
export function argumentError(
  state: LuaState,
  index: number,
  detail: string,
): never {
  const { name = "?", method } = state.calledAs();
  if (method) {
    if (index === 0) {
      raise(state, `calling '${name}' on bad self (${detail})`);
    }
    index--;
  }
  raise(state, `bad argument #${index + 1} to '${name}' (${detail})`);
}

/** Raises `bad argument #n to 'name' (wanted expected, got …)`. */
export function typeError(
  state: LuaState,
  args: Args,
  index: number,
  wanted: string,
): never {
  argumentError(
    state,
    index,
    `${wanted} expected, got ${
      index < args.length ? typeName(args[index]) : "no value"
    }`,
  );
}

/** The string that `value` converts to, or `undefined`: strings and numbers do. */
export function toStringArgument(value: LuaValue): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? formatNumber(value) : undefined;
}

/** The number that `value` converts to, or `undefined`. */
export function toNumberArgument(value: LuaValue): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" ? parseNumber(value) : undefined;
}

/** A string argument; numbers convert. */
export function checkString(
  state: LuaState,
  args: Args,
  index: number,
): string {
  const value = args[index];
  if (typeof value === "string") return value;
  return toStringArgument(value) ?? typeError(state, args, index, "string");
}

/** A number argument; numeric strings convert. */
export function checkNumber(
  state: LuaState,
  args: Args,
  index: number,
): number {
  const value = args[index];
  if (typeof value === "number") return value;
  return toNumberArgument(value) ?? typeError(state, args, index, "number");
}

/** An integer argument: a number, its fraction cut off. */
export function checkInteger(
  state: LuaState,
  args: Args,
  index: number,
): number {
  return Math.trunc(checkNumber(state, args, index));
}

/**
 * A number cut to 32 bits as LuaJIT's libraries do on x64: what does not fit,
 * also `inf` and `nan`, becomes -2147483648.
 */
export function toInt32(value: number): number {
  const integer = value | 0;
  if (integer === value) return integer;
  return value > -2147483649 && value < 2147483648 ? integer : -2147483648;
}

/** An argument that LuaJIT's libraries read as a 32-bit integer. */
export function checkInt32(
  state: LuaState,
  args: Args,
  index: number,
): number {
  return toInt32(checkNumber(state, args, index));
}

/**
 * The arguments of a function that names its parameters instead of taking
 * `...args`, which costs an array a call; for its rare paths.
 *
 * @param count `arguments.length`.
 */
export function passed(count: number, ...parameters: LuaValue[]): Args {
  if (parameters.length > count) parameters.length = count;
  return parameters;
}

/** A table argument. */
export function checkTable(
  state: LuaState,
  args: Args,
  index: number,
): LuaTable {
  const value = args[index];
  return isTable(value) ? value : typeError(state, args, index, "table");
}

/** A function argument. */
export function checkFunction(
  state: LuaState,
  args: Args,
  index: number,
): LuaFunction {
  const value = args[index];
  return isFunction(value) ? value : typeError(state, args, index, "function");
}

/** Any argument, also nil, but it must be there. */
export function checkAny(state: LuaState, args: Args, index: number): LuaValue {
  if (index >= args.length) argumentError(state, index, "value expected");
  return args[index];
}

/** The result of `check`, or `fallback` when the argument is nil or missing. */
export function optional<T, F>(
  check: (state: LuaState, args: Args, index: number) => T,
  state: LuaState,
  args: Args,
  index: number,
  fallback: F,
): T | F {
  return args[index] === undefined ? fallback : check(state, args, index);
}

/**
 * A number as the reference's C API reads it: what does not convert is 0
 * (mtev-lua-api.md, "How to read an entry"), and so is nan, which is neither a
 * time nor a count.
 */
export function looseNumber(value: LuaValue): number {
  return toNumberArgument(value) || 0;
}
