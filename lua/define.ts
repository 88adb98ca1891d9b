/**
 * Registers host functions in Lua tables: the one way that every library and
 * every family of the mtev API uses, and that the documentation generator
 * looks for.
 */
import type { HostFunction, LuaState } from "./host.ts";
import type { LuaTable } from "./value.ts";

/** Stores `fn` under `name` in `table`, callable from Lua. */
export type Define = (table: LuaTable, name: string, fn: HostFunction) => void;

/** Returns the {@link Define} of a state. */
export function definer(state: LuaState): Define {
  return (table, name, fn) => table.set(name, state.newFunction(name, fn));
}
