/**
 * The engines that run Lua, by name. The one place that chooses among them;
 * nothing else knows that there is more than one. An engine is loaded when it
 * is first asked for, since loading one takes longer than anything at start-up.
 */
import type { MappedScript } from "./compiler/source_map.ts";
import type { LuaState } from "./host.ts";

export type { MappedScript };

/** The names of the engines, as `--engine` takes them. */
export const ENGINE_NAMES = ["compiled", "fengari"] as const;

/** The name of an engine. */
export type EngineName = typeof ENGINE_NAMES[number];

/** The engine that runs Lua unless another is named. */
export const DEFAULT_ENGINE: EngineName = "compiled";

/** Whether there is an engine of that name. */
export function isEngineName(name: string): name is EngineName {
  return (ENGINE_NAMES as readonly string[]).includes(name);
}

/**
 * Makes the compiling engine map its code to Lua for a debugger, or, with a
 * receiver, for whoever reads a profile. Call it before anything is compiled.
 *
 * @param receiver Told of each piece of emitted code.
 */
export async function mapScripts(
  receiver?: (script: MappedScript) => void,
): Promise<void> {
  (await import("./compiler/source_map.ts")).mapScripts(receiver);
}

/**
 * Loads an engine.
 *
 * @param name Which one.
 * @returns A function that creates a new state of that engine, with the
 * functions that depend on the engine; lua/stdlib adds the others.
 */
export async function createState(name: EngineName): Promise<() => LuaState> {
  switch (name) {
    case "compiled":
      return (await import("./compiler/state.ts")).createCompilerState;
    case "fengari":
      return (await import("./fengari/engine.ts")).createFengariState;
  }
}
