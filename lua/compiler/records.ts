/** Frame records: what suspended functions leave behind, and who resumes them. */
import type { LuaValue } from "../value.ts";

/**
 * What a suspended Lua function leaves behind: who resumes it, where, the
 * function, then its variables.
 */
export type Record = [resumer: Resumer, site: number, ...fields: unknown[]];

/** Goes on with a suspended function. */
export interface Resumer {
  /**
   * @param value The first result of the call that was waited for; `X.r` holds
   * all of them when there is not exactly one.
   * @returns The function's result, or `null` when it suspends again.
   */
  resume(record: Record, value: LuaValue): LuaValue | null;
  /** Takes an error of the call that was waited for. */
  catch?(record: Record, error: unknown): LuaValue | null;
  /** The name of a host function, for tracebacks. */
  readonly hostName?: string;
}

/** A function that emitted code can call. */
// deno-lint-ignore no-explicit-any
export type Callable = (...args: any[]) => LuaValue | null;
