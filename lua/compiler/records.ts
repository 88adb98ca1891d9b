/** Frame records: what suspended functions leave behind, and who resumes them. */
import type { LuaValue } from "../value.ts";

/**
 * What a suspended Lua function leaves behind: who resumes it, where, the
 * function, the record of its caller, then its variables.
 */
export type Record = [
  resumer: Resumer,
  site: number,
  fn: unknown,
  outer: Record | undefined,
  ...fields: unknown[],
];

/** Where a record names that of its caller. */
export const OUTER = 3;
/** Where the variables of a record begin. */
export const VARIABLES = 4;

/**
 * The frames of a stack that are on the heap. Records name those of their
 * callers, and what suspends makes a new object of these, because V8 has to
 * take note of each store of a new object into an old one.
 */
export class Frames {
  /** The caller of all others, as far as they have suspended. */
  outermost: Record | undefined;
  count: number;

  /** @param waiting The frames that wait for these, once all have suspended. */
  constructor(
    public innermost: Record | undefined,
    public waiting: Frames | undefined,
  ) {
    this.outermost = innermost;
    this.count = innermost === undefined
      ? 0
      : waiting === undefined
      ? 1
      : waiting.count + 1;
  }

  /** Adds the caller of all others. */
  add(record: Record): void {
    this.outermost![OUTER] = record;
    this.outermost = record;
    this.count++;
  }

  /** All have suspended. */
  close(): void {
    this.outermost![OUTER] = this.waiting!.innermost;
    this.waiting = undefined;
  }
}

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
