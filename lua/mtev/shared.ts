/**
 * What all Lua states of the process share. So far the counters; values,
 * queues and semaphores belong to the issue on several states.
 * Specification: mtev-lua-api.md §3.4.
 */
import { checkString } from "../args.ts";
import { definer } from "../define.ts";
import type { LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const { sequences } = context.process;
  const define = definer(state);

  /**
   * @lua number = mtev.shared_seq(name)
   * Counts calls: 0 at the first for a name, then 1, 2 and so on, over all
   * coroutines and states of the process.
   * @param name string: the name of the counter
   * @return integer: the count before this call
   * @suspends no
   * @example local ticket = mtev.shared_seq("tickets")
   * @source mtev-lua-api.md §3.4
   * @compat same
   */
  define(mtev, "shared_seq", (...args) => {
    const name = checkString(state, args, 0);
    const number = sequences.get(name) ?? 0;
    sequences.set(name, number + 1);
    return number;
  });
}
