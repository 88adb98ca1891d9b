/**
 * The last entry of `package.loaders` in luamtev: takes the module name itself
 * as the path of a file, and raises when it cannot load it, so that no later
 * loader is asked. Specification: mtev-lua-api.md §16.4 (LuaMtevDirect).
 */
import { checkString, raise } from "./args.ts";
import { LuaError } from "./errors.ts";
import type { LuaState } from "./host.ts";
import { loadFile } from "./stdlib/load_file.ts";
import type { LuaTable } from "./value.ts";

/** Appends the loader to `package.loaders`. */
export function addDirectLoader(state: LuaState): void {
  const loaders = state.index(
    state.globals.get("package"),
    "loaders",
  ) as LuaTable;
  loaders.set(
    loaders.length() + 1,
    state.newFunction("direct_loader", (...args) => {
      const name = checkString(state, args, 0);
      try {
        return loadFile(state, name);
      } catch (error) {
        if (!(error instanceof LuaError)) throw error;
        const reason = String(error.value);
        return raise(
          state,
          `error loading module '${name}' from file '${name}':\n\t${reason}`,
          0,
        );
      }
    }),
  );
}
