/**
 * The kinds of cdata. Scalars, complex numbers and pointers are values of
 * their own; structs and arrays stand in memory, and a cdata refers to them.
 */
import { LuaCdata } from "../../cdata.ts";
import { LuaError } from "../../errors.ts";
import type { LuaFunction, LuaTable, LuaValue } from "../../value.ts";
import type {
  ArrayType,
  BoolType,
  ComplexType,
  CType,
  EnumType,
  FloatType,
  FunctionType,
  IntType,
  StructType,
} from "./ctype.ts";
import { addressAt, type Block } from "./memory.ts";

/** What cdata need of the state that they belong to. */
export interface Home {
  /** The metatable for cdata of a type. */
  metatableOf(type: CType): LuaTable;
  /** The metatable for a type itself. */
  metatableOfCtype(type: CType): LuaTable;
  /** A function of `bit` with 64-bit operands. */
  bitOperation(name: string, args: readonly LuaValue[]): LuaValue;
  /**
   * A C function that calls a Lua function.
   *
   * @param own Whether it is not for everybody who passes the same function.
   */
  makeCallback(type: FunctionType, fn: LuaFunction, own: boolean): Block;
  /** Fills an object (initialise.ts). */
  initialise(
    type: StructType | ArrayType,
    block: Block,
    offset: number,
    size: number,
    values: readonly LuaValue[],
  ): void;
  /** Strings that C's memory points to: kept for good. */
  readonly keptStrings: Block[];
}

/** Types whose values are {@link Scalar}s. */
export type ScalarType = IntType | BoolType | FloatType | EnumType;

/** A cdata of any kind. */
export abstract class Cdata extends LuaCdata {
  constructor(readonly home: Home, readonly type: CType) {
    super();
  }

  get metatable(): LuaTable | undefined {
    return this.home.metatableOf(this.type);
  }

  set metatable(_table: LuaTable | undefined) {
    throw new LuaError("cannot change a protected metatable");
  }

  toNumber(): number | undefined {
    return undefined;
  }

  get integer64(): bigint | undefined {
    return undefined;
  }

  bitOperation(name: string, args: readonly LuaValue[]): LuaValue {
    return this.home.bitOperation(name, args);
  }
}

/** A number, a boolean or an enumeration; 64-bit integers are bigints. */
export class Scalar extends Cdata {
  constructor(
    home: Home,
    override readonly type: ScalarType,
    readonly value: number | bigint | boolean,
  ) {
    super(home, type);
  }

  override toNumber(): number {
    return Number(this.value);
  }

  override get integer64(): bigint | undefined {
    return typeof this.value === "bigint" ? this.value : undefined;
  }
}

/** A complex number. */
export class Complex extends Cdata {
  constructor(
    home: Home,
    override readonly type: ComplexType,
    readonly re: number,
    readonly im: number,
  ) {
    super(home, type);
  }

  override toNumber(): number {
    return this.re;
  }
}

/** A pointer, or a function of C's. */
export class Pointer extends Cdata {
  /** Ways to call it, by the types of its arguments. */
  calls: Map<string, Deno.UnsafeFnPointer<Deno.ForeignFunction>> | undefined;

  constructor(
    home: Home,
    type: CType,
    readonly block: Block,
    readonly offset: number,
  ) {
    super(home, type);
  }

  get address(): bigint {
    return addressAt(this.block, this.offset);
  }
}

/** A struct, union or array in memory. */
export class Aggregate extends Cdata {
  /**
   * @param reference Whether it is part of something else.
   * @param size In bytes.
   */
  constructor(
    home: Home,
    type: CType,
    readonly block: Block,
    readonly offset: number,
    readonly reference: boolean,
    readonly size: number,
  ) {
    super(home, type);
  }
}

/** A C type as a value, `ffi.typeof("int")`. */
export class Ctype extends Cdata {
  override get metatable(): LuaTable | undefined {
    return this.home.metatableOfCtype(this.type);
  }

  override set metatable(_table: LuaTable | undefined) {
    throw new LuaError("cannot change a protected metatable");
  }
}
