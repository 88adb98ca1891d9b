/**
 * C types as Deno's FFI takes them, and values on their way to it and back.
 * Pointers travel as 64-bit integers, which calling conventions treat alike.
 */
import type { LuaValue } from "../../value.ts";
import {
  Aggregate,
  type Home,
  Pointer,
  Scalar,
  type ScalarType,
} from "./cdata.ts";
import { CError } from "./c_error.ts";
import {
  cannotConvert,
  fromScalar,
  stringBlock,
  takesString,
  toPointer,
  toScalar,
} from "./convert.ts";
import {
  CONST_CHAR_POINTER,
  type CType,
  DOUBLE,
  INT,
  pointerTo,
  sameType,
  sizeOf,
  VOID_POINTER,
} from "./ctype.ts";
import { bytesAt, ForeignBlock, OwnedBlock } from "./memory.ts";
import { typeName } from "./type_name.ts";

/** Larger structs are not passed by value. */
const MAX_BY_VALUE = 4096;

/** Bytes are a struct, or a string in place of a pointer. */
export type NativeValue = number | bigint | Uint8Array<ArrayBuffer> | undefined;

/** Deno's name of a type. */
export function nativeType(type: CType): Deno.NativeType {
  switch (type.kind) {
    case "bool":
      return "u8";
    case "enum":
      return type.tag.signed ? "i32" : "u32";
    case "int":
      return `${type.signed ? "i" : "u"}${type.size * 8}` as "i32";
    case "float":
      if (type.size !== 16) return type.size === 4 ? "f32" : "f64";
      break;
    case "pointer":
    case "reference":
      return "u64";
    case "struct":
      if (
        !type.tag.union && type.tag.fields !== undefined &&
        type.tag.size <= MAX_BY_VALUE
      ) return { struct: members(type) };
  }
  throw new CError(`unsupported: passing '${typeName(type)}' by value`);
}

function members(type: CType): Deno.NativeType[] {
  if (type.kind === "array") {
    const each = members(type.element);
    return Array.from({ length: type.length ?? 0 }, () => each).flat();
  }
  if (type.kind !== "struct") return [nativeType(type)];
  return type.tag.fields!.flatMap((field) => {
    if (field.bits !== undefined) {
      throw new CError("unsupported: passing bit fields by value");
    }
    return field.type.kind === "array"
      ? members(field.type)
      : [nativeType(field.type)];
  });
}

/** Deno's name of a function's result. */
export function nativeResult(type: CType): Deno.NativeResultType {
  return type.kind === "void" ? "void" : nativeType(type);
}

/**
 * A Lua value for C.
 *
 * @param kept Gets what must live until the call is over.
 */
export function toNative(
  home: Home,
  type: CType,
  value: LuaValue,
  kept: unknown[],
): NativeValue {
  switch (type.kind) {
    case "int":
    case "bool":
    case "enum":
    case "float": {
      const scalar = toScalar(type, value);
      return typeof scalar === "boolean" ? Number(scalar) : scalar;
    }
    case "pointer": {
      if (typeof value === "string" && takesString(type)) {
        return stringBlock(value).bytes;
      }
      const pointer = toPointer(home, type, value);
      kept.push(pointer);
      return pointer.address;
    }
    case "reference":
      return toNative(home, pointerTo(type.to), value, kept);
    case "struct":
      if (value instanceof Aggregate && sameType(type, value.type)) {
        return bytesAt(value.block, value.offset, sizeOf(type)!).slice();
      }
  }
  return cannotConvert(value, type);
}

/** The type that a variadic argument is passed as. */
export function variadicType(value: LuaValue): CType {
  switch (typeof value) {
    case "number":
      return DOUBLE;
    case "string":
      return CONST_CHAR_POINTER;
    case "boolean":
      return INT;
  }
  if (value instanceof Scalar) {
    const { type } = value;
    if (type.kind === "float") return DOUBLE;
    return type.kind === "bool" || type.kind === "int" && type.size < 4
      ? INT
      : type;
  }
  if (value instanceof Aggregate) {
    return value.type.kind === "array"
      ? pointerTo(value.type.element)
      : value.type;
  }
  if (value instanceof Pointer) {
    return value.type.kind === "pointer" ? value.type : pointerTo(value.type);
  }
  return VOID_POINTER;
}

/** What C gave as a Lua value. */
export function fromNative(
  home: Home,
  type: CType,
  value: NativeValue,
): LuaValue {
  switch (type.kind) {
    case "pointer":
    case "reference":
      return new Pointer(
        home,
        type.kind === "pointer" ? type : pointerTo(type.to),
        new ForeignBlock(BigInt(value as bigint)),
        0,
      );
    case "struct": {
      const size = sizeOf(type)!;
      const block = new OwnedBlock(size);
      block.bytes.set((value as Uint8Array).subarray(0, size));
      return new Aggregate(home, type, block, 0, false, size);
    }
    case "bool":
      return Number(value) !== 0;
    case "int":
      return fromScalar(
        home,
        type,
        type.size === 8 ? BigInt(value as bigint) : value as number,
      );
  }
  return fromScalar(home, type as ScalarType, value as number);
}
