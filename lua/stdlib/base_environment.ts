/**
 * `getfenv` and `setfenv` on functions and stack levels (Lua 5.1 §5.1). Level
 * 1 is the function that called; level 0 stands for the coroutine.
 */
import {
  argumentError,
  checkInt32,
  checkTable,
  optional,
  raise,
} from "../args.ts";
import { definer } from "../define.ts";
import { type LuaState, NOTHING } from "../host.ts";
import {
  isFunction,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
} from "../value.ts";

/** Adds the functions to `globals`. */
export function openEnvironment(state: LuaState, globals: LuaTable): void {
  const define = definer(state);

  define(globals, "getfenv", (...args) => {
    const of = functionOrThread(state, args);
    if (of !== undefined) return state.environment(of);
    const { currentThread } = state;
    return currentThread === undefined
      ? state.globals
      : state.environment(currentThread);
  });

  define(globals, "setfenv", (...args) => {
    const table = checkTable(state, args, 1);
    const of = functionOrThread(state, args);
    if (of === undefined) {
      // The main thread has no environment of its own; its globals stay.
      const { currentThread } = state;
      const changed = currentThread === undefined
        ? table === state.globals
        : state.setEnvironment(currentThread, table);
      return changed ? NOTHING : cannotChange(state);
    }
    return state.setEnvironment(of, table) ? of : cannotChange(state);
  });
}

/** The function that argument 1 names, or nothing for the coroutine (level 0). */
function functionOrThread(
  state: LuaState,
  args: readonly LuaValue[],
): LuaFunction | undefined {
  const value = args[0];
  if (isFunction(value)) return value;
  const level = optional(checkInt32, state, args, 0, 1);
  if (level === 0) return undefined;
  const found = level > 0 ? state.functionAt(level) : undefined;
  return found ?? argumentError(state, 0, "invalid level");
}

function cannotChange(state: LuaState): never {
  raise(state, "'setfenv' cannot change environment of given object");
}
