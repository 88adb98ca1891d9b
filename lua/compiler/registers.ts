/**
 * The register file of the virtual machine: what emitted code and the runtime
 * share, one per JavaScript thread. Entering a state sets {@link X}'s state,
 * execution and base; leaving restores them, in nested order.
 */
import type { Callable } from "./records.ts";
import type { LuaValue } from "../value.ts";
import type { Execution } from "./coroutine.ts";
import type { Prototype } from "./prototype.ts";
import { Frames, type Record } from "./records.ts";
import { NONE, Table } from "./table.ts";

/** Why a function returned `null`. */
export const enum Reason {
  /** To go on at once, from the bottom of the JavaScript stack. */
  Unwind,
  /** The coroutine waits or was interrupted. */
  Suspend,
  /** `error` was called where a `pcall` takes it: see {@link X.thrown}. */
  Raise,
  /** The coroutine gives values to the one who resumed it. */
  Yield,
}

/** How deep the JavaScript stack may get, in units of emit_chunk.ts. */
export const MAX_DEPTH = 5500 * 64;
/** Back-edges between two interrupt checks. */
export const BUDGET = 4000;

/** Stands for the metatable of strings where they have none. */
const NO_METATABLE = new Table(NONE);

class Registers {
  /** All results of the last call, unless it gave exactly one. */
  r: LuaValue[] | undefined = undefined;
  /** Depth of the JavaScript stack, and calls made, see emit_chunk.ts. */
  d = 0;
  /** The limit of {@link d}. */
  m = MAX_DEPTH;
  /** Back-edges that a function may take before it asks {@link tick}. */
  h = BUDGET;
  /** Functions of {@link execution} are suspending and have left records. */
  suspending = false;
  /** The function that was resumed suspends again, with nothing inside. */
  again = false;
  reason: Reason = Reason.Unwind;
  /** The error value, while `null` travels up for {@link Reason.Raise}. */
  thrown: LuaValue = undefined;
  /** The first value that a coroutine yields; {@link r} is as for results. */
  yielded: LuaValue = undefined;
  execution: Execution | undefined = undefined;
  /** The metatable of strings in the state that runs, or an empty table. */
  strings: Table = NO_METATABLE;
  /** The function `error` of the state that was made last. */
  error: LuaValue = undefined;
  /** Where {@link error} is being called, if that call is a plain statement. */
  at: Prototype | undefined = undefined;
  line = 0;
  /** Set while the closure's variables are asked for. */
  probing = false;
  /** A debug hook is set: functions run in their hooked version. */
  hooked = false;
  /** Tells the hook of a call or a return. */
  hookCall: ((event: "call" | "return") => void) | undefined = undefined;
  /** What is called instead of a function while a hook is set (hooks.ts). */
  hookLeaf: ((callee: Callable) => Callable) | undefined = undefined;
  /** Suspends at every call and back-edge, to test suspension. */
  force = false;
}

/** The registers. */
export const X = new Registers();

/** The results of a function that returns none. */
export const EMPTY: LuaValue[] = [];

/** A variable that several functions share and change. */
export class Box {
  constructor(public v: LuaValue) {}
}

/** Tells emitted code the metatable of strings. */
export function setStrings(metatable: Table | undefined): void {
  X.strings = metatable ?? NO_METATABLE;
}

/** Keeps the record of a function that suspends. */
export function S(record: Record): null {
  const execution = X.execution!;
  if (X.suspending) {
    execution.frames.add(record);
  } else {
    X.suspending = true;
    execution.frames = new Frames(record, execution.frames);
  }
  return null;
}

/** Keeps the record that a resumed function has filled in again. */
export function A(record: Record): null {
  if (X.suspending) X.execution!.frames.add(record);
  else X.again = true;
  return null;
}

/** Forgets the records of functions that an error has left. */
export function dropFrames(): void {
  if (X.suspending) {
    X.suspending = false;
    const execution = X.execution!;
    execution.frames = execution.frames.waiting!;
  }
  X.again = false;
}
