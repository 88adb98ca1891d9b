/**
 * The stacks of Lua code: a coroutine's, or that of a call from host code. Data
 * only; execution.ts runs them.
 */
import type { Frame, Suspension } from "../host.ts";
import type { LuaFunction, LuaThread, LuaValue } from "../value.ts";
import type { EngineState } from "./engine_state.ts";
import type { Record } from "./records.ts";

/** What a suspended execution told the one who drives it. */
export type Signal =
  | { readonly kind: "yielded"; readonly values: LuaValue[] }
  | { readonly kind: "suspended"; readonly suspension: Suspension | undefined };

/** A stack of Lua calls. */
export class Execution {
  /** The suspended frames, outermost first. */
  readonly records: Record[] = [];
  /** Why it suspended last. */
  signal: Signal | undefined;
  /** How deep the JavaScript stack was when it was entered. */
  base = 0;
  /** The execution that called or resumed this one, while it runs. */
  parent: Execution | undefined = undefined;
  nesting = 0;
  /** The frames at an error that nobody caught. */
  failedFrames: readonly Frame[] | undefined;
  /** How many of the records are those of metamethods. */
  metaCalls = 0;
  /** A coroutine that the host resumes, so that it may be preempted. */
  isHostDriven = false;

  constructor(
    readonly state: EngineState,
    readonly thread: Coroutine | undefined,
  ) {}
}

/** A Lua coroutine. */
export class Coroutine implements LuaThread {
  readonly luaType = "thread";
  status: "suspended" | "running" | "normal" | "dead" = "suspended";
  readonly execution: Execution;
  /** The function to start with, until it has started. */
  body: LuaFunction | undefined;
  environment: LuaValue = undefined;

  constructor(state: EngineState, body: LuaFunction) {
    this.execution = new Execution(state, this);
    this.body = body;
  }
}
