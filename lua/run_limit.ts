/**
 * Bounds how long a coroutine runs without waiting. Looked at where the engine
 * asks its interrupt handler. Specification: mtev-lua-api.md §17.5.
 */
import type { Coroutines } from "./coroutines.ts";
import { LuaError } from "./errors.ts";
import type { InterruptHandler, LuaState } from "./host.ts";

/** How long, and what then. */
export interface RunLimit {
  /** Seconds, more than 0. */
  readonly seconds: number;
  /**
   * `error` raises `interrupted!`; `preempt` goes on in the next pass of the
   * loop, where the coroutine can be suspended.
   */
  readonly mode: "error" | "preempt";
}

/**
 * An interrupt handler that enforces a limit.
 *
 * @param next Asked first.
 */
export function limitRuns(
  limit: RunLimit,
  state: LuaState,
  coroutines: Coroutines,
  next: InterruptHandler | undefined,
): InterruptHandler {
  const length = limit.seconds * 1000;
  let resume = -1;
  let end = 0;
  return () => {
    const answer = next?.() ?? "continue";
    const now = performance.now();
    if (resume !== coroutines.resumes) {
      resume = coroutines.resumes;
      end = now + length;
    } else if (now > end && coroutines.currentOrNone !== undefined) {
      if (limit.mode === "preempt") return state.isYieldable ? "yield" : answer;
      end = now + length; // whoever catches the error may go on as long again
      throw new LuaError("interrupted!");
    }
    return answer;
  };
}
