/**
 * Numbers as C types see them: how one is cut to the type, and how it is read
 * from and written to memory. Not pointers and aggregates.
 */
import type { LuaValue } from "../../value.ts";
import { Complex, Ctype, Scalar, type ScalarType } from "./cdata.ts";
import { CError } from "./c_error.ts";
import type { Field } from "./ctype.ts";
import {
  type Block,
  position,
  viewToRead,
  viewToWrite,
  written,
} from "./memory.ts";

/** A value of a scalar type. */
export type ScalarValue = number | bigint | boolean;

const INT32_MIN = -0x8000_0000;
const INT64_MIN = -(1n << 63n);
const LITTLE = true;

/** The number that a Lua value or a cdata stands for, if it is one. */
export function scalarOf(value: LuaValue): ScalarValue | undefined {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof Scalar) return value.value;
  return value instanceof Complex && !(value instanceof Ctype)
    ? value.re
    : undefined;
}

/** A number as a 64-bit integer; what does not fit is the smallest one. */
export function toInteger64(value: ScalarValue, signed: boolean): bigint {
  if (typeof value !== "number") {
    const whole = BigInt(value);
    return signed ? BigInt.asIntN(64, whole) : BigInt.asUintN(64, whole);
  }
  const fits = value >= -(2 ** 63) && value < (signed ? 2 ** 63 : 2 ** 64);
  const whole = fits ? BigInt(Math.trunc(value)) : INT64_MIN;
  return signed ? BigInt.asIntN(64, whole) : BigInt.asUintN(64, whole);
}

function toInt32(value: number): number {
  const whole = Math.trunc(value);
  return (whole | 0) === whole ? whole | 0 : INT32_MIN;
}

/** Cuts an integer to `size` bytes. */
function wrap(value: number, size: number, signed: boolean): number {
  switch (size) {
    case 1:
      return signed ? value << 24 >> 24 : value & 0xff;
    case 2:
      return signed ? value << 16 >> 16 : value & 0xffff;
  }
  return signed ? value | 0 : value >>> 0;
}

/** `value` as a value of `type`. */
export function cutTo(type: ScalarType, value: ScalarValue): ScalarValue {
  switch (type.kind) {
    case "bool":
      return Boolean(value);
    case "float":
      if (type.size === 16) throw new CError("unsupported: long double");
      return type.size === 4 ? Math.fround(Number(value)) : Number(value);
    case "enum":
      return cutInteger(value, 4, type.tag.signed);
    case "int":
      return type.size === 8
        ? toInteger64(value, type.signed)
        : cutInteger(value, type.size, type.signed);
  }
}

function cutInteger(
  value: ScalarValue,
  size: number,
  signed: boolean,
): number {
  if (typeof value === "bigint") {
    return wrap(Number(BigInt.asIntN(32, value)), size, signed);
  }
  const number = Number(value);
  if (size === 4 && !signed) {
    return Math.abs(number) < 2 ** 63 ? Math.trunc(number) >>> 0 : 0;
  }
  return wrap(toInt32(number), size, signed);
}

/** Reads a value of `type` at a place. */
export function readScalar(
  type: ScalarType,
  block: Block,
  offset: number,
): ScalarValue {
  switch (type.kind) {
    case "bool":
      return viewToRead(block, offset, 1).getUint8(position) !== 0;
    case "enum": {
      const view = viewToRead(block, offset, 4);
      return type.tag.signed
        ? view.getInt32(position, LITTLE)
        : view.getUint32(position, LITTLE);
    }
    case "float": {
      if (type.size === 16) throw new CError("unsupported: long double");
      const view = viewToRead(block, offset, type.size);
      return type.size === 4
        ? view.getFloat32(position, LITTLE)
        : view.getFloat64(position, LITTLE);
    }
  }
  const view = viewToRead(block, offset, type.size);
  switch (type.size) {
    case 1:
      return type.signed ? view.getInt8(position) : view.getUint8(position);
    case 2:
      return type.signed
        ? view.getInt16(position, LITTLE)
        : view.getUint16(position, LITTLE);
    case 4:
      return type.signed
        ? view.getInt32(position, LITTLE)
        : view.getUint32(position, LITTLE);
    case 8:
      return type.signed
        ? view.getBigInt64(position, LITTLE)
        : view.getBigUint64(position, LITTLE);
  }
}

/** Writes what {@link cutTo} gave. */
export function writeScalar(
  type: ScalarType,
  block: Block,
  offset: number,
  value: ScalarValue,
): void {
  const size = type.kind === "bool" ? 1 : type.kind === "enum" ? 4 : type.size;
  const view = viewToWrite(block, offset, size);
  if (typeof value === "bigint") {
    view.setBigUint64(position, BigInt.asUintN(64, value), LITTLE);
  } else if (type.kind === "float") {
    if (size === 4) view.setFloat32(position, Number(value), LITTLE);
    else view.setFloat64(position, Number(value), LITTLE);
  } else if (size === 1) view.setUint8(position, Number(value));
  else if (size === 2) view.setUint16(position, Number(value), LITTLE);
  else view.setUint32(position, Number(value), LITTLE);
  written(block, offset, size);
}

/** The unit of a bit field as an unsigned integer type. */
function unitOf(type: ScalarType): ScalarType {
  const size = type.kind === "int" && type.size !== 8
    ? type.size
    : type.kind === "bool"
    ? 1
    : 4;
  return { kind: "int", size, signed: false };
}

/** Reads a bit field of the object at a place. */
export function readBits(
  field: Field,
  block: Block,
  offset: number,
): ScalarValue {
  const type = field.type as ScalarType;
  const { position: low, width } = field.bits!;
  const unit = Number(readScalar(unitOf(type), block, offset + field.offset));
  const left = 32 - low - width;
  if (type.kind === "bool") return (unit >>> low & 1) === 1;
  const signed = type.kind === "int" ? type.signed : type.kind === "enum" &&
    type.tag.signed;
  return signed
    ? (unit << left) >> (32 - width)
    : (unit << left) >>> (32 - width);
}

/** Writes a bit field of the object at a place. */
export function writeBits(
  field: Field,
  block: Block,
  offset: number,
  value: ScalarValue,
): void {
  const type = field.type as ScalarType;
  const { position: low, width } = field.bits!;
  const unitType = unitOf(type);
  const unit = Number(readScalar(unitType, block, offset + field.offset));
  const mask = (width === 32 ? -1 : (1 << width) - 1) << low;
  const bits = Number(cutTo(type, value)) << low;
  writeScalar(
    unitType,
    block,
    offset + field.offset,
    (unit & ~mask | bits & mask) >>> 0,
  );
}
