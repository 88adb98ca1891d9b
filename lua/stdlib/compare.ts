/**
 * Lua's `<` for the libraries, with metamethods. The engines have their own
 * for the operator. Nothing here can suspend.
 */
import { LuaError } from "../errors.ts";
import type { LuaState } from "../host.ts";
import { isTruthy, type LuaValue, typeName } from "../value.ts";

/**
 * Whether `a < b`. Both operands must share the `__lt` metamethod (Lua 5.1).
 *
 * @throws {LuaError} `attempt to compare two table values`, or what the
 * metamethod raised.
 */
export function lessThan(state: LuaState, a: LuaValue, b: LuaValue): boolean {
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a === "string" && typeof b === "string") return a < b;
  const left = typeName(a), right = typeName(b);
  if (left === right || left === "cdata" || right === "cdata") {
    const handler = state.metatable(a)?.get("__lt");
    if (
      handler !== undefined && handler === state.metatable(b)?.get("__lt")
    ) return isTruthy(state.callTwo(handler, a, b));
  }
  // Without position: the comparison has no place in Lua code.
  throw new LuaError(
    left === right
      ? `attempt to compare two ${left} values`
      : `attempt to compare ${left} with ${right}`,
  );
}
