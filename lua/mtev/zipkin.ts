/**
 * `mtev.zipkin`: the span of distributed tracing that the running event belongs
 * to. Spans come from listeners, which are not there yet. Specification:
 * mtev-lua-api.md §15.6.
 */
import { definer } from "../define.ts";
import type { LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`, and as the global `zipkin`. */
export function install({ state }: MtevContext, mtev: LuaTable): void {
  const define = definer(state);
  const zipkin = state.newTable();
  mtev.set("zipkin", zipkin);
  state.globals.set("zipkin", zipkin);

  /**
   * @lua span = mtev.zipkin.active()
   * The span of the running event. There are no spans: always nil.
   * @return nil: no span
   * @suspends no
   * @example if mtev.zipkin.active() then print("traced") end
   * @source mtev-lua-api.md §15.6
   * @compat differs: always nil, as in a luamtev without listeners
   */
  define(zipkin, "active", () => undefined);
}
