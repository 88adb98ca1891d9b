/** From the errors of the parts that know no Lua state to Lua errors. */
import { argumentError, raise } from "../../args.ts";
import type { LuaState } from "../../host.ts";
import { CError } from "./c_error.ts";

/**
 * Runs a part of a host function; a {@link CError} becomes a Lua error with
 * the position of the caller.
 *
 * @param argument The argument that all errors are about, counted from 0.
 */
export function translated<T>(
  state: LuaState,
  run: () => T,
  argument?: number,
): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CError)) throw error;
    const index = error.argument ?? argument;
    if (index !== undefined) argumentError(state, index, error.message);
    return raise(state, error.message);
  }
}
