/** The library `debug`. */
import type { CompilerState } from "./state.ts";

/** Adds the library to the state's globals. */
export function openDebug(state: CompilerState): void {
  state.globals.set("debug", state.newTable());
}
