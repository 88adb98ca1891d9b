/**
 * Runs Lua code on a stack that can move to the heap. An {@link Execution} is
 * one such stack: a coroutine's, or that of a call from host code, which
 * cannot suspend. While its functions run, their frames are JavaScript's; when
 * one returns `null`, all of them leave records, and {@link driveExecution} goes on
 * from those, innermost first.
 *
 * The invariant: `null` travels up to the nearest `driveExecution` and nobody in between
 * does anything but leave a record.
 */
import type { Coroutine, Execution } from "./coroutine.ts";
import { LuaError, raising } from "../errors.ts";
import type { LuaValue } from "../value.ts";
import { runtime } from "./messages.ts";
import { BUDGET, MAX_DEPTH, Reason, S, setStrings, X } from "./registers.ts";
import { type Callable, type Resumer } from "./records.ts";
import type { Prototype } from "./prototype.ts";
import { mayNest, NESTING_WITHOUT_CARE } from "./nesting.ts";
import {
  errorFrames,
  hostDepth,
  noteFrames,
  noteLeaving,
  positionOf,
} from "./stack.ts";

/** Frames that a stack may hold, on the heap. */
const MAX_FRAMES = 200_000;
/** Where the count of an execution starts at most: room for some 30 frames. */
const NESTED_DEPTH = MAX_DEPTH - 64 * 64;
/** JavaScript frames below which a deep count means many calls. */
const SHALLOW = 60;

/** LuaJIT needs more of its stack for a metamethod than for a function. */
const META_WEIGHT = 10;

/** Passes on the result of a metamethod. */
export const metaCall: Resumer = {
  resume(_, value) {
    X.r = undefined;
    return value;
  },
};

/** Calls a pending function. */
const pendingCall: Resumer = {
  resume(record) {
    X.r = undefined;
    const callee = record[2] as Callable;
    if (X.force) X.m = MAX_DEPTH;
    return callee(...record[3] as LuaValue[]);
  },
};

/**
 * The slow path of a function's entry: the stack is deep, the host wants to
 * interrupt, or somebody asks for the closure's variables.
 */
export function O(
  callee: Callable,
  args: LuaValue[],
  prototype: Prototype,
  get?: () => LuaValue[],
  set?: (index: number, value: LuaValue) => void,
): LuaValue | null {
  if (X.probing) return { prototype, get, set } as unknown as null;
  if (X.hooked) return startHooked(callee, args, prototype, get);
  if (!X.force) {
    const execution = X.execution!;
    if (hostDepth(SHALLOW) < SHALLOW) {
      // Not deep, but many calls since the count started: time to look up.
      X.d = execution.base + (SHALLOW << 7);
      const { interrupt } = execution.state;
      if (interrupt === undefined) return callee(...args);
      if (interrupt() === "yield" && execution.isHostDriven) {
        execution.signal = { kind: "suspended", suspension: undefined };
        X.reason = Reason.Suspend;
        return S([pendingCall, 0, callee, args]);
      }
      return callee(...args);
    }
  }
  X.reason = Reason.Unwind;
  return S([pendingCall, 0, callee, args]);
}

/** Starts the hooked version of a function. */
function startHooked(
  callee: Callable,
  args: LuaValue[],
  prototype: Prototype,
  get: (() => LuaValue[]) | undefined,
): LuaValue | null {
  X.hookCall!("call");
  const { parameters, vararg } = prototype.fn;
  const values = parameters.map((_, i) => args[i]);
  const rest = vararg ? [args.slice(parameters.length)] : [];
  const value = prototype.resume(
    [prototype, 0, callee, ...(get?.() ?? []), ...rest, ...values],
    undefined,
  );
  if (value !== null) X.hookCall!("return");
  return value;
}

/**
 * Called when a function has used up its budget of back-edges.
 *
 * @returns The next budget, or -1 to suspend.
 */
export function T(): number {
  if (X.force) {
    X.m = -1;
    X.reason = Reason.Unwind;
    return -1;
  }
  const execution = X.execution!;
  const { interrupt } = execution.state;
  if (interrupt !== undefined && interrupt() === "yield") {
    if (execution.isHostDriven) {
      execution.signal = { kind: "suspended", suspension: undefined };
      X.reason = Reason.Suspend;
      return -1;
    }
  }
  return X.h;
}

/** Calls a Lua or host function from the runtime, counting the depth. */
export function callFunction(
  callee: Callable,
  args: LuaValue[],
): LuaValue | null {
  if ((X.d += 256) > X.m && hostDepth(SHALLOW) >= SHALLOW) {
    X.reason = Reason.Unwind;
    return S([pendingCall, 0, callee, args]);
  }
  const value = callee(...args);
  X.d -= 256;
  return value;
}

/** A JavaScript exception as the error that Lua sees. */
export function toLuaError(error: unknown): LuaError {
  if (error instanceof LuaError) return error;
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new LuaError(positionOf(error) + runtime.stackOverflow);
  }
  // A defect of ours is no Lua error: it has to come out at the top.
  throw error;
}

/**
 * Runs an execution until its stack is empty or it suspends.
 *
 * @param start What to begin with; it may return `null` like any function.
 * Takes its arguments apart, so that resuming a coroutine makes no closure
 * (tests/bench/engine/yield_depth1.lua).
 * @returns The first result, `X.r` as usual, or `null` when suspended.
 */
export function driveExecution<A, B>(
  execution: Execution,
  start: (first: A, second: B) => LuaValue | null,
  first: A,
  second: B,
): LuaValue | null {
  const parent = X.execution;
  const depth = X.d;
  execution.parent = parent;
  execution.base = depth > NESTED_DEPTH ? NESTED_DEPTH : depth;
  const nesting = (parent?.nesting ?? 0) + 1;
  if (nesting > NESTING_WITHOUT_CARE && !mayNest()) {
    throw new LuaError(runtime.cStackOverflow);
  }
  execution.nesting = nesting;
  X.execution = execution;
  const { state } = execution;
  if (parent?.state !== state) setStrings(state.metatables.string);
  // However deep the stack is already, a few calls find room.
  X.d = execution.base;
  try {
    return run(execution, start, first, second);
  } finally {
    X.execution = parent;
    if (parent !== undefined && parent.state !== state) {
      setStrings(parent.state.metatables.string);
    }
    X.d = depth;
  }
}

function run<A, B>(
  execution: Execution,
  start: (first: A, second: B) => LuaValue | null,
  first: A,
  second: B,
): LuaValue | null {
  const { records } = execution;
  let unwound = 0;
  let value: LuaValue | null;
  let error: LuaError | undefined;
  try {
    value = start(first, second);
  } catch (thrown) {
    value = undefined;
    error = failure(execution, thrown);
  }
  for (;;) {
    try {
      if (error !== undefined) {
        const record = records.pop();
        if (record === undefined) throw error;
        const handler = record[0];
        if (handler === metaCall) execution.metaCalls--;
        if (handler.catch === undefined) continue;
        const caught = error;
        error = undefined;
        X.d = execution.base;
        value = handler.catch(record, caught);
      } else if (value === null) {
        if (X.reason === Reason.Raise) throw raised();
        const { fresh } = X;
        // Setting the length of an array costs more than popping.
        for (let record = fresh.pop(); record; record = fresh.pop()) {
          if (record[0] === metaCall) execution.metaCalls++;
          records.push(record);
        }
        if (X.reason === Reason.Suspend) return null;
        // Endless recursion through tail calls has no back-edge to ask at.
        if ((++unwound & 255) === 0) execution.state.interrupt?.();
        if (records.length + execution.metaCalls * META_WEIGHT > MAX_FRAMES) {
          // Only the record on top still has to be called.
          records.pop();
          value = undefined;
          throw new LuaError(execution.state.where(0) + runtime.stackOverflow);
        }
        value = undefined;
      } else {
        const record = records.pop();
        if (record === undefined) return value;
        if (record[0] === metaCall) execution.metaCalls--;
        X.d = execution.base;
        raising.quiet = false;
        if (X.force) X.m = -1;
        value = record[0].resume(record, value);
      }
    } catch (thrown) {
      if (error !== undefined) throw error;
      error = failure(execution, thrown);
    }
  }
}

/** The error of {@link Reason.Raise}, for those who cannot take its value. */
export function raised(): LuaError {
  const { thrown } = X;
  X.thrown = undefined;
  return new LuaError(thrown);
}

/** Notes where an error came from, before the frames are gone. */
function failure(execution: Execution, thrown: unknown): LuaError {
  X.fresh.length = 0;
  const error = toLuaError(thrown);
  if (execution.thread === undefined) noteLeaving(error, execution);
  const catcher = execution.records.findLast(([resumer]) =>
    resumer.catch !== undefined
  )?.[0];
  if (catcher?.hostName === "xpcall") {
    noteFrames(error);
  } else if (catcher === undefined && execution.thread !== undefined) {
    execution.failedFrames = errorFrames(error, execution);
  }
  return error;
}

/** The results of a call that has ended with `value`. */
export function results(value: LuaValue): LuaValue[] {
  const values = X.r;
  X.r = undefined;
  return values === undefined ? [value] : values;
}

/** Sets the results of a host function and returns the first. */
export function give(values: readonly LuaValue[]): LuaValue {
  if (values.length === 1) {
    X.r = undefined;
    return values[0];
  }
  X.r = values as LuaValue[];
  return values[0];
}

function enter(thread: Coroutine, values: readonly LuaValue[]) {
  const { body } = thread;
  if (body === undefined) return give(values);
  thread.body = undefined;
  X.r = undefined;
  return (body as unknown as Callable)(...values);
}

function enterWithError(thread: Coroutine, error: LuaError): never {
  thread.body = undefined;
  throw error;
}

/** Starts or continues a coroutine; `null` when it suspended again. */
export function resumeCoroutine(
  thread: Coroutine,
  values: readonly LuaValue[],
  isHostDriven: boolean,
  error?: LuaError,
): LuaValue | null {
  const { execution } = thread;
  execution.isHostDriven = isHostDriven;
  const previous = X.execution?.thread;
  if (previous !== undefined) previous.status = "normal";
  thread.status = "running";
  let value: LuaValue | null | undefined;
  try {
    value = error === undefined
      ? driveExecution(execution, enter, thread, values)
      : driveExecution(execution, enterWithError, thread, error);
    thread.status = value === null ? "suspended" : "dead";
    return value;
  } finally {
    if (value === undefined && thread.status === "running") {
      thread.status = "dead";
    }
    if (previous !== undefined) previous.status = "running";
  }
}

/** Resets the registers that an aborted run may have left. */
export function resetRegisters(): void {
  X.r = undefined;
  X.d = 0;
  X.m = X.force ? -1 : MAX_DEPTH;
  X.h = X.force ? 0 : BUDGET;
  X.fresh.length = 0;
}
