/**
 * C functions that call Lua functions. They live until `cb:free()` or the end
 * of the state. Lua code in them cannot suspend; what it raises waits until
 * the C function that called has returned (calls.ts), since nothing can be
 * thrown through C. On the thread of the state only.
 */
import { LuaError } from "../../errors.ts";
import type { LuaState } from "../../host.ts";
import type { LuaFunction } from "../../value.ts";
import { CError } from "./c_error.ts";
import type { Home, Pointer } from "./cdata.ts";
import { toPointer } from "./convert.ts";
import { type FunctionType, pointerTo, sameType } from "./ctype.ts";
import { type Block, ForeignBlock } from "./memory.ts";
import {
  fromNative,
  nativeResult,
  nativeType,
  type NativeValue,
  toNative,
} from "./native_types.ts";
import { typeName } from "./type_name.ts";

interface Entry {
  fn: LuaFunction;
  readonly native: Deno.UnsafeCallback;
  /** The last result, which keeps what it points to. */
  result: Pointer | undefined;
}

interface Shared {
  readonly type: FunctionType;
  readonly block: Block;
}

/** The callbacks of a state. */
export class Callbacks implements Disposable {
  readonly #state: LuaState;
  readonly #home: Home;
  readonly #live = new Map<bigint, Entry>();
  readonly #freed = new Set<bigint>();
  readonly #shared = new Map<LuaFunction, Shared[]>();
  #pending: unknown;

  constructor(state: LuaState, home: Home) {
    this.#state = state;
    this.#home = home;
  }

  /**
   * The callback for a function that is passed without `ffi.cast`: the same
   * one each time, since nobody can free it.
   */
  shared(type: FunctionType, fn: LuaFunction): Block {
    let made = this.#shared.get(fn);
    if (made === undefined) this.#shared.set(fn, made = []);
    for (const known of made) {
      if (sameType(known.type, type, true)) return known.block;
    }
    const block = this.make(type, fn);
    made.push({ type, block });
    return block;
  }

  /** Makes a callback of a function type. */
  make(type: FunctionType, fn: LuaFunction): Block {
    let definition: Deno.UnsafeCallbackDefinition;
    try {
      if (
        type.variadic || type.result.kind === "struct" ||
        type.parameters.some((parameter) => parameter.kind === "struct")
      ) throw new CError("");
      definition = {
        parameters: type.parameters.map(nativeType),
        result: nativeResult(type.result),
      };
    } catch (error) {
      if (!(error instanceof CError)) throw error;
      const name = typeName(pointerTo(type));
      throw new CError(`cannot convert 'function' to '${name}'`);
    }
    const native = new Deno.UnsafeCallback(
      definition,
      ((...args: NativeValue[]) => this.#run(entry, type, args)) as never,
    );
    const entry: Entry = { fn, native, result: undefined };
    const address = Deno.UnsafePointer.value(native.pointer) as bigint;
    this.#live.set(address, entry);
    this.#freed.delete(address);
    return new ForeignBlock(address);
  }

  #run(
    entry: Entry,
    type: FunctionType,
    args: readonly NativeValue[],
  ): NativeValue {
    const { result } = type;
    const native = nativeResult(result);
    const nothing = native === "void"
      ? undefined
      : native === "i64" || native === "u64"
      ? 0n
      : 0;
    // After an error, C goes on until it returns.
    if (this.#pending !== undefined) return nothing;
    try {
      const values = type.parameters.map((parameter, i) =>
        fromNative(this.#home, parameter, args[i])
      );
      const [value] = this.#state.call(entry.fn, ...values);
      if (result.kind === "void") return undefined;
      if (result.kind === "pointer") {
        entry.result = toPointer(this.#home, result, value);
        return entry.result.address;
      }
      return toNative(this.#home, result, value, []);
    } catch (error) {
      this.#pending = error instanceof CError
        ? new LuaError(this.#state.where(1) + error.message)
        : error;
      return nothing;
    }
  }

  /** Raises what a callback raised. */
  raisePending(): void {
    const error = this.#pending;
    this.#pending = undefined;
    if (error !== undefined) throw error;
  }

  /** Refuses to call a callback that is gone. */
  check(address: bigint): void {
    if (this.#freed.has(address)) throw new CError("bad callback");
  }

  /** `cb:free()`. */
  free(address: bigint): void {
    const entry = this.#entry(address);
    this.#live.delete(address);
    this.#freed.add(address);
    entry.native.close();
  }

  /** `cb:set(fn)`. */
  set(address: bigint, fn: LuaFunction): void {
    this.#entry(address).fn = fn;
  }

  #entry(address: bigint): Entry {
    const entry = this.#live.get(address);
    if (entry === undefined) throw new CError("bad callback");
    return entry;
  }

  [Symbol.dispose](): void {
    for (const { native } of this.#live.values()) native.close();
    this.#live.clear();
    this.#shared.clear();
  }
}
