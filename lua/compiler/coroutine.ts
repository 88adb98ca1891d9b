/**
 * The stacks of Lua code: a coroutine's, or that of a call from host code. Data
 * only; execution.ts runs them.
 */
import type { Frame, Suspension } from "../host.ts";
import type { LuaFunction, LuaThread, LuaValue } from "../value.ts";
import type { EngineState } from "./engine_state.ts";
import { type Callable, Frames, type Record, type Resumer } from "./records.ts";
import { type Reason, X } from "./registers.ts";

/** A stack of Lua calls. */
export class Execution {
  /** The suspended frames. */
  frames: Frames;
  /** Why it is suspended, if it is. */
  signal: Reason | undefined;
  /** The wait that it suspended for, if it did for one. */
  suspension: Suspension | undefined;
  /** How deep the JavaScript stack was when it was entered. */
  base = 0;
  /** The execution that called or resumed this one, while it runs. */
  parent: Execution | undefined = undefined;
  nesting = 0;
  /** The frames at an error that nobody caught. */
  failedFrames: readonly Frame[] | undefined;
  /** A coroutine that the host resumes, so that it may be preempted. */
  isHostDriven = false;

  /** @param start What it runs first. */
  constructor(
    readonly state: EngineState,
    readonly thread: Coroutine | undefined,
    start: Record | undefined,
  ) {
    this.frames = new Frames(start, undefined);
  }
}

/** Calls the function of a coroutine with what it is first resumed with. */
const body: Resumer = {
  resume([, , fn], value) {
    const values = X.r;
    X.r = undefined;
    return values === undefined
      ? (fn as Callable)(value)
      : (fn as Callable)(...values);
  },
};

/** A Lua coroutine. */
export class Coroutine implements LuaThread {
  readonly luaType = "thread";
  status: "suspended" | "running" | "normal" | "dead" = "suspended";
  readonly execution: Execution;
  environment: LuaValue = undefined;

  constructor(state: EngineState, fn: LuaFunction) {
    this.execution = new Execution(state, this, [body, 0, fn, undefined]);
  }
}
