/**
 * C types: what they are made of, their sizes, and when two are the same. Not
 * how they are written (type_name.ts, declarations.ts), nor how their values
 * are stored. Types do not change once made, except that a struct is declared
 * first and gets its fields later.
 */
import type { LuaTable } from "../../value.ts";

/** The platform's sizes; LP64, as on all that the runtime knows. */
export const POINTER_SIZE = 8;
/** No object may be larger. */
export const MAX_SIZE = 0x7fff_ffff;

interface Qualifiers {
  readonly constant?: boolean;
  readonly volatile?: boolean;
}

export interface VoidType extends Qualifiers {
  readonly kind: "void";
}
export interface IntType extends Qualifiers {
  readonly kind: "int";
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** `char` itself is neither `signed char` nor `unsigned char`. */
  readonly plain?: boolean;
}
export interface BoolType extends Qualifiers {
  readonly kind: "bool";
}
export interface FloatType extends Qualifiers {
  readonly kind: "float";
  /** 16 is `long double`, which can be declared and not be used. */
  readonly size: 4 | 8 | 16;
}
export interface ComplexType extends Qualifiers {
  readonly kind: "complex";
  readonly size: 8 | 16;
}
export interface EnumType extends Qualifiers {
  readonly kind: "enum";
  readonly tag: EnumTag;
}
export interface PointerType extends Qualifiers {
  readonly kind: "pointer";
  readonly to: CType;
}
export interface ReferenceType extends Qualifiers {
  readonly kind: "reference";
  readonly to: CType;
}
export interface ArrayType extends Qualifiers {
  readonly kind: "array";
  readonly element: CType;
  /** The number of elements, when it is known. */
  readonly length: number | undefined;
  /** Written `[?]`: the length is given when an object is made. */
  readonly variable: boolean;
}
export interface StructType extends Qualifiers {
  readonly kind: "struct";
  readonly tag: StructTag;
}
export interface FunctionType extends Qualifiers {
  readonly kind: "function";
  readonly result: CType;
  readonly parameters: readonly CType[];
  readonly variadic: boolean;
}

/** Any C type. */
export type CType =
  | VoidType
  | IntType
  | BoolType
  | FloatType
  | ComplexType
  | EnumType
  | PointerType
  | ReferenceType
  | ArrayType
  | StructType
  | FunctionType;

/** An enumeration, which its types share. */
export class EnumTag {
  /** @param name The tag, or a number for one without. */
  constructor(readonly name: string) {}
  /** The values by name; empty until it is defined. */
  readonly constants = new Map<string, number>();
  defined = false;
  signed = false;
}

/** A member of a struct or union. */
export interface Field {
  /** Nothing for an anonymous struct or union. */
  readonly name: string | undefined;
  readonly type: CType;
  readonly offset: number;
  /** For a bit field: where in its unit it begins, and how wide it is. */
  readonly bits?: { readonly position: number; readonly width: number };
}

/** What `ffi.metatype` has given a struct. */
export interface Metatype {
  /** The table that the program gave. */
  readonly user: LuaTable;
  /** The metatables of its objects, of pointers to them, and of the type. */
  readonly object: LuaTable;
  readonly pointer: LuaTable;
  readonly ctype: LuaTable;
}

/** A struct or union, which its types share. */
export class StructTag {
  /** @param name The tag, or a number for one without. */
  constructor(readonly name: string, readonly union: boolean) {}
  /** Without fields, the type is incomplete. */
  fields: readonly Field[] | undefined;
  size = 0;
  align = 1;
  /** Fields by name, those of anonymous members among them. */
  readonly members = new Map<string, Field>();
  /** Values of `static const` and of enumerations inside. */
  readonly constants = new Map<string, number>();
  /** The element of a last field written `[?]`. */
  variable: CType | undefined;
  metatype: Metatype | undefined;
}

export const VOID: CType = { kind: "void" };
export const BOOL: CType = { kind: "bool" };
export const CHAR: IntType = {
  kind: "int",
  size: 1,
  signed: true,
  plain: true,
};
export const INT: IntType = { kind: "int", size: 4, signed: true };
export const INT64: IntType = { kind: "int", size: 8, signed: true };
export const UINT64: IntType = { kind: "int", size: 8, signed: false };
export const DOUBLE: CType = { kind: "float", size: 8 };
export const COMPLEX: ComplexType = { kind: "complex", size: 16 };
export const VOID_POINTER: CType = { kind: "pointer", to: VOID };
export const CONST_VOID_POINTER: CType = {
  kind: "pointer",
  to: { kind: "void", constant: true },
};
export const CONST_CHAR_POINTER: CType = {
  kind: "pointer",
  to: { ...CHAR, constant: true },
};

/** An integer type. */
export function intType(size: 1 | 2 | 4 | 8, signed: boolean): IntType {
  return { kind: "int", size, signed };
}

/** A pointer to `type`. */
export function pointerTo(type: CType): PointerType {
  return { kind: "pointer", to: type };
}

/** `type` with more qualifiers. */
export function qualified(
  type: CType,
  constant: boolean,
  volatile: boolean,
): CType {
  if ((!constant || type.constant) && (!volatile || type.volatile)) return type;
  if (type.kind === "array") {
    return { ...type, element: qualified(type.element, constant, volatile) };
  }
  return {
    ...type,
    ...(constant ? { constant } : {}),
    ...(volatile ? { volatile } : {}),
  };
}

/** The size in bytes, or `undefined` when it is not known. */
export function sizeOf(type: CType): number | undefined {
  switch (type.kind) {
    case "void":
    case "function":
      return undefined;
    case "bool":
      return 1;
    case "int":
    case "float":
    case "complex":
      return type.size;
    case "enum":
      return type.tag.defined ? 4 : undefined;
    case "pointer":
    case "reference":
      return POINTER_SIZE;
    case "array": {
      const size = sizeOf(type.element);
      return size === undefined || type.length === undefined
        ? undefined
        : size * type.length;
    }
    case "struct":
      return type.tag.fields === undefined ? undefined : type.tag.size;
  }
}

/** The alignment in bytes. */
export function alignOf(type: CType): number {
  switch (type.kind) {
    case "complex":
      return type.size / 2;
    case "array":
      return alignOf(type.element);
    case "struct":
      return type.tag.align;
    default:
      return sizeOf(type) ?? 1;
  }
}

/** Whether objects of the type have a length that is given when they are made. */
export function isVariable(type: CType): boolean {
  return type.kind === "array"
    ? type.variable
    : type.kind === "struct" && type.tag.variable !== undefined;
}

/** The size of an object of a variable type with `count` elements. */
export function variableSize(type: CType, count: number): number | undefined {
  if (type.kind === "array") {
    const size = sizeOf(type.element);
    return size === undefined ? undefined : size * count;
  }
  if (type.kind !== "struct" || type.tag.variable === undefined) {
    return undefined;
  }
  const { size, align, variable } = type.tag;
  const total = size + sizeOf(variable)! * count;
  return Math.ceil(total / align) * align;
}

/** Whether the type is a 64-bit integer. */
export function isInt64(type: CType): type is IntType {
  return type.kind === "int" && type.size === 8;
}

/** Whether two types are the same, their qualifiers aside unless `exact`. */
export function sameType(a: CType, b: CType, exact = false): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (
    exact && (!a.constant !== !b.constant || !a.volatile !== !b.volatile)
  ) return false;
  switch (a.kind) {
    case "int": {
      const other = b as IntType;
      return a.size === other.size && a.signed === other.signed &&
        !a.plain === !other.plain;
    }
    case "float":
    case "complex":
      return a.size === (b as FloatType).size;
    case "enum":
      return a.tag === (b as EnumType).tag;
    case "struct":
      return a.tag === (b as StructType).tag;
    case "pointer":
    case "reference":
      return sameType(a.to, (b as PointerType).to, exact);
    case "array": {
      const other = b as ArrayType;
      return a.length === other.length && a.variable === other.variable &&
        sameType(a.element, other.element, exact);
    }
    case "function": {
      const other = b as FunctionType;
      return a.variadic === other.variadic &&
        a.parameters.length === other.parameters.length &&
        sameType(a.result, other.result, exact) &&
        a.parameters.every((p, i) => sameType(p, other.parameters[i]!, exact));
    }
  }
  return true;
}
