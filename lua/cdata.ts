/**
 * What all of Lua must know of cdata, the values of the library `ffi`: enough
 * for `tonumber`, `string.format` and `bit`. The rest stands in stdlib/ffi/,
 * which is loaded when a program first needs it.
 */
import type { LuaTable, LuaValue } from "./value.ts";

/**
 * Whether a chunk may have met cdata: what is compiled from then on compares
 * them with nil and numbers, which costs time.
 */
export const cdata = { seen: false };

/** A value of a C type, or a C type as a value. */
export abstract class LuaCdata {
  declare readonly luaType: "cdata";

  /** Operators and fields. */
  abstract get metatable(): LuaTable | undefined;
  abstract set metatable(table: LuaTable | undefined);

  /** The number that `tonumber` gives, or `undefined`. */
  abstract toNumber(): number | undefined;

  /** The value when it is a 64-bit integer, as `string.format` takes it. */
  abstract readonly integer64: bigint | undefined;

  /**
   * A function of `bit` of which this is an operand.
   *
   * @param name `band`, `lshift`, …
   * @param args All operands.
   */
  abstract bitOperation(name: string, args: readonly LuaValue[]): LuaValue;
}
// On the prototype, so that an instance has one field less.
Object.defineProperty(LuaCdata.prototype, "luaType", { value: "cdata" });
