/**
 * Puts the HTTP client, which is written in Lua (prelude/HttpClient.lua),
 * where `require` finds it. Specification: mtev-lua-api.md §19.
 */
import { checkHandle } from "../eventer_object.ts";
import { looseNumber } from "../args.ts";
import { NOTHING } from "../host.ts";
import type { LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";
import { loadPrelude } from "./prelude.ts";

/** Adds `mtev.HttpClient` to what `require` finds. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const boundSearch = state.newFunction("bound_search", (object, bytes) => {
    checkHandle(context, object).stream.searchLimit = looseNumber(bytes);
    return NOTHING;
  });
  const preload = state.index(
    state.globals.get("package"),
    "preload",
  ) as LuaTable;
  preload.set(
    "mtev.HttpClient",
    state.newFunction("HttpClient", () => {
      const chunk = loadPrelude(state, "HttpClient");
      return state.call(chunk, mtev, boundSearch)[0];
    }),
  );
}
