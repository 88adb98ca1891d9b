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
import {
  BUDGET,
  dropFrames,
  MAX_DEPTH,
  Reason,
  S,
  setStrings,
  X,
} from "./registers.ts";
import {
  type Callable,
  type Frames,
  OUTER,
  type Record,
  type Resumer,
  VARIABLES,
} from "./records.ts";
import { Prototype } from "./prototype.ts";
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
const metaCall: Resumer = {
  resume(_, value) {
    X.execution!.frames.count -= META_WEIGHT - 1;
    X.r = undefined;
    return value;
  },
};

/** Keeps the record of a metamethod's call that suspends. */
export function suspendMetaCall(): null {
  S([metaCall, 0, undefined, undefined]);
  X.execution!.frames.count += META_WEIGHT - 1;
  return null;
}

/** Calls a pending function. */
const pendingCall: Resumer = {
  resume(record) {
    X.r = undefined;
    const callee = record[2] as Callable;
    const args = record[VARIABLES] as LuaValue[];
    if (!X.force) return callee(...args);
    X.m = MAX_DEPTH;
    try {
      return callee(...args);
    } finally {
      X.m = -1;
    }
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
        execution.suspension = undefined;
        X.reason = Reason.Suspend;
        return S([pendingCall, 0, callee, undefined, args]);
      }
      return callee(...args);
    }
  }
  X.reason = Reason.Unwind;
  return S([pendingCall, 0, callee, undefined, args]);
}

/** Starts the hooked version of a function. */
export function startHooked(
  callee: Callable,
  args: LuaValue[],
  prototype: Prototype,
  get: (() => LuaValue[]) | undefined,
): LuaValue | null {
  const { parameters, vararg } = prototype.fn;
  const values = parameters.map((_, i) => args[i]);
  const rest = vararg ? [args.slice(parameters.length)] : [];
  const value = prototype.resumeHooked(
    [
      prototype,
      0,
      callee,
      undefined,
      ...(get?.() ?? []),
      ...rest,
      ...values,
    ],
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
      execution.suspension = undefined;
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
  if ((X.d += 256) > X.m) {
    if (hostDepth(SHALLOW) >= SHALLOW) {
      X.reason = Reason.Unwind;
      return S([pendingCall, 0, callee, undefined, args]);
    }
    if (X.hooked) callee = X.hookLeaf!(callee);
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
 * @param value The first result of what it waits for; `X.r` holds all of them
 * when there is not exactly one.
 * @param error Raised where it waits, instead.
 * @returns The first result, `X.r` as usual, or `null` when suspended.
 */
export function driveExecution(
  execution: Execution,
  value: LuaValue,
  error: LuaError | undefined,
): LuaValue | null {
  const depth = X.d;
  const { quiet } = raising;
  enter(execution);
  raising.quiet = false;
  try {
    return run(execution, value, error);
  } finally {
    leave(execution, depth, quiet);
  }
}

/** Like {@link driveExecution}, with an empty stack that begins with a call. */
export function driveCall<A, B, C>(
  execution: Execution,
  call: (callee: A, args: B, more?: C) => LuaValue | null,
  callee: A,
  args: B,
  more?: C,
): LuaValue | null {
  const depth = X.d;
  const { quiet } = raising;
  enter(execution);
  try {
    let value: LuaValue | null;
    try {
      value = call(callee, args, more);
      if (value === null && X.reason === Reason.Raise) throw raised();
    } catch (thrown) {
      throw failure(execution, thrown);
    }
    return value === null ? run(execution, null, undefined) : value;
  } finally {
    leave(execution, depth, quiet);
  }
}

function enter(execution: Execution): void {
  const parent = X.execution;
  const depth = X.d;
  const nesting = (parent?.nesting ?? 0) + 1;
  if (nesting > NESTING_WITHOUT_CARE && !mayNest()) {
    throw new LuaError(runtime.cStackOverflow);
  }
  execution.parent = parent;
  // However deep the stack is already, a few calls find room.
  X.d = execution.base = depth > NESTED_DEPTH ? NESTED_DEPTH : depth;
  execution.nesting = nesting;
  execution.signal = undefined;
  X.execution = execution;
  const { state } = execution;
  if (parent?.state !== state) setStrings(state.metatables.string);
}

function leave(execution: Execution, depth: number, quiet: boolean): void {
  const { parent, state } = execution;
  X.execution = parent;
  if (parent !== undefined && parent.state !== state) {
    setStrings(parent.state.metatables.string);
  }
  X.d = depth;
  raising.quiet = quiet;
}

/** @param value As for {@link driveExecution}, or `null`: it has suspended. */
function run(
  execution: Execution,
  value: LuaValue | null,
  error: LuaError | undefined,
): LuaValue | null {
  let { frames } = execution;
  let unwound = 0;
  let resumed: Record | undefined;
  for (;;) {
    const catcher = error && popToCatcher(frames);
    if (error !== undefined && catcher === undefined) throw error;
    try {
      if (catcher !== undefined) {
        X.d = execution.base;
        value = catcher[0].catch!(catcher, error);
        error = undefined;
      }
      while (value !== null) {
        const record: Record | undefined = frames.innermost;
        if (record === undefined) return value;
        resumed = record;
        frames.innermost = record[OUTER];
        frames.count--;
        const resumer = record[0];
        value = X.hooked && resumer instanceof Prototype
          ? resumer.resumeHooked(record, value)
          : resumer.resume(record, value);
      }
      frames = keepFrames(execution, resumed);
      if (X.reason !== Reason.Unwind) {
        execution.signal = X.reason;
        return null;
      }
      value = undefined;
      X.d = execution.base;
      raising.quiet = false;
      // Endless recursion through tail calls has no back-edge to ask at.
      if ((++unwound & 255) === 0) execution.state.interrupt?.();
      if (frames.count > MAX_FRAMES) {
        // Only the record on top still has to be called.
        frames.innermost = frames.innermost![OUTER];
        frames.count--;
        throw new LuaError(execution.state.where(0) + runtime.stackOverflow);
      }
    } catch (thrown) {
      error = failure(execution, thrown);
      ({ frames } = execution);
    }
  }
}

/** The error of {@link Reason.Raise}, for those who cannot take its value. */
export function raised(): LuaError {
  const { thrown } = X;
  X.thrown = undefined;
  return new LuaError(thrown);
}

/** Takes frames off up to one that catches errors. */
function popToCatcher(frames: Frames): Record | undefined {
  for (;;) {
    const record = frames.innermost;
    if (record === undefined) return undefined;
    frames.innermost = record[OUTER];
    frames.count -= record[0] === metaCall ? META_WEIGHT : 1;
    if (record[0].catch !== undefined) return record;
  }
}

/** Puts the frames that have just suspended inside those that wait already. */
function keepFrames(
  execution: Execution,
  resumed: Record | undefined,
): Frames {
  const { frames } = execution;
  if (X.suspending) {
    X.suspending = false;
    frames.close();
  } else if (X.again) {
    X.again = false;
    frames.innermost = resumed;
    frames.count++;
  }
  return frames;
}

/** Notes where an error came from, before the frames are gone. */
function failure(execution: Execution, thrown: unknown): LuaError {
  dropFrames();
  const error = toLuaError(thrown);
  if (execution.thread === undefined) noteLeaving(error, execution);
  const catcher = innermostCatcher(execution);
  if (catcher?.hostName === "xpcall") {
    noteFrames(error);
  } else if (catcher === undefined && execution.thread !== undefined) {
    execution.failedFrames = errorFrames(error, execution);
  }
  return error;
}

function innermostCatcher({ frames }: Execution): Resumer | undefined {
  for (let at = frames.innermost; at !== undefined; at = at[OUTER]) {
    if (at[0].catch !== undefined) return at[0];
  }
  return undefined;
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

/**
 * Starts or continues a coroutine.
 *
 * @param value See {@link driveExecution}.
 * @returns The first value that it gave or yielded, `X.r` as usual, or `null`
 * when it waits.
 */
export function resumeCoroutine(
  thread: Coroutine,
  value: LuaValue,
  isHostDriven: boolean,
  error?: LuaError,
): LuaValue | null {
  const { execution } = thread;
  execution.isHostDriven = isHostDriven;
  const previous = X.execution?.thread;
  if (previous !== undefined) previous.status = "normal";
  thread.status = "running";
  let result: LuaValue | null;
  try {
    result = driveExecution(execution, value, error);
  } catch (thrown) {
    thread.status = "dead";
    throw thrown;
  } finally {
    if (previous !== undefined) previous.status = "running";
  }
  if (result !== null) {
    thread.status = "dead";
    return result;
  }
  thread.status = "suspended";
  if (execution.signal !== Reason.Yield) return null;
  const { yielded } = X;
  X.yielded = undefined;
  return yielded;
}

/** Resets the registers that an aborted run may have left. */
export function resetRegisters(): void {
  X.r = undefined;
  X.d = 0;
  X.m = X.force ? -1 : MAX_DEPTH;
  X.h = X.force ? 0 : BUDGET;
  X.suspending = false;
  X.again = false;
}
