/** Making cdata: `ffi.new`, calls of types, numerals such as `1LL`. */
import { parseNumber } from "../../number.ts";
import type { LuaValue } from "../../value.ts";
import { Aggregate, type Cdata, Complex, Scalar } from "./cdata.ts";
import { CError, INVALID_TYPE, UNKNOWN_SIZE } from "./c_error.ts";
import { toComplex, toPointer, toScalar } from "./convert.ts";
import {
  COMPLEX,
  type CType,
  INT,
  INT64,
  isVariable,
  MAX_SIZE,
  sizeOf,
  UINT64,
  variableSize,
} from "./ctype.ts";
import type { Ffi } from "./ffi_state.ts";
import { OwnedBlock } from "./memory.ts";

/**
 * Makes an object.
 *
 * @param values A count, if the type needs one, and initialisers.
 * @throws {CError} About the type as argument 0, or the count as argument 1.
 */
export function makeObject(
  ffi: Ffi,
  type: CType,
  values: readonly LuaValue[],
): Cdata {
  let size = sizeOf(type);
  if (isVariable(type)) {
    if (values.length === 0) throw new CError("value expected", 1);
    size = variableSize(type, count(values[0]));
    values = values.slice(1);
  }
  if (size === undefined || size > MAX_SIZE || size < 0) {
    throw new CError(UNKNOWN_SIZE, 0);
  }
  if (type.kind === "struct" || type.kind === "array") {
    const block = new OwnedBlock(size);
    ffi.initialise(type, block, 0, size, values);
    const made = new Aggregate(ffi, type, block, 0, false, size);
    if (type.kind === "struct") {
      const finalizer = type.tag.metatype?.user.get("__gc");
      if (finalizer !== undefined) ffi.finalizers.set(made, finalizer);
    }
    return made;
  }
  const most = type.kind === "complex" ? 2 : 1;
  if (values.length > most) {
    throw new CError(`too many initializers for '${type.kind}'`);
  }
  if (type.kind === "complex") {
    const re = toComplex(ffi, type, values.length > 0 ? values[0] : 0);
    return values.length < 2
      ? re
      : new Complex(ffi, type, re.re, toComplex(ffi, type, values[1]).re);
  }
  return convertTo(
    ffi,
    type,
    values.length === 0 && type.kind !== "pointer" ? 0 : values[0],
    false,
  );
}

/** A count of elements. */
export function count(value: LuaValue): number {
  try {
    return toScalar(INT, value) as number;
  } catch (error) {
    if (error instanceof CError) throw new CError(error.message, 1);
    throw error;
  }
}

/** A value of a type that is no aggregate; `cast` as in `ffi.cast`. */
export function convertTo(
  ffi: Ffi,
  type: CType,
  value: LuaValue,
  cast: boolean,
): Cdata {
  switch (type.kind) {
    case "int":
    case "bool":
    case "float":
    case "enum":
      return new Scalar(ffi, type, toScalar(type, value, cast));
    case "pointer":
      return toPointer(ffi, type, value, cast);
    case "complex":
      return toComplex(ffi, type, value);
  }
  throw new CError(INVALID_TYPE, 0);
}

const INTEGER = /^(0[xX][\da-fA-F]+|0[bB][01]+|\d+)([uU]?)[lL][lL]$/;

/** The value of a numeral with a suffix, or `undefined`. */
export function parseNumeral(ffi: Ffi, text: string): Cdata | undefined {
  const match = INTEGER.exec(text);
  if (match !== null) {
    const value = BigInt(match[1]!);
    if (value >= 1n << 64n) return undefined;
    return match[2] === ""
      ? new Scalar(ffi, INT64, BigInt.asIntN(64, value))
      : new Scalar(ffi, UINT64, value);
  }
  const imaginary = parseNumber(text.slice(0, -1));
  return imaginary === undefined
    ? undefined
    : new Complex(ffi, COMPLEX, 0, imaginary);
}
