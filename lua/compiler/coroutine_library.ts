/** The library `coroutine`. */
import { LuaError } from "../errors.ts";
import { typeError } from "../args.ts";
import type { LuaFunction, LuaValue } from "../value.ts";
import { resumeCoroutine, toLuaError } from "./execution.ts";
import { Coroutine } from "./coroutine.ts";
import { nameHost, refuseYield } from "./host_function.ts";
import { runtime } from "./messages.ts";
import { SiteKind } from "./emitter.ts";
import { Prototype } from "./prototype.ts";
import { EMPTY, Reason, X } from "./registers.ts";
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
    const thread = args[0];
    if (!(thread instanceof Coroutine)) {
      return typeError(state, [thread], 0, "coroutine");
    }
    if (thread.status !== "suspended") {
      X.r = [false, runtime.cannotResume(reason(thread))];
      return false;
    }
    let value: LuaValue;
    try {
      X.r = args.length === 2 || takesOne(thread)
        ? undefined
        : behindFirst(...args);
      value = resumeFromLua(state, thread, args[1]);
    } catch (thrown) {
      X.r = [false, toLuaError(thrown).value];
      return false;
    }
    X.r = X.r === undefined ? [true, value] : [true, ...X.r];
    return true;
  });
  define("wrap", (...args: LuaValue[]) => wrap(state, body(args)));
  define("yield", (...values: LuaValue[]) => {
    if (X.execution!.thread === undefined) refuseYield(runtime.yieldAcross);
    X.yielded = values[0];
    X.r = values.length === 1 ? undefined : list(...values);
    X.reason = Reason.Yield;
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

/** A function that resumes a new coroutine. */
function wrap(state: EngineState, fn: LuaFunction): LuaFunction {
  const thread = new Coroutine(state, fn);
  // The literal names the function, for nothing; `nameHost` takes 250 ns.
  const { "lua:wrap": next } = {
    "lua:wrap": (...values: LuaValue[]) => {
      if (thread.status !== "suspended") {
        throw new LuaError(
          state.where(1) + runtime.cannotResume(reason(thread)),
        );
      }
      try {
        X.r = values.length === 1 || takesOne(thread)
          ? undefined
          : list(...values);
        return resumeFromLua(state, thread, values[0]);
      } catch (thrown) {
        const error = toLuaError(thrown);
        if (typeof error.value !== "string") throw error;
        throw new LuaError(state.where(1) + error.value);
      }
    },
  };
  return next as unknown as LuaFunction;
}

function reason(thread: Coroutine): string {
  return thread.status === "dead" ? "dead" : "running";
}

/**
 * Whether a coroutine waits in a call whose other results are dropped. A
 * generator that a `for` loop calls with two values would get an array each.
 */
function takesOne({ execution }: Coroutine): boolean {
  const record = execution.frames.innermost;
  const resumer = record?.[0];
  return resumer instanceof Prototype &&
    resumer.siteKinds?.[record![1]] === SiteKind.CallForOne;
}

// V8 makes no array for arguments that are only counted, read one by one and
// passed on.
function list(...values: LuaValue[]): LuaValue[] {
  return values;
}

function behindFirst(...values: LuaValue[]): LuaValue[] {
  return values.slice(1);
}

/** What the one who resumes a coroutine gets. */
function resumeFromLua(
  state: EngineState,
  thread: Coroutine,
  first: LuaValue,
): LuaValue {
  const value = resumeCoroutine(thread, first, false);
  if (value !== null) return value;
  const { suspension } = thread.execution;
  if (suspension !== undefined) state.onSuspend(thread, suspension);
  X.r = EMPTY;
  return undefined;
}
