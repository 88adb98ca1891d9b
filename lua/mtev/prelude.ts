/**
 * The parts of the API that are written in Lua, in the folder prelude/.
 */
import type { LuaState } from "../host.ts";
import type { LuaFunction, LuaTable, LuaValue } from "../value.ts";

/** Compiles a file of the prelude. */
export function loadPrelude(state: LuaState, name: string): LuaFunction {
  const source = Deno.readTextFileSync(
    new URL(`./prelude/${name}.lua`, import.meta.url),
  );
  return state.load(source, `@${name}.lua`);
}

/** Compiles and runs a file of the prelude. */
export function runPrelude(
  state: LuaState,
  name: string,
  ...args: LuaValue[]
): LuaValue[] {
  return state.call(loadPrelude(state, name), ...args);
}

/**
 * Makes a file of the prelude run when the field of `mtev` that bears its name
 * is first read: compiling all of them would take longer than the rest of the
 * start-up. The file is called with the mtev table and sets the field.
 */
export function loadOnDemand(
  state: LuaState,
  mtev: LuaTable,
  names: readonly string[],
): void {
  const pending = new Set<LuaValue>(names);
  const metatable = state.newTable();
  metatable.set(
    "__index",
    state.newFunction("__index", (_, key) => {
      if (!pending.delete(key)) return undefined;
      runPrelude(state, key as string, mtev);
      return mtev.get(key);
    }),
  );
  mtev.metatable = metatable;
}
