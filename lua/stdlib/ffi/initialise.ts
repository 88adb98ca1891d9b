/**
 * Initialisers of structs, unions and arrays: `{1, 2}`, `{x = 1}`, several
 * values, a string, one element for all.
 */
import { isTable, type LuaTable, type LuaValue } from "../../value.ts";
import { CError } from "./c_error.ts";
import { Aggregate, type Home } from "./cdata.ts";
import {
  cannotConvert,
  isCharacter,
  store,
  storeField,
  storeString,
} from "./convert.ts";
import {
  type ArrayType,
  type CType,
  type Field,
  sameType,
  sizeOf,
  type StructType,
} from "./ctype.ts";
import { type Block, copyMemory, fillBlock } from "./memory.ts";
import { typeName } from "./type_name.ts";

/**
 * Fills an object with initialisers.
 *
 * @param size The object's size, also of one with a variable length.
 * @throws {CError} `too many initializers for 'int [2]'`
 */
export function initialise(
  ffi: Home,
  type: StructType | ArrayType,
  block: Block,
  offset: number,
  size: number,
  values: readonly LuaValue[],
): void {
  if (values.length === 0) return;
  const [first] = values;
  if (values.length === 1) {
    if (isTable(first)) {
      if (type.kind === "array") {
        fillArray(ffi, type, block, offset, size, elements(first));
      } else fillFromTable(ffi, type, block, offset, size, first);
      return;
    }
    if (first instanceof Aggregate && sameType(type, first.type)) {
      copyMemory(
        block,
        offset,
        first.block,
        first.offset,
        Math.min(size, first.size),
      );
      return;
    }
    if (typeof first === "string" && type.kind === "array") {
      if (!isCharacter(type.element)) cannotConvert(first, type);
      storeString(block, offset, size, first);
      return;
    }
  }
  if (type.kind === "array") {
    fillArray(ffi, type, block, offset, size, values);
  } else fillFields(ffi, type, block, offset, size, values);
}

/** The elements of a table, from 0 on if that is there, else from 1. */
function elements(table: LuaTable): LuaValue[] {
  const values: LuaValue[] = [];
  for (let i = table.get(0) === undefined ? 1 : 0;; i++) {
    const value = table.get(i);
    if (value === undefined) return values;
    values.push(value);
  }
}

function tooMany(type: CType): never {
  throw new CError(`too many initializers for '${typeName(type)}'`);
}

function fillArray(
  ffi: Home,
  type: ArrayType,
  block: Block,
  offset: number,
  size: number,
  values: readonly LuaValue[],
): void {
  const { element } = type;
  const step = sizeOf(element)!;
  if (values.length * step > size) tooMany(type);
  values.forEach((value, i) =>
    store(ffi, element, block, offset + i * step, value)
  );
  const filled = values.length * step;
  if (values.length === 1 && step > 0) {
    for (let at = step; at < size; at += step) {
      copyMemory(block, offset + at, block, offset, step);
    }
  } else if (filled < size) fillBlock(block, offset + filled, size - filled, 0);
}

/** The fields that a list initialises, in order. */
function* listed(
  type: StructType,
  base = 0,
): IterableIterator<Field> {
  for (const field of type.tag.fields ?? []) {
    if (field.name !== undefined) {
      yield { ...field, offset: field.offset + base };
    } else if (field.type.kind === "struct") {
      yield* listed(field.type, base + field.offset);
    }
    if (type.tag.union) return;
  }
}

function fillFields(
  ffi: Home,
  type: StructType,
  block: Block,
  offset: number,
  size: number,
  values: readonly LuaValue[],
): void {
  const fields = [...listed(type)];
  if (values.length > fields.length) tooMany(type);
  values.forEach((value, i) =>
    fillField(ffi, fields[i]!, block, offset, size, value)
  );
}

function fillField(
  ffi: Home,
  field: Field,
  block: Block,
  offset: number,
  size: number,
  value: LuaValue,
): void {
  const { type } = field;
  if (type.kind === "array" && type.length === undefined) {
    // The rest of the object is the array.
    const at = offset + field.offset;
    initialise(ffi, type, block, at, size - field.offset, [value]);
  } else storeField(ffi, field, block, offset, value);
}

function fillFromTable(
  ffi: Home,
  type: StructType,
  block: Block,
  offset: number,
  size: number,
  table: LuaTable,
): void {
  const list = elements(table);
  if (list.length > 0) {
    fillFields(ffi, type, block, offset, size, list);
    return;
  }
  for (const [name, field] of type.tag.members) {
    const value = table.get(name);
    if (value === undefined) continue;
    fillField(ffi, field, block, offset, size, value);
    if (type.tag.union) return;
  }
}
