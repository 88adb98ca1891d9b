/**
 * The slow paths of operators: coercions, metamethods, errors. Results are
 * values, or `null` when a metamethod suspended, as everywhere in emitted
 * code. The fast paths stand in the emitted code itself.
 */
import { formatNumber, parseNumber } from "../number.ts";
import { type LuaValue, typeName } from "../value.ts";
import { runtime } from "./messages.ts";
import { S, X } from "./registers.ts";
import { type Callable, type Resumer } from "./records.ts";
import { operandName, raise } from "./stack.ts";
import { Table } from "./table.ts";
import { callBinary, notCallable } from "./calls.ts";
import { callFunction, suspendMetaCall } from "./execution.ts";
import { metamethod } from "./metatables.ts";

const MAX_CHAIN = 100;

type Named = { [property: string]: LuaValue };

/** Calls a metamethod for its first result. */
function callMeta(handler: LuaValue, ...args: LuaValue[]): LuaValue | null {
  return metaResult(
    typeof handler === "function"
      ? callFunction(handler as unknown as Callable, args)
      : notCallable(handler)(...args),
  );
}

/** Like {@link callMeta}, for two operands: most calls, without an array. */
function callWithTwo(
  handler: LuaValue,
  a: LuaValue,
  b: LuaValue,
): LuaValue | null {
  return metaResult(callBinary(handler, a, b));
}

function metaResult(value: LuaValue | null): LuaValue | null {
  if (value === null) return suspendMetaCall();
  X.r = undefined;
  return value;
}

/** `object[key]` when the fast path found nothing. */
export function index(object: LuaValue, key: LuaValue): LuaValue | null {
  for (let i = 0; i < MAX_CHAIN; i++) {
    let handler: LuaValue;
    if (object instanceof Table) {
      const value = object.get(key);
      if (value !== undefined) return value;
      const { mt } = object;
      if (mt === undefined) return undefined;
      handler = (mt as unknown as Named).$__index;
      if (handler === undefined) return undefined;
    } else {
      handler = metamethod(object, "$__index");
      if (handler === undefined) {
        raise(
          runtime.index(i === 0 ? operandName(0) : undefined, typeName(object)),
        );
      }
    }
    if (typeof handler === "function") return callWithTwo(handler, object, key);
    object = handler;
  }
  raise(runtime.indexLoop);
}

/** `object[key] = value` when the fast path does not apply. */
export function setIndex(
  object: LuaValue,
  key: LuaValue,
  value: LuaValue,
): LuaValue | null {
  for (let i = 0; i < MAX_CHAIN; i++) {
    let handler: LuaValue;
    if (object instanceof Table) {
      const { mt } = object;
      if (
        mt === undefined ||
        (handler = (mt as unknown as Named).$__newindex) === undefined ||
        object.get(key) !== undefined
      ) {
        setRaw(object, key, value);
        return undefined;
      }
    } else {
      handler = metamethod(object, "$__newindex");
      if (handler === undefined) {
        raise(
          runtime.index(i === 0 ? operandName(0) : undefined, typeName(object)),
        );
      }
    }
    if (typeof handler === "function") {
      return callMeta(handler, object, key, value);
    }
    object = handler;
  }
  raise(runtime.setIndexLoop);
}

/** Stores without metamethods; nil and NaN keys raise an error. */
export function setRaw(table: Table, key: LuaValue, value: LuaValue): void {
  if (typeof key === "number") {
    if (key !== key) raise(runtime.nanIndex);
    table.setNumber(key, value);
  } else if (key === undefined) {
    raise(runtime.nilIndex);
  } else if (typeof key === "string") {
    table.setComputed(key, value);
  } else {
    table.setHash(key, value);
  }
}

/** Stores a constructor's trailing values from `position` on. */
export function setList(
  table: Table,
  position: number,
  values: readonly LuaValue[],
): void {
  for (const [i, value] of values.entries()) {
    table.setNumber(position + i, value);
  }
}

/** The number a value stands for in arithmetic. */
export function toNumber(value: LuaValue): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" ? parseNumber(value) : undefined;
}

/** Lua's `%`. */
export function remainder(a: number, b: number): number {
  // Only for integers is JavaScript's result the same to the last bit.
  if ((a | 0) === a && (b | 0) === b && a >= 0 && b > 0) return a % b;
  return a - Math.floor(a / b) * b;
}

/** Lua's `^`; C's pow differs from JavaScript's only for 1. */
export function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Infinity || b === -Infinity))) return 1;
  return Math.pow(a, b);
}

function arithmetic(
  event: `$__${string}`,
  operation: (a: number, b: number) => number,
): (a: LuaValue, b: LuaValue) => LuaValue | null {
  return (a, b) => {
    const x = toNumber(a);
    const y = toNumber(b);
    if (x !== undefined && y !== undefined) return operation(x, y);
    const handler = metamethod(a, event) ?? metamethod(b, event);
    if (handler !== undefined) return callWithTwo(handler, a, b);
    const second = x !== undefined;
    raise(
      runtime.arithmetic(operandName(second ? 1 : 0), typeName(second ? b : a)),
    );
  };
}

export const add = arithmetic("$__add", (a, b) => a + b);
export const sub = arithmetic("$__sub", (a, b) => a - b);
export const mul = arithmetic("$__mul", (a, b) => a * b);
export const div = arithmetic("$__div", (a, b) => a / b);
export const mod = arithmetic("$__mod", remainder);
export const pow = arithmetic("$__pow", power);

/** Unary minus. */
export function unm(value: LuaValue): LuaValue | null {
  const number = toNumber(value);
  if (number !== undefined) return -number;
  const handler = metamethod(value, "$__unm");
  if (handler !== undefined) return callMeta(handler, value, value);
  raise(runtime.arithmetic(operandName(0), typeName(value)));
}

/** `#value`, for what is not a table. */
export function len(value: LuaValue): LuaValue | null {
  if (typeof value === "string") return value.length;
  const handler = metamethod(value, "$__len");
  if (handler !== undefined) return callMeta(handler, value);
  raise(runtime.length(operandName(0), typeName(value)));
}

/** `left .. right` when not both are strings. */
export function concat(left: LuaValue, right: LuaValue): LuaValue | null {
  const leftText = text(left);
  const rightText = text(right);
  if (leftText !== undefined && rightText !== undefined) {
    return leftText + rightText;
  }
  const handler = metamethod(left, "$__concat") ??
    metamethod(right, "$__concat");
  if (handler !== undefined) return callWithTwo(handler, left, right);
  const second = leftText !== undefined;
  raise(
    runtime.concatenate(
      operandName(second ? 1 : 0),
      typeName(second ? right : left),
    ),
  );
}

function text(value: LuaValue): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return undefined;
  return (value | 0) === value && (value !== 0 || 1 / value > 0)
    ? "" + value
    : formatNumber(value);
}

/** Turns the result of a comparison's metamethod into a boolean. */
const truth: Resumer = {
  resume(record, value) {
    X.r = undefined;
    return isTrue(value) !== (record[1] === 1);
  },
};

function isTrue(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}

function compareMeta(
  handler: LuaValue,
  a: LuaValue,
  b: LuaValue,
  negate: boolean,
): boolean | null {
  const value = callWithTwo(handler, a, b);
  if (value === null) return S([truth, negate ? 1 : 0, undefined, undefined]);
  return isTrue(value) !== negate;
}

/** The handler of a comparison, which both operands have to share. */
function shared(a: LuaValue, b: LuaValue, event: `$__${string}`): LuaValue {
  const handler = metamethod(a, event);
  // A cdata decides alone, whatever the other operand is.
  if (typeName(a) === "cdata") return handler;
  const other = metamethod(b, event);
  return handler === other || typeName(b) === "cdata" ? other : undefined;
}

/** `a < b` for what are not two numbers. */
export function lt(a: LuaValue, b: LuaValue): boolean | null {
  if (typeof a === "string" && typeof b === "string") return a < b;
  const handler = shared(a, b, "$__lt");
  if (handler !== undefined) return compareMeta(handler, a, b, false);
  raise(runtime.compare(typeName(a), typeName(b)));
}

/** `a <= b` for what are not two numbers. */
export function le(a: LuaValue, b: LuaValue): boolean | null {
  if (typeof a === "string" && typeof b === "string") return a <= b;
  const handler = shared(a, b, "$__le");
  if (handler !== undefined) return compareMeta(handler, a, b, false);
  const other = shared(a, b, "$__lt");
  if (other !== undefined) return compareMeta(other, b, a, true);
  raise(runtime.compare(typeName(a), typeName(b)));
}

/** `a == b` for different values, one of them an object. */
export function eq(a: LuaValue, b: LuaValue): boolean | null {
  if (a instanceof Table && a.mt === undefined && b instanceof Table) {
    return false;
  }
  const type = typeName(a);
  if (type !== typeName(b) && type !== "cdata" && typeName(b) !== "cdata") {
    return false;
  }
  const handler = shared(a, b, "$__eq");
  return handler === undefined ? false : compareMeta(handler, a, b, false);
}

const FOR_PARTS = ["initial value", "limit", "step"] as const;

/** A bound of a numeric loop as a number. */
export function forNumber(value: LuaValue, part: 0 | 1 | 2): number {
  const number = toNumber(value);
  if (number === undefined) raise(runtime.forNumber(FOR_PARTS[part]));
  return number;
}
