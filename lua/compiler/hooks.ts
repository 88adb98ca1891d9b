/**
 * Debug hooks. While one is set, functions run in a third version: the
 * resumable one with a call of {@link K} in front of each statement. Functions
 * find it on the slow path of their entry, which the hook makes them take; a
 * function that is running gets it when its record is resumed.
 */
import type { LuaFunction, LuaValue } from "../value.ts";
import { callToEnd } from "./calls.ts";
import { insideOf } from "./closure.ts";
import { startHooked } from "./execution.ts";
import { MAX_DEPTH, X } from "./registers.ts";
import type { Callable } from "./records.ts";
import { HOST_PREFIX } from "./stack.ts";
import type { EngineState } from "./engine_state.ts";

/** A hook and what it wants to hear of. */
export interface Hook {
  readonly fn: LuaFunction;
  readonly mask: string;
  readonly count: number;
}

let hook: Hook | undefined;
let owner: EngineState | undefined;
let counted = 0;
/** The line that the hook heard of last, or 0: the next one is new, whatever it is. */
let lastLine = 0;

/** The current hook. */
export function getHook(): Hook | undefined {
  return hook;
}

/** Sets the hook, or removes it. */
export function setHook(
  state: EngineState,
  fn: LuaFunction | undefined,
  mask: string,
  count: number,
): void {
  hook = fn === undefined ? undefined : { fn, mask, count };
  owner = state;
  counted = 0;
  lastLine = 0;
  X.hookCall = hookCall;
  X.hookLeaf = hookLeaf;
  X.hooked = hook !== undefined;
  X.m = X.hooked ? -Infinity : MAX_DEPTH;
}

/** Called by hooked code in front of each statement and call. */
export function K(line: number): void {
  if (hook === undefined) return;
  if (hook.count > 0 && ++counted >= hook.count) {
    counted = 0;
    fire("count", undefined);
  }
  if (line !== lastLine && hook?.mask.includes("l")) {
    lastLine = line;
    fire("line", line);
  }
}

/** Called by hooked code when a loop goes back, to `line` if it is known. */
export function hookLoop(line: number): void {
  lastLine = 0;
  if (line > 0) K(line);
}

/**
 * What is called instead of a function while there is a hook: one that calls nothing itself
 * has no slow path at its entry, on which it would find its hooked version.
 */
function hookLeaf(callee: Callable): Callable {
  if (hook === undefined) return callee;
  const inside = insideOf(callee as unknown as LuaFunction);
  if (inside === undefined || inside.prototype.facts.calls) return callee;
  const { prototype, get } = inside;
  return (...args) => startHooked(callee, args, prototype, get);
}

/** Called by hooked code around each call: host functions tell nobody. */
export function hookHost(callee: LuaValue, event: "call" | "return"): void {
  if (hook === undefined || typeof callee !== "function") return;
  const { name } = callee as unknown as { readonly name: string };
  if (name.startsWith(HOST_PREFIX)) tellOfCall(event);
}

/** A Lua function begins or returns. */
function hookCall(event: "call" | "return"): void {
  lastLine = 0;
  tellOfCall(event);
}

function tellOfCall(event: "call" | "return"): void {
  if (hook?.mask.includes(event[0]!)) fire(event, undefined);
}

function fire(event: string, line: LuaValue): void {
  const { fn } = hook!;
  X.hooked = false;
  X.m = MAX_DEPTH;
  const { r } = X;
  try {
    callToEnd(owner!, fn, [event, line]);
  } finally {
    X.r = r;
    X.hooked = hook !== undefined;
    X.m = X.hooked ? -Infinity : MAX_DEPTH;
  }
}
