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
 * Makes files of the prelude run when a field of `mtev` that they set is first
 * read: compiling all of them would take longer than the rest of the start-up.
 * A file is called with the mtev table.
 *
 * @param files The file, by the name of the field.
 */
export function loadOnDemand(
  state: LuaState,
  mtev: LuaTable,
  files: Readonly<Record<string, string>>,
): void {
  const pending = new Map<LuaValue, string>(Object.entries(files));
  const metatable = state.newTable();
  metatable.set(
    "__index",
    state.newFunction("__index", (_, key) => {
      const file = pending.get(key);
      if (file === undefined) return undefined;
      for (const [field, other] of pending) {
        if (other === file) pending.delete(field);
      }
      runPrelude(state, file, mtev);
      return mtev.get(key);
    }),
  );
  mtev.metatable = metatable;
}
