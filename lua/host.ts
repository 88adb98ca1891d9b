/**
 * The contract between an engine and everything written in TypeScript that Lua
 * can call. Host functions are written once and run on every engine; engines
 * implement {@link LuaState}. Imports nothing of the runtime: a suspension only
 * says how a wait starts, and whoever drives the coroutines (lua/coroutines.ts)
 * decides when it goes on.
 *
 * The invariant: a coroutine is never resumed from inside host code that it
 * called, nor from inside the start of its own wait.
 */
import type { LuaFunction, LuaTable, LuaThread, LuaValue } from "./value.ts";
import type { LineCounter } from "./coverage.ts";
import type { LuaError } from "./errors.ts";

/** Several results of a host function, or none. */
export class Multi {
  /** @param values The results in order. */
  constructor(readonly values: readonly LuaValue[]) {}
}

/** Returns several results from a host function. */
export function multi(...values: LuaValue[]): Multi {
  return new Multi(values);
}

/** What a host function returns that gives no result at all (not even nil). */
export const NOTHING: Multi = new Multi([]);

/** Ends a wait. Only the first call of either method counts. */
export interface Waker {
  /** Lets the coroutine go on; `values` become the results of its call. */
  wake(...values: LuaValue[]): void;
  /** Lets the coroutine go on by raising `error` where it waits. */
  fail(error: LuaError): void;
}

/**
 * A host function returns one of these to suspend the calling coroutine.
 * `start` runs once the coroutine is fully suspended; it may wake it at once,
 * which takes effect later. It returns what undoes the wait, called when the
 * coroutine is cancelled before it was woken.
 */
export class Suspension {
  constructor(readonly start: (waker: Waker) => (() => void) | void) {}
}

/**
 * Suspends the calling coroutine until `promise` settles: its value becomes
 * the call's result (a {@link Multi} several results), its rejection is raised.
 */
export function suspendOn(
  promise: Promise<LuaValue | Multi>,
  toError: (reason: unknown) => LuaError,
): Suspension {
  return new Suspension((waker) => {
    promise.then(
      (value) =>
        value instanceof Multi
          ? waker.wake(...value.values)
          : waker.wake(value),
      (reason: unknown) => waker.fail(toError(reason)),
    );
  });
}

/** A call of a Lua function, yielded by a generator host function. */
export class HostCall {
  constructor(
    readonly callee: LuaValue,
    readonly args: readonly LuaValue[],
  ) {}
}

/**
 * Calls back into Lua from a generator host function:
 * `const results = yield call(f, 1, 2)`. The callee may suspend. An error of
 * the callee is thrown into the generator as a {@link LuaError}.
 */
export function call(callee: LuaValue, ...args: LuaValue[]): HostCall {
  return new HostCall(callee, args);
}

/** What a host function may return. `undefined` is one nil. */
export type HostResult = LuaValue | Multi | Suspension;

/**
 * A function that Lua can call. `args.length` is the number of arguments
 * passed, which tells nil from none. Written as a generator function
 * (`function*`) it may also call back into Lua and wait in the middle.
 */
export type HostFunction =
  | ((...args: LuaValue[]) => HostResult)
  | ((
    ...args: LuaValue[]
  ) => Generator<HostCall | Suspension, HostResult, LuaValue[]>);

/** What became of a coroutine that was resumed. */
export type Outcome =
  /** It ended; `values` are its results. */
  | { readonly kind: "ended"; readonly values: LuaValue[] }
  /** It raised an error that nobody caught. */
  | { readonly kind: "failed"; readonly error: LuaError }
  /** It called `coroutine.yield`; `values` are the arguments. */
  | { readonly kind: "yielded"; readonly values: LuaValue[] }
  /** A host function suspended it, or an interrupt handler did (no wait). */
  | { readonly kind: "suspended"; readonly suspension: Suspension | undefined };

/** One level of a Lua call stack. */
export interface Frame {
  /** `Lua`, `main` (a chunk) or `C` (a host function). */
  readonly what: "Lua" | "main" | "C";
  /** The chunk name as messages show it: `a.lua`, `[string "x"]`, `[C]`. */
  readonly source: string;
  /** The line being executed, or -1. */
  readonly currentLine: number;
  /** The line where the function was defined, or -1. */
  readonly lineDefined: number;
  /** The line where its definition ends, or -1. */
  readonly lastLineDefined: number;
  /** The chunk name as `load` got it (`@a.lua`), or `=[C]`. */
  readonly chunkName: string;
  /** How the caller names the function, when it can be told. */
  readonly name: string | undefined;
  /** The kind of {@link name}. */
  readonly nameWhat:
    | "global"
    | "local"
    | "method"
    | "field"
    | "upvalue"
    | "";
}

/**
 * Asked now and then while Lua code runs (at loop back-edges and calls).
 * Throwing a {@link LuaError} raises it in the running coroutine; `"yield"`
 * suspends it with an outcome `suspended` without a wait, if it can be.
 */
export type InterruptHandler = () => "continue" | "yield";

/** A Lua state: the globals, the coroutines and the engine that runs them. */
export interface LuaState extends Disposable {
  /** The engine's name, as `--engine` takes it. */
  readonly engine: string;
  /** The table of globals. */
  readonly globals: LuaTable;
  /** The metatable that all strings share. */
  stringMetatable: LuaTable | undefined;
  /** The coroutine that is running, or `undefined` on the main thread. */
  readonly currentThread: LuaThread | undefined;
  /** Whether the running coroutine could suspend right here. */
  readonly isYieldable: boolean;

  /**
   * Makes the value of a numeral with a suffix (`1LL`, `2i`), `undefined` for
   * one that is malformed. An engine that has such numerals has the property;
   * the library `ffi` sets it.
   */
  makeNumeral?: (text: string) => LuaValue;

  /** Returns a new empty table. */
  newTable(): LuaTable;
  /**
   * Makes `fn` callable from Lua. `name` appears in tracebacks of ours only;
   * Lua's messages name a function as the call site does.
   */
  newFunction(name: string, fn: HostFunction): LuaFunction;
  /**
   * Compiles a chunk (source text, or what `string.dump` gave).
   *
   * @param chunkName As Lua has it: `@file`, `=text` or the source itself.
   * @throws {LuaError} A syntax error in LuaJIT's words.
   */
  load(source: string, chunkName: string): LuaFunction;

  /** Returns a new coroutine that will run `fn`. */
  newThread(fn: LuaFunction): LuaThread;
  /**
   * Runs `thread` until it ends, fails, yields or suspends. `values` are the
   * function's arguments at first, then the results of what it waits for.
   */
  resume(thread: LuaThread, values: readonly LuaValue[]): Outcome;
  /** Like {@link resume}, but raises `error` where the coroutine waits. */
  resumeWithError(thread: LuaThread, error: LuaError): Outcome;
  /**
   * Told of each suspension of a coroutine that Lua code (not
   * {@link resume}) had resumed, after it has unwound: `coroutine.resume`
   * returned `true` to its caller, and somebody must wake the thread.
   */
  onSuspend: (thread: LuaThread, suspension: Suspension) => void;

  /**
   * Calls a Lua function to its end. Nothing in it can suspend: an attempt
   * raises `attempt to yield across C-call boundary`.
   *
   * @throws {LuaError} What the function raised.
   */
  call(fn: LuaValue, ...args: LuaValue[]): LuaValue[];
  /** Like {@link call}, for the first result only: makes no arrays. */
  callOne(fn: LuaValue, first: LuaValue): LuaValue;
  /** Like {@link callOne}, with two arguments. */
  callTwo(fn: LuaValue, first: LuaValue, second: LuaValue): LuaValue;
  /** `object[key]`, honouring metatables. Cannot suspend. */
  index(object: LuaValue, key: LuaValue): LuaValue;
  /** `object[key] = value`, honouring metatables. Cannot suspend. */
  setIndex(object: LuaValue, key: LuaValue, value: LuaValue): void;
  /** Lua's `tostring`, honouring `__tostring`. Cannot suspend. */
  tostring(value: LuaValue): string;

  /**
   * The position `file:line: ` of a level, or `""` where there is none.
   * Level 1 is the caller of the running host function.
   */
  where(level: number): string;
  /**
   * Where the running host function was called from. Cheap to take: the text
   * `file:line` is made when `toString` is called, `""` where there is none.
   */
  calledFrom(): { toString(): string };
  /**
   * How the call site names the running host function, for
   * `bad argument #1 to 'name'`; no name when called from the host (pcall).
   */
  calledAs(): { readonly name: string | undefined; readonly method: boolean };
  /**
   * The call stack of `thread` (also of a dead one, as it was when it
   * failed), innermost first, from `level` on. With `few`, perhaps only the
   * innermost ones, for less work.
   */
  frames(
    thread: LuaThread | undefined,
    level: number,
    few?: boolean,
  ): Frame[];
  /**
   * Notes the call stack as it is now, which is cheap; what is returned works
   * it out, innermost first, whenever that may be.
   */
  framesLater(): () => Frame[];
  /**
   * If `literal` was made by a function literal that `caller`, with such an
   * environment, gives to the global `name`: works out the frame of `caller` in
   * that call.
   */
  literalCall(
    literal: LuaFunction,
    caller: LuaFunction,
    name: string,
    environment: LuaValue,
  ): (() => Frame) | undefined;
  /** The function at a stack level of the running coroutine, or nothing. */
  functionAt(level: number): LuaFunction | undefined;
  /** The environment table of a function or coroutine (Lua 5.1 getfenv). */
  environment(of: LuaFunction | LuaThread): LuaTable;
  /** Changes it; false when the function's environment cannot be changed. */
  setEnvironment(of: LuaFunction | LuaThread, table: LuaTable): boolean;
  /** The metatable of any value, raw. */
  metatable(value: LuaValue): LuaTable | undefined;
  /** Installs or removes the interrupt handler. */
  setInterrupt(handler: InterruptHandler | undefined): void;
  /**
   * Asks the interrupt handler, which may raise; to be called now and then by
   * host functions that take long. Nothing can suspend there, so a handler
   * that says `"yield"` is asked again when the function has returned.
   */
  askInterrupt(): void;
  /**
   * Counts how often the lines of chunks loaded later run; nothing when the
   * engine cannot. `wants` is asked for each chunk.
   */
  countLines?(wants: (chunkName: string) => boolean): LineCounter;
  /** Bytes in use, as `collectgarbage("count")` reports them (in KB there). */
  memoryInUse(): number;
}
