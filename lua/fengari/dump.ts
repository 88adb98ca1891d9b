/**
 * `string.dump`. The format is fengari's own; `load` reads it back.
 */
import { checkFunction } from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import type { LuaFunction } from "../value.ts";
import { toText } from "./early_patches.ts";
import { libraryTable } from "./natives.ts";
import type { FengariState } from "./state.ts";
import { isClosure, push } from "./values.ts";
import { lapi } from "./vm.ts";

/** Puts the function into the string library. */
export function installDump(state: FengariState): void {
  definer(state)(libraryTable(state, "string"), "dump", (...args) => {
    const fn = checkFunction(state, args, 0);
    if (isClosure(fn)) return dump(state, fn);
    throw new LuaError(state.where(1) + "unable to dump given function");
  });
}

function dump(state: FengariState, fn: LuaFunction): string {
  const L = state.machine.current;
  const parts: string[] = [];
  push(L, fn);
  // Never stripped: by its name `load` finds the upvalue of the globals.
  lapi.lua_dump(
    L,
    (_L, bytes, size) => {
      parts.push(toText(bytes.subarray(0, size)));
      return 0;
    },
    null,
    false,
  );
  delete L.stack[--L.top];
  return parts.join("");
}
