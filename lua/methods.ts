/**
 * Metatables of the API's objects: a set of methods, and the reference's
 * errors for whatever else is asked of an object. Not for objects with
 * operators or fields (see lua/timeval.ts). Specification:
 * mtev-lua-api.md §1.5.
 */
import { raise, toStringArgument } from "./args.ts";
import type { LuaState } from "./host.ts";
import type { LuaTable } from "./value.ts";

/**
 * Makes a metatable whose `__index` is `methods`.
 *
 * Fetching anything else raises `<name> no such element: <key>`, or
 * `metatable error, arg2 not a string!` for a key that is no text.
 *
 * @param state The Lua state.
 * @param name What errors call the object.
 * @param methods The methods; it gets a metatable of its own.
 * @param texts Where an object words its errors differently: for a key that is
 *   no text, and what comes behind the key otherwise.
 * @returns The metatable for the objects.
 */
export function methodMetatable(
  state: LuaState,
  name: string,
  methods: LuaTable,
  texts: { readonly notText?: string; readonly ending?: string } = {},
): LuaTable {
  // A table finds methods without a call; only misses reach the function.
  const misses = state.newTable();
  misses.set(
    "__index",
    state.newFunction("__index", (_methods, key) => {
      const text = toStringArgument(key) ??
        raise(
          state,
          texts.notText ?? "metatable error, arg2 not a string!",
        );
      raise(state, `${name} no such element: ${text}${texts.ending ?? ""}`);
    }),
  );
  methods.metatable = misses;
  const metatable = state.newTable();
  metatable.set("__index", methods);
  return metatable;
}
