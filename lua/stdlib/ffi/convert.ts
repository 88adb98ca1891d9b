/**
 * Between Lua values and C values: what is stored into memory, what is read
 * from it, and which conversions there are. Not initialisers (initialise.ts)
 * and not the arguments of calls (calls.ts), which build on it.
 */
import type { LuaValue } from "../../value.ts";
import { isFunction, isTable, typeName as luaTypeName } from "../../value.ts";
import { writeBinaryString } from "../../../runtime/posix/bytes.ts";
import { CError } from "./c_error.ts";
import {
  Aggregate,
  Cdata,
  Complex,
  Ctype,
  type Home,
  Pointer,
  Scalar,
  type ScalarType,
} from "./cdata.ts";
import {
  type ArrayType,
  type CType,
  type Field,
  isInt64,
  type PointerType,
  sameType,
  sizeOf,
} from "./ctype.ts";
import {
  type Block,
  copyMemory,
  fillBlock,
  ForeignBlock,
  NULL_BLOCK,
  OwnedBlock,
  position,
  viewToRead,
  viewToWrite,
  written,
} from "./memory.ts";
import {
  cutTo,
  readBits,
  readScalar,
  scalarOf,
  toInteger64,
  writeBits,
  writeScalar,
} from "./scalars.ts";
import { typeName } from "./type_name.ts";

/** The type of a value as messages name it. */
export function nameOf(value: LuaValue): string {
  return value instanceof Cdata ? typeName(value.type) : luaTypeName(value);
}

/** Raises that there is no such conversion. */
export function cannotConvert(value: LuaValue, type: CType): never {
  const from = typeof value === "boolean" ? "bool" : nameOf(value);
  throw new CError(`cannot convert '${from}' to '${typeName(type)}'`);
}

/** Whether arrays of the type take strings. */
export function isCharacter(type: CType): boolean {
  return type.kind === "int" && type.size === 1;
}

/** Whether a string converts to the pointer. */
export function takesString({ to }: PointerType): boolean {
  return to.constant === true && (isCharacter(to) || to.kind === "void");
}

/** A string with its final zero as memory. */
export function stringBlock(text: string): OwnedBlock {
  const block = new OwnedBlock(text.length + 1);
  writeBinaryString(text, block.bytes);
  return block;
}

/** A value of a scalar type; `cast` allows what only `ffi.cast` does. */
export function toScalar(
  type: ScalarType,
  value: LuaValue,
  cast = false,
): number | bigint | boolean {
  if (typeof value === "string" && type.kind === "enum") {
    const constant = type.tag.constants.get(value);
    if (constant !== undefined) return cutTo(type, constant);
  }
  const scalar = scalarOf(value);
  if (scalar !== undefined) return cutTo(type, scalar);
  if (cast && type.kind !== "float") {
    const address = addressOf(value);
    if (address !== undefined) return cutTo(type, address);
  }
  return cannotConvert(value, type);
}

/** The address that a value is or has. */
export function addressOf(value: LuaValue): bigint | undefined {
  if (value instanceof Pointer) return value.address;
  if (value instanceof Aggregate) {
    return new ForeignBlock(value.block.address + BigInt(value.offset)).address;
  }
  return value === undefined ? 0n : undefined;
}

/** Whether a pointer to `from` may be used as one to `to`. */
function isCompatible(to: CType, from: CType): boolean {
  if (from.constant && !to.constant || from.volatile && !to.volatile) {
    return false;
  }
  if (to.kind === "void" || from.kind === "void") return true;
  if (to.kind === "int" && from.kind === "int") return to.size === from.size;
  if (to.kind === "enum" && from.kind === "int") return from.size === 4;
  if (to.kind === "int" && from.kind === "enum") return to.size === 4;
  if (to.kind === "pointer" && from.kind === "pointer") {
    return isCompatible(to.to, from.to);
  }
  if (to.kind === "array" && from.kind === "array") {
    return isCompatible(to.element, from.element);
  }
  return sameType(to, from);
}

/** A pointer of `type`; `cast` allows what only `ffi.cast` does. */
export function toPointer(
  ffi: Home,
  type: PointerType,
  value: LuaValue,
  cast = false,
): Pointer {
  const { to } = type;
  const make = (block: Block, offset: number) =>
    new Pointer(ffi, type, block, offset);
  if (value === undefined) return make(NULL_BLOCK, 0);
  if (value instanceof Ctype) return cannotConvert(value, type);
  if (value instanceof Pointer) {
    const from = value.type.kind === "pointer" ? value.type.to : value.type;
    if (cast || isCompatible(to, from)) return make(value.block, value.offset);
  } else if (value instanceof Aggregate) {
    const from = value.type.kind === "array"
      ? qualifiedElement(value.type)
      : value.type;
    if (cast || isCompatible(to, from) || isCompatible(to, value.type)) {
      return make(value.block, value.offset);
    }
  } else if (typeof value === "string") {
    if (cast || takesString(type)) return make(stringBlock(value), 0);
  } else if (isFunction(value)) {
    if (to.kind === "function") {
      return make(ffi.makeCallback(to, value, cast), 0);
    }
  } else if (cast) {
    const scalar = scalarOf(value);
    if (scalar !== undefined && typeof scalar !== "boolean") {
      return make(new ForeignBlock(toInteger64(scalar, false)), 0);
    }
  }
  return cannotConvert(value, type);
}

function qualifiedElement(type: ArrayType): CType {
  return type.constant ? { ...type.element, constant: true } : type.element;
}

/** Stores a Lua value as a value of `type` at a place. */
export function store(
  ffi: Home,
  type: CType,
  block: Block,
  offset: number,
  value: LuaValue,
): void {
  switch (type.kind) {
    case "int":
    case "bool":
    case "float":
    case "enum":
      writeScalar(type, block, offset, toScalar(type, value));
      return;
    case "pointer": {
      const pointer = toPointer(ffi, type, value);
      keep(ffi, block, offset, pointer, typeof value === "string");
      viewToWrite(block, offset, 8).setBigUint64(
        position,
        pointer.address,
        true,
      );
      written(block, offset, 8);
      return;
    }
    case "complex": {
      const { re, im } = toComplex(ffi, type, value);
      const half = type.size === 8 ? 4 : 8;
      const part = { kind: "float", size: half } as const;
      writeScalar(part, block, offset, re);
      writeScalar(part, block, offset + half, im);
      return;
    }
    case "struct":
      if (isTable(value)) {
        ffi.initialise(type, block, offset, sizeOf(type) ?? 0, [value]);
      } else copyAggregate(type, block, offset, value);
      return;
    case "array":
      if (
        isTable(value) || typeof value === "string" && isCharacter(type.element)
      ) {
        ffi.initialise(type, block, offset, sizeOf(type) ?? 0, [value]);
      } else copyAggregate(type, block, offset, value);
      return;
  }
  cannotConvert(value, type);
}

/** Keeps a string that memory points to. C's memory keeps it for good. */
function keep(
  ffi: Home,
  block: Block,
  offset: number,
  pointer: Pointer,
  isString: boolean,
): void {
  if (block instanceof ForeignBlock) {
    if (isString) ffi.keptStrings.push(pointer.block);
  } else if (pointer.block instanceof OwnedBlock && isString) {
    (block.kept ??= new Map()).set(offset, pointer.block);
  } else block.kept?.delete(offset);
}

function copyAggregate(
  type: CType,
  block: Block,
  offset: number,
  value: LuaValue,
): void {
  if (!(value instanceof Aggregate) || !sameType(type, value.type)) {
    cannotConvert(value, type);
  }
  copyMemory(block, offset, value.block, value.offset, sizeOf(type) ?? 0);
}

/** A complex number of `type`. */
export function toComplex(
  ffi: Home,
  type: CType & { kind: "complex" },
  value: LuaValue,
): Complex {
  if (value instanceof Complex) {
    return new Complex(ffi, type, value.re, value.im);
  }
  const scalar = scalarOf(value);
  if (scalar === undefined) return cannotConvert(value, type);
  return new Complex(ffi, type, Number(scalar), 0);
}

/** Reads a value of `type` at a place. */
export function load(
  ffi: Home,
  type: CType,
  block: Block,
  offset: number,
): LuaValue {
  switch (type.kind) {
    case "int":
    case "bool":
    case "float":
    case "enum":
      return fromScalar(ffi, type, readScalar(type, block, offset));
    case "pointer": {
      const address = viewToRead(block, offset, 8).getBigUint64(position, true);
      const kept = block instanceof OwnedBlock
        ? block.kept?.get(offset)
        : undefined;
      return kept?.address === address
        ? new Pointer(ffi, type, kept, 0)
        : new Pointer(ffi, type, new ForeignBlock(address), 0);
    }
    case "reference":
      return load(
        ffi,
        type.to,
        (load(ffi, { kind: "pointer", to: type.to }, block, offset) as Pointer)
          .block,
        0,
      );
    case "complex": {
      const half = type.size === 8 ? 4 : 8;
      const part = { kind: "float", size: half } as const;
      return new Complex(
        ffi,
        type,
        readScalar(part, block, offset) as number,
        readScalar(part, block, offset + half) as number,
      );
    }
    case "struct":
    case "array":
      return new Aggregate(ffi, type, block, offset, true, sizeOf(type) ?? 0);
    case "function":
      return new Pointer(ffi, type, block, offset);
    case "void":
      throw new CError("size of C type is unknown or too large");
  }
}

/** What Lua gets for a value of a scalar type. */
export function fromScalar(
  ffi: Home,
  type: ScalarType,
  value: number | bigint | boolean,
): LuaValue {
  return isInt64(type) || type.kind === "enum"
    ? new Scalar(ffi, type, value)
    : value as number | boolean;
}

/** Reads a field of the object at a place. */
export function loadField(
  ffi: Home,
  field: Field,
  block: Block,
  offset: number,
): LuaValue {
  return field.bits === undefined
    ? load(ffi, field.type, block, offset + field.offset)
    : fromScalar(
      ffi,
      field.type as ScalarType,
      readBits(field, block, offset),
    );
}

/** Stores into a field of the object at a place. */
export function storeField(
  ffi: Home,
  field: Field,
  block: Block,
  offset: number,
  value: LuaValue,
): void {
  if (field.bits === undefined) {
    store(ffi, field.type, block, offset + field.offset, value);
  } else {
    const type = field.type as ScalarType;
    writeBits(field, block, offset, toScalar(type, value));
  }
}

/** Copies a string into an array, with its final zero if that fits. */
export function storeString(
  block: Block,
  offset: number,
  size: number,
  text: string,
): void {
  const source = stringBlock(text);
  copyMemory(block, offset, source, 0, Math.min(size, source.size));
  if (size > source.size) {
    fillBlock(block, offset + source.size, size - source.size, 0);
  }
}
