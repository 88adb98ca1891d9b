/** The library `coroutine`. */
import { LuaError, raising } from "../errors.ts";
import { typeError } from "../args.ts";
import type { LuaFunction, LuaValue } from "../value.ts";
import { give, resumeCoroutine, toLuaError } from "./execution.ts";
import { Coroutine } from "./coroutine.ts";
import { nameHost, refuseYield } from "./host_function.ts";
import { runtime } from "./messages.ts";
import { Reason, X } from "./registers.ts";
import { type Callable } from "./records.ts";
import type { EngineState } from "./engine_state.ts";

/** Adds the library to the state's globals. */
export function openCoroutine(state: EngineState): void {
  const library = state.newTable();
  state.globals.set("coroutine", library);
  const define = (name: string, fn: Callable) =>
    library.set(name, nameHost(name, fn) as unknown as LuaFunction);

  define("create", (...args: LuaValue[]) => new Coroutine(state, body(args)));
  define("resume", (...args: LuaValue[]) => {
    const thread = args.shift();
    if (!(thread instanceof Coroutine)) {
      return typeError(state, [thread], 0, "coroutine");
    }
    if (thread.status !== "suspended") {
      X.r = [false, runtime.cannotResume(reason(thread))];
      return false;
    }
    let value: LuaValue | null;
    const { d } = X;
    const { quiet } = raising;
    try {
      value = resumeCoroutine(thread, args, false);
    } catch (thrown) {
      X.d = d;
      raising.quiet = quiet;
      X.r = [false, toLuaError(thrown).value];
      return false;
    }
    raising.quiet = quiet;
    if (value !== null) {
      X.r = X.r === undefined ? [true, value] : [true, ...X.r];
      return true;
    }
    X.r = [true, ...suspended(state, thread)];
    return true;
  });
  define("wrap", (...args: LuaValue[]) => {
    const thread = new Coroutine(state, body(args));
    return nameHost("wrap", (...values: LuaValue[]) => {
      if (thread.status !== "suspended") {
        throw new LuaError(
          state.where(1) + runtime.cannotResume(reason(thread)),
        );
      }
      const { quiet } = raising;
      let value: LuaValue | null;
      try {
        value = resumeCoroutine(thread, values, false);
      } catch (thrown) {
        raising.quiet = quiet;
        const error = toLuaError(thrown);
        if (typeof error.value !== "string") throw error;
        throw new LuaError(state.where(1) + error.value);
      }
      raising.quiet = quiet;
      return value === null ? give(suspended(state, thread)) : value;
    }) as unknown as LuaFunction;
  });
  define("yield", (...values: LuaValue[]) => {
    const execution = X.execution!;
    if (execution.thread === undefined) refuseYield(runtime.yieldAcross);
    execution.signal = { kind: "yielded", values };
    X.reason = Reason.Suspend;
    return null;
  });
  define("status", (...args: LuaValue[]) => {
    const thread = args[0];
    return thread instanceof Coroutine
      ? thread.status
      : typeError(state, args, 0, "coroutine");
  });
  define("running", () => state.currentThread);
  define("isyieldable", () => state.isYieldable);

  function body(args: LuaValue[]): LuaFunction {
    const fn = args[0];
    return typeof fn === "function"
      ? fn as LuaFunction
      : typeError(state, args, 0, "function");
  }
}

function reason(thread: Coroutine): string {
  return thread.status === "dead" ? "dead" : "running";
}

/** What the one who resumed a coroutine gets when it has suspended. */
function suspended(state: EngineState, thread: Coroutine): LuaValue[] {
  X.r = undefined;
  const signal = thread.execution.signal!;
  if (signal.kind === "yielded") return signal.values;
  if (signal.suspension !== undefined) {
    state.onSuspend(thread, signal.suspension);
  }
  return [];
}
