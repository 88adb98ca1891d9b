/**
 * The parts of the API that are written in Lua, in the folder prelude/.
 */
import type { LuaState } from "../host.ts";
import type { LuaFunction, LuaValue } from "../value.ts";

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
