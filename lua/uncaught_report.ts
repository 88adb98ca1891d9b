/**
 * What is logged of an error that ended a coroutine and that nothing caught.
 * Specification: mtev-lua-api.md §16.5.
 */
import type { Coroutine } from "./coroutines.ts";
import { LuaError } from "./errors.ts";
import type { LuaState } from "./host.ts";
import type { LuaValue } from "./value.ts";

/** What §16.5 prints for an uncaught error, and where its coroutine began. */
export function uncaughtReport(
  state: LuaState,
  spawnedAt: Coroutine["spawnedAt"],
  error: LuaError,
): string {
  let report = "lua coro resume failed: 2\n";
  const message = errorMessage(state, error.value);
  if (message !== undefined) {
    report += `lua error: ${message}\n${error.traceback ?? ""}\n`;
  }
  const place = String(spawnedAt ?? "");
  if (place !== "") report += `coroutine spawned at ${place}\n`;
  return report;
}

/** The text of an error value, if it has one. */
function errorMessage(state: LuaState, value: LuaValue): string | undefined {
  if (typeof value === "string" || typeof value === "number") {
    return state.tostring(value);
  }
  const metatable = state.metatable(value);
  if (metatable?.get("__tostring") === undefined) return undefined;
  try {
    return state.tostring(value);
  } catch (error) {
    if (error instanceof LuaError) return undefined;
    throw error;
  }
}
