/** `object.name` and `object[i]` of cdata, without metamethods. */
import { NOTHING } from "../../host.ts";
import { isFunction, type LuaValue } from "../../value.ts";
import {
  Aggregate,
  type Cdata,
  Complex,
  Ctype,
  Pointer,
  Scalar,
} from "./cdata.ts";
import { CError, CONSTANT, UNKNOWN_SIZE } from "./c_error.ts";
import { functionType } from "./calls.ts";
import { load, loadField, nameOf, store, storeField } from "./convert.ts";
import {
  type CType,
  type Field,
  qualified,
  sizeOf,
  type StructType,
} from "./ctype.ts";
import type { Ffi } from "./ffi_state.ts";
import type { Block } from "./memory.ts";
import { translated } from "./raise.ts";
import { typeName } from "./type_name.ts";

/** Says that there is no such member. */
export const NO_MEMBER = Symbol("no member");

interface Place {
  readonly type: CType;
  readonly block: Block;
  readonly offset: number;
}

/** An integer key. */
function integerKey(key: LuaValue): number | undefined {
  if (typeof key === "number") return Math.trunc(key) || 0;
  return key instanceof Scalar && key.type.kind !== "bool"
    ? Math.trunc(Number(key.value)) || 0
    : undefined;
}

/** The element `index` of an array or behind a pointer. */
function element(object: Cdata, index: number): Place | undefined {
  const { type } = object;
  let of: CType;
  if (object instanceof Aggregate && type.kind === "array") {
    of = type.constant ? qualified(type.element, true, false) : type.element;
  } else if (object instanceof Pointer && type.kind === "pointer") of = type.to;
  else return undefined;
  const size = sizeOf(of);
  if (size === undefined) throw new CError(UNKNOWN_SIZE);
  const { block, offset } = object as Pointer | Aggregate;
  return { type: of, block, offset: offset + index * size };
}

/** The struct that an object is or points to. */
function structOf(
  object: Cdata,
): { type: StructType; block: Block; offset: number } | undefined {
  if (object instanceof Aggregate && object.type.kind === "struct") {
    const { type, block, offset } = object;
    return { type, block, offset };
  }
  if (
    object instanceof Pointer && object.type.kind === "pointer" &&
    object.type.to.kind === "struct"
  ) {
    const { block, offset } = object;
    return { type: object.type.to, block, offset };
  }
  return undefined;
}

/** Reads a member or an element. */
export function readMember(
  ffi: Ffi,
  object: Cdata,
  key: LuaValue,
): LuaValue | typeof NO_MEMBER {
  if (object instanceof Ctype) {
    return typeof key === "string" && object.type.kind === "struct"
      ? object.type.tag.constants.get(key) ?? NO_MEMBER
      : NO_MEMBER;
  }
  const index = integerKey(key);
  if (index !== undefined) {
    if (object instanceof Complex) return complexPart(object, index);
    const place = element(object, index);
    return place === undefined
      ? NO_MEMBER
      : load(ffi, place.type, place.block, place.offset);
  }
  if (typeof key !== "string") return NO_MEMBER;
  if (object instanceof Complex) {
    return complexPart(object, key === "re" ? 0 : key === "im" ? 1 : -1);
  }
  const struct = structOf(object);
  if (struct === undefined) return callbackMethod(ffi, object, key);
  const { type, block, offset } = struct;
  const field = type.tag.members.get(key);
  if (field === undefined) return type.tag.constants.get(key) ?? NO_MEMBER;
  if (field.type.kind === "array" && field.type.length === undefined) {
    return restOf(ffi, object, field, block, offset);
  }
  return type.constant && field.bits === undefined
    ? load(
      ffi,
      qualified(field.type, true, false),
      block,
      offset + field.offset,
    )
    : loadField(ffi, field, block, offset);
}

/** A last member without length: it is as long as the object. */
function restOf(
  ffi: Ffi,
  object: Cdata,
  field: Field,
  block: Block,
  offset: number,
): LuaValue {
  const size = object instanceof Aggregate ? object.size - field.offset : 0;
  return new Aggregate(
    ffi,
    field.type,
    block,
    offset + field.offset,
    true,
    Math.max(size, 0),
  );
}

function complexPart(
  object: Complex,
  index: number,
): number | typeof NO_MEMBER {
  return index === 0 ? object.re : index === 1 ? object.im : NO_MEMBER;
}

/** `free` and `set` of callbacks. */
function callbackMethod(
  ffi: Ffi,
  object: Cdata,
  key: string,
): LuaValue | typeof NO_MEMBER {
  if (functionType(object.type) === undefined) return NO_MEMBER;
  switch (key) {
    case "free":
      return ffi.state.newFunction(key, (self) => {
        if (self instanceof Pointer) {
          translated(ffi.state, () => ffi.callbacks.free(self.address));
        }
        return NOTHING;
      });
    case "set":
      return ffi.state.newFunction(key, (self, fn) => {
        if (self instanceof Pointer && isFunction(fn)) {
          translated(ffi.state, () => ffi.callbacks.set(self.address, fn));
        }
        return NOTHING;
      });
  }
  return NO_MEMBER;
}

/** Writes a member or an element. */
export function writeMember(
  ffi: Ffi,
  object: Cdata,
  key: LuaValue,
  value: LuaValue,
): typeof NO_MEMBER | undefined {
  if (object instanceof Ctype || object instanceof Complex) return NO_MEMBER;
  const index = integerKey(key);
  if (index !== undefined) {
    const place = element(object, index);
    if (place === undefined) return NO_MEMBER;
    checkWritable(place.type);
    store(ffi, place.type, place.block, place.offset, value);
    return undefined;
  }
  const struct = structOf(object);
  if (typeof key !== "string" || struct === undefined) return NO_MEMBER;
  const { type, block, offset } = struct;
  const field = type.tag.members.get(key);
  if (field === undefined) {
    if (type.tag.constants.has(key)) throw new CError(CONSTANT);
    return NO_MEMBER;
  }
  checkWritable(type);
  checkWritable(field.type);
  storeField(ffi, field, block, offset, value);
  return undefined;
}

function checkWritable(type: CType): void {
  if (type.constant) throw new CError(CONSTANT);
}

/** Raises that an object has no such member. */
export function noMember(object: Cdata, key: LuaValue): never {
  const { type } = object;
  const named = object instanceof Pointer && type.kind === "pointer" &&
      type.to.kind === "struct" && typeof key === "string"
    ? type.to
    : type;
  throw new CError(
    typeof key === "string"
      ? `'${typeName(named)}' has no member named '${key}'`
      : `'${typeName(named)}' cannot be indexed with '${nameOf(key)}'`,
  );
}
