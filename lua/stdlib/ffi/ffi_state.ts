/**
 * What the library `ffi` keeps for a Lua state: declarations, metatables,
 * callbacks, finalizers, errno. The hub of this folder; the parts below it
 * know only the interface `Home`.
 */
import type { LuaState } from "../../host.ts";
import type { LuaFunction, LuaTable, LuaValue } from "../../value.ts";
import { bitOperation64 } from "./bit64.ts";
import { CParser } from "./c_parser.ts";
import type { Parameter } from "./c_reader.ts";
import { Callbacks } from "./callbacks.ts";
import type { Home } from "./cdata.ts";
import type {
  ArrayType,
  CType,
  FunctionType,
  Metatype,
  StructType,
} from "./ctype.ts";
import { Declarations } from "./declarations.ts";
import { Finalizers } from "./finalizers.ts";
import { initialise } from "./initialise.ts";
import type { Block } from "./memory.ts";

/** How many types are kept by their text. */
const KEPT_TYPES = 500;

/** The library's part of a Lua state. */
export class Ffi implements Home, Disposable {
  readonly declarations = new Declarations();
  readonly callbacks: Callbacks;
  readonly finalizers: Finalizers;
  readonly keptStrings: Block[] = [];
  /** The metatable of all cdata that have no other. */
  readonly metatable: LuaTable;
  /** The error number that C functions leave and find. */
  errno = 0;
  readonly #types = new Map<string, CType>();

  constructor(readonly state: LuaState) {
    this.callbacks = new Callbacks(state, this);
    this.finalizers = new Finalizers(state);
    this.metatable = state.newTable();
  }

  metatableOf(type: CType): LuaTable {
    if (type.kind === "struct") {
      return type.tag.metatype?.object ?? this.metatable;
    }
    return type.kind === "pointer" && type.to.kind === "struct"
      ? type.to.tag.metatype?.pointer ?? this.metatable
      : this.metatable;
  }

  metatableOfCtype(type: CType): LuaTable {
    return metatypeOf(type)?.ctype ?? this.metatable;
  }

  bitOperation(name: string, args: readonly LuaValue[]): LuaValue {
    return bitOperation64(this, this.state, name, args);
  }

  makeCallback(type: FunctionType, fn: LuaFunction, own: boolean): Block {
    return own
      ? this.callbacks.make(type, fn)
      : this.callbacks.shared(type, fn);
  }

  initialise(
    type: StructType | ArrayType,
    block: Block,
    offset: number,
    size: number,
    values: readonly LuaValue[],
  ): void {
    initialise(this, type, block, offset, size, values);
  }

  /** Takes declarations, as `ffi.cdef` does. */
  declare(source: string, parameters: readonly Parameter[]): void {
    this.#types.clear();
    new CParser(source, this.declarations, parameters).declarations();
  }

  /** The type that a text names. */
  parseType(source: string, parameters: readonly Parameter[]): CType {
    const found = this.#types.get(source);
    if (found !== undefined && parameters.length === 0) return found;
    const type = new CParser(source, this.declarations, parameters).type();
    if (parameters.length === 0 && !source.includes("{")) {
      if (this.#types.size >= KEPT_TYPES) this.#types.clear();
      this.#types.set(source, type);
    }
    return type;
  }

  [Symbol.dispose](): void {
    this.callbacks[Symbol.dispose]();
    this.finalizers[Symbol.dispose]();
  }
}

/** What `ffi.metatype` gave a struct, or the struct that a pointer points to. */
export function metatypeOf(type: CType): Metatype | undefined {
  if (type.kind === "struct") return type.tag.metatype;
  return type.kind === "pointer" && type.to.kind === "struct"
    ? type.to.tag.metatype
    : undefined;
}
