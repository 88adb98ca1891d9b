/**
 * Replacing a running Lua state by a fresh one: `runtime_reload` and
 * `runtime_defunct`. Specification: mtev-lua-api.md §2.6, §2.7.
 */
import { raise } from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { NOTHING } from "../host.ts";
import { isFunction, type LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** The field of `mtev` that holds the function given to `runtime_defunct`. */
const CALLBACK = "__defunct_cb";

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, coroutines, process } = context;
  const define = definer(state);

  /**
   * @lua defunct = mtev.runtime_defunct(f)
   * Tells whether a reload has replaced the calling state. If so `f` is called
   * at once; if not it is kept, in place of an earlier one, and called when
   * the state is replaced. Errors in `f` are ignored.
   * @param f? function: called without arguments; it cannot wait
   * @return boolean: whether the state has been replaced
   * @error `unmanaged runtime!` outside a managed coroutine
   * @error `mtev.runtime_defunct first art not a function`
   * @suspends no
   * @example while not mtev.runtime_defunct() do work() mtev.sleep(1) end
   * @source mtev-lua-api.md §2.6
   * @compat same
   */
  define(mtev, "runtime_defunct", (...args) => {
    const f = args[0];
    if (coroutines.currentOrNone === undefined) {
      raise(state, "unmanaged runtime!");
    }
    if (f !== undefined && !isFunction(f)) {
      raise(state, "mtev.runtime_defunct first art not a function");
    }
    if (process.generation > context.generation) {
      if (f !== undefined) callIgnoringErrors(context, f);
      return true;
    }
    mtev.set(CALLBACK, f);
    return false;
  });

  /**
   * @lua mtev.runtime_reload()
   * Replaces every state of the process by a fresh one, which loads the module
   * and calls its entry function again. Coroutines of an old state run on
   * until they end.
   * @suspends no
   * @example mtev.runtime_reload()
   * @source mtev-lua-api.md §2.7
   * @compat same
   */
  define(mtev, "runtime_reload", () => {
    process.generation++;
    process.reload();
    return NOTHING;
  });
}

/** Calls what `runtime_defunct` kept; called when the state is replaced. */
export function callDefunct(context: MtevContext): void {
  const mtev = context.state.globals.get("mtev") as LuaTable;
  const callback = mtev.get(CALLBACK);
  if (callback !== undefined) callIgnoringErrors(context, callback);
}

function callIgnoringErrors(
  { state }: MtevContext,
  f: Parameters<typeof state.call>[0],
): void {
  try {
    state.call(f);
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
  }
}
