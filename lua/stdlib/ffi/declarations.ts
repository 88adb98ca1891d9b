/**
 * What has been declared with `ffi.cdef`: typedefs, tags, functions, variables
 * and constants, by name. One for each Lua state. Not the parser that fills it.
 */
import {
  BOOL,
  CHAR,
  COMPLEX,
  type CType,
  type EnumTag,
  INT,
  INT64,
  intType,
  type StructTag,
  UINT64,
  VOID_POINTER,
} from "./ctype.ts";

/** Something with a name that `ffi.C` may give. */
export type Declaration =
  | { readonly kind: "constant"; readonly value: number }
  | {
    readonly kind: "symbol";
    readonly type: CType;
    /** Its name in the library, when `__asm__` gives another. */
    readonly symbol: string;
  };

/** The names of a state. */
export class Declarations {
  readonly typedefs = new Map<string, CType>(BUILT_IN);
  readonly symbols = new Map<string, Declaration>();
  readonly #tags = new Map<string, StructTag | EnumTag>();
  #anonymous = 0;

  /** The struct, union or enum of a name. */
  tag(name: string): StructTag | EnumTag | undefined {
    return this.#tags.get(name);
  }

  /** Makes a struct, union or enum known by its name. */
  addTag(name: string, tag: StructTag | EnumTag): void {
    this.#tags.set(name, tag);
  }

  /** What an anonymous struct, union or enum is called in messages. */
  anonymousName(): string {
    return String(++this.#anonymous);
  }
}

const BUILT_IN: readonly (readonly [string, CType])[] = [
  ["bool", BOOL],
  ["_Bool", BOOL],
  ["complex", COMPLEX],
  ["_Complex", COMPLEX],
  ["__complex", COMPLEX],
  ["__complex__", COMPLEX],
  ["int8_t", { kind: "int", size: 1, signed: true, plain: true }],
  ["int16_t", intType(2, true)],
  ["int32_t", INT],
  ["int64_t", INT64],
  ["uint8_t", intType(1, false)],
  ["uint16_t", intType(2, false)],
  ["uint32_t", intType(4, false)],
  ["uint64_t", UINT64],
  ["__int8", CHAR],
  ["__int16", intType(2, true)],
  ["__int32", INT],
  ["__int64", INT64],
  ["intptr_t", INT64],
  ["uintptr_t", UINT64],
  ["ptrdiff_t", INT64],
  ["size_t", UINT64],
  ["ssize_t", INT64],
  ["wchar_t", Deno.build.arch === "aarch64" ? intType(4, false) : INT],
  ["va_list", VOID_POINTER],
  ["__builtin_va_list", VOID_POINTER],
  ["__gnuc_va_list", VOID_POINTER],
];
