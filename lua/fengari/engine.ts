/**
 * The fengari engine: makes states that have the functions which depend on the
 * engine. lua/engines.ts imports this file when the engine is chosen.
 */
import type { LuaState } from "../host.ts";
import { installBase } from "./base.ts";
import { installCoroutine } from "./coroutine.ts";
import { installDebug } from "./debug.ts";
import { installDump } from "./dump.ts";
import { FengariState } from "./state.ts";
import "./table.ts";

/** Creates a state with the engine's part of the standard library. */
export function createFengariState(): LuaState {
  const state = new FengariState();
  installBase(state);
  installCoroutine(state);
  installDebug(state);
  installDump(state);
  return state;
}
