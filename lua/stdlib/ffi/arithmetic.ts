/**
 * Operators on cdata: 64-bit integers, pointers, and comparisons. What has no
 * operation here may have a metamethod of its own (metamethods.ts).
 */
import type { LuaValue } from "../../value.ts";
import {
  Aggregate,
  Complex,
  Ctype,
  type Home,
  Pointer,
  Scalar,
} from "./cdata.ts";
import { nameOf } from "./convert.ts";
import { CError } from "./c_error.ts";
import {
  type CType,
  INT64,
  pointerTo,
  sameType,
  sizeOf,
  UINT64,
} from "./ctype.ts";
import { scalarOf, type ScalarValue, toInteger64 } from "./scalars.ts";

/** Says that there is no such operation; metamethods are asked then. */
export const NO_OPERATION = Symbol("no operation");
type Result = LuaValue | typeof NO_OPERATION;

export type Operator = "add" | "sub" | "mul" | "div" | "mod" | "pow" | "unm";
export type Comparison = "eq" | "lt" | "le";

const MIN = 1n << 63n;

/** A pointer, or an array that decays to one: where, and to what. */
interface Target {
  readonly value: Pointer | Aggregate;
  readonly to: CType;
}

function targetOf(value: LuaValue): Target | undefined {
  if (value instanceof Pointer && value.type.kind === "pointer") {
    return { value, to: value.type.to };
  }
  if (value instanceof Aggregate && value.type.kind === "array") {
    return { value, to: value.type.element };
  }
  return undefined;
}

/** A number in arithmetic; not a Lua boolean, nor a type. */
function numberOf(value: LuaValue): ScalarValue | undefined {
  if (
    typeof value === "boolean" || value instanceof Complex ||
    value instanceof Ctype
  ) return undefined;
  return scalarOf(value);
}

function isUnsigned64(value: LuaValue): boolean {
  return value instanceof Scalar && value.type.kind === "int" &&
    value.type.size === 8 && !value.type.signed;
}

/** `a` operator `b`. */
export function operate(
  ffi: Home,
  operator: Operator,
  a: LuaValue,
  b: LuaValue,
): Result {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) {
    const unsigned = isUnsigned64(a) || isUnsigned64(b);
    const value = integers(
      operator,
      toInteger64(x, !unsigned),
      toInteger64(y, !unsigned),
      unsigned,
    );
    return unsigned
      ? new Scalar(ffi, UINT64, BigInt.asUintN(64, value))
      : new Scalar(ffi, INT64, BigInt.asIntN(64, value));
  }
  const left = targetOf(a);
  const right = targetOf(b);
  if (operator === "add" && left !== undefined && y !== undefined) {
    return moved(ffi, left, toInteger64(y, true));
  }
  if (operator === "add" && right !== undefined && x !== undefined) {
    return moved(ffi, right, toInteger64(x, true));
  }
  if (operator !== "sub" || left === undefined) return NO_OPERATION;
  if (y !== undefined) return moved(ffi, left, -toInteger64(y, true));
  if (right === undefined || !sameType(left.to, right.to)) return NO_OPERATION;
  const size = sizeOf(left.to);
  if (size === undefined || size === 0) return NO_OPERATION;
  const distance = BigInt.asIntN(64, addressOf(left) - addressOf(right));
  return Number(distance / BigInt(size));
}

function addressOf({ value }: Target): bigint {
  return value.block.address + BigInt(value.offset);
}

function moved(ffi: Home, { value, to }: Target, by: bigint): Result {
  const size = sizeOf(to);
  if (size === undefined) return NO_OPERATION;
  const distance = Number(BigInt.asIntN(64, by * BigInt(size)));
  return new Pointer(ffi, pointerTo(to), value.block, value.offset + distance);
}

function integers(
  operator: Operator,
  a: bigint,
  b: bigint,
  unsigned: boolean,
): bigint {
  switch (operator) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return b === 0n ? MIN : a / b;
    case "mod":
      return b === 0n ? MIN : a % b;
    case "unm":
      return -a;
    case "pow":
      return power(a, b, unsigned);
  }
}

function power(base: bigint, exponent: bigint, unsigned: boolean): bigint {
  if (exponent < 0n) {
    if (base === 1n) return 1n;
    if (base === -1n) return exponent % 2n === 0n ? 1n : -1n;
    return base === 0n && !unsigned ? MIN - 1n : 0n;
  }
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asUintN(64, result * square);
    square = BigInt.asUintN(64, square * square);
  }
  return result;
}

/** `a == b`, `a < b` or `a <= b`. */
export function compare(
  comparison: Comparison,
  a: LuaValue,
  b: LuaValue,
): boolean | typeof NO_OPERATION {
  if (comparison === "eq") return equals(a, b);
  const order = orderOf(a, b);
  if (order === undefined) return NO_OPERATION;
  return comparison === "lt" ? order < 0 : order <= 0;
}

function orderOf(a: LuaValue, b: LuaValue): number | undefined {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) {
    const signed = !isUnsigned64(a) && !isUnsigned64(b);
    return sign(toInteger64(x, signed), toInteger64(y, signed));
  }
  const left = targetOf(a);
  const right = targetOf(b);
  if (left === undefined || right === undefined) return undefined;
  if (
    left.to.kind !== "void" && right.to.kind !== "void" &&
    !sameType(left.to, right.to)
  ) return undefined;
  return sign(addressOf(left), addressOf(right));
}

function sign(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function equals(
  a: LuaValue,
  b: LuaValue,
): boolean | typeof NO_OPERATION {
  const x = enumValue(a, b) ?? numberOf(a);
  const y = enumValue(b, a) ?? numberOf(b);
  if (x !== undefined && y !== undefined) {
    const signed = !isUnsigned64(a) && !isUnsigned64(b);
    return toInteger64(x, signed) === toInteger64(y, signed);
  }
  if (a instanceof Ctype || b instanceof Ctype) {
    return a instanceof Ctype && b instanceof Ctype &&
      sameType(a.type, b.type, true);
  }
  const left = whereIs(a);
  const right = whereIs(b);
  if (left === undefined || right === undefined) return NO_OPERATION;
  return left === right;
}

/** The constant that a string names when the other operand is an enum. */
function enumValue(value: LuaValue, other: LuaValue): number | undefined {
  return typeof value === "string" && other instanceof Scalar &&
      other.type.kind === "enum"
    ? other.type.tag.constants.get(value)
    : undefined;
}

/** The address that an equality compares; nil is the null pointer. */
function whereIs(value: LuaValue): bigint | undefined {
  if (value === undefined) return 0n;
  if (value instanceof Pointer) return value.address;
  return value instanceof Aggregate
    ? BigInt.asUintN(64, value.block.address + BigInt(value.offset))
    : undefined;
}

/** Raises that an operator does not apply. */
export function noArithmetic(a: LuaValue, b: LuaValue): never {
  throw new CError(
    `attempt to perform arithmetic on '${nameOf(a)}' and '${nameOf(b)}'`,
  );
}
