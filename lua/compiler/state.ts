/**
 * The compiling engine behind the contract of lua/host.ts: a Lua state whose
 * functions are JavaScript functions.
 */
import { callOne, callToEnd, callTwo } from "./calls.ts";
import type { LineCounter } from "../coverage.ts";
import { LuaError } from "../errors.ts";
import type {
  Frame,
  HostFunction,
  InterruptHandler,
  LuaState,
  Outcome,
  Suspension,
} from "../host.ts";
import { formatNumber } from "../number.ts";
import {
  addressOf,
  type LuaFunction,
  type LuaTable,
  type LuaThread,
  LuaUserdata,
  type LuaValue,
  typeName,
} from "../value.ts";
import { openBase } from "./base_library.ts";
import { Chunk } from "./chunk.ts";
import {
  changeEnvironment,
  environmentOf,
  insideOf,
  prototypeOf,
} from "./closure.ts";
import { openCoroutine } from "./coroutine_library.ts";
import { openCollector } from "./collector.ts";
import { openDebug } from "./debug_library.ts";
import { loadDump } from "./dump.ts";
import {
  give,
  resetRegisters,
  results,
  resumeCoroutine,
  toLuaError,
} from "./execution.ts";
import { Coroutine, Execution } from "./coroutine.ts";
import { Hash } from "./hash.ts";
import { hostFunction, nameHost } from "./host_function.ts";
import { countLines } from "./line_counts.ts";
import { runtime } from "./messages.ts";
import { index, setIndex } from "./operations.ts";
import { metatableOf } from "./metatables.ts";
import type { EngineState, TypeMetatables } from "./engine_state.ts";
import { Reason, setStrings, X } from "./registers.ts";
import {
  CallPlace,
  frameAt,
  functionOf,
  literalCall,
  noteStack,
  positionAt,
  stackFrames,
} from "./stack.ts";
import { forgetWalk, NONE, Table } from "./table.ts";
import { WeakHash } from "./weak_hash.ts";

/** Enough for a traceback; V8 keeps ten frames otherwise. */
const STACK_FRAMES = 100;
/** Frames among which the level that {@link LuaState.frames} starts at is. */
const FEW_FRAMES = 24;

/** Creates a state with the functions that depend on the engine. */
export function createCompilerState(): LuaState {
  return new CompilerState();
}

/** A state of the compiling engine. */
export class CompilerState implements EngineState {
  readonly engine = "compiled";
  readonly globals = new Table(NONE);
  readonly metatables: TypeMetatables = {
    string: undefined,
    number: undefined,
    boolean: undefined,
    function: undefined,
    nil: undefined,
    thread: undefined,
  };
  interrupt: InterruptHandler | undefined;
  idle: Execution | undefined;
  readonly #environments = new WeakMap<object, LuaTable>();

  constructor() {
    if (Error.stackTraceLimit < STACK_FRAMES) {
      Error.stackTraceLimit = STACK_FRAMES;
    }
    if (X.execution === undefined) resetRegisters();
    this.globals.set("_G", this.globals);
    openBase(this);
    openCoroutine(this);
    openDebug(this);
    openCollector(this);
  }

  get stringMetatable(): Table | undefined {
    return this.metatables.string;
  }

  set stringMetatable(table: LuaTable | undefined) {
    this.metatables.string = table as Table | undefined;
    if (X.execution?.state === this) setStrings(this.metatables.string);
  }

  get currentThread(): LuaThread | undefined {
    for (let at = X.execution; at !== undefined; at = at.parent) {
      if (at.thread !== undefined) return at.thread;
    }
    return undefined;
  }

  get isYieldable(): boolean {
    return X.execution?.thread !== undefined;
  }

  makeNumeral: (text: string) => LuaValue = () => undefined;

  onSuspend: (thread: LuaThread, suspension: Suspension) => void = () => {
    throw new LuaError(runtime.yieldAcross);
  };

  newTable(): Table {
    return new Table(NONE);
  }

  newFunction(name: string, fn: HostFunction): LuaFunction {
    return hostFunction(name, fn);
  }

  load(source: string, chunkName: string): LuaFunction {
    const environment = this.globals;
    return loadDump(source, environment, this.makeNumeral) ??
      new Chunk(source, chunkName, this.makeNumeral).instantiate(environment);
  }

  newThread(fn: LuaFunction): LuaThread {
    return new Coroutine(this, fn);
  }

  resume(thread: LuaThread, values: readonly LuaValue[]): Outcome {
    return this.#outcome(thread as Coroutine, values, undefined);
  }

  resumeWithError(thread: LuaThread, error: LuaError): Outcome {
    return this.#outcome(thread as Coroutine, [], error);
  }

  #outcome(
    thread: Coroutine,
    values: readonly LuaValue[],
    error: LuaError | undefined,
  ): Outcome {
    if (thread.status !== "suspended") {
      throw new LuaError(
        runtime.cannotResume(thread.status === "dead" ? "dead" : "running"),
      );
    }
    let value: LuaValue | null;
    try {
      value = resumeCoroutine(thread, give(values), true, error);
    } catch (thrown) {
      return { kind: "failed", error: toLuaError(thrown) };
    } finally {
      if (X.execution === undefined) forgetWalk();
    }
    if (value === null) {
      X.r = undefined;
      return { kind: "suspended", suspension: thread.execution.suspension };
    }
    const kind = thread.execution.signal === Reason.Yield ? "yielded" : "ended";
    return { kind, values: results(value) };
  }

  call(fn: LuaValue, ...args: LuaValue[]): LuaValue[] {
    return callToEnd(this, fn, args);
  }

  callOne(fn: LuaValue, first: LuaValue): LuaValue {
    return callOne(this, fn, first);
  }

  callTwo(fn: LuaValue, first: LuaValue, second: LuaValue): LuaValue {
    return callTwo(this, fn, first, second);
  }

  index(object: LuaValue, key: LuaValue): LuaValue {
    if (object instanceof Table && object.mt === undefined) {
      return object.get(key);
    }
    return this.#toEnd(() => index(object, key));
  }

  setIndex(object: LuaValue, key: LuaValue, value: LuaValue): void {
    this.#toEnd(() => setIndex(object, key, value));
  }

  #toEnd(operation: () => LuaValue | null): LuaValue {
    return callToEnd(this, operation as unknown as LuaFunction, [])[0];
  }

  tostring(value: LuaValue): string {
    if (typeof value === "string") return value;
    if (typeof value === "number" && this.metatables.number === undefined) {
      return formatNumber(value);
    }
    const handler = this.metatable(value)?.get("__tostring");
    if (handler !== undefined) {
      const [text] = this.call(handler, value);
      if (typeof text === "string") return text;
      if (typeof text === "number") return formatNumber(text);
      throw new LuaError(runtime.tostringResult);
    }
    switch (typeof value) {
      case "undefined":
        return "nil";
      case "boolean":
        return String(value);
      case "number":
        return formatNumber(value);
    }
    return `${typeName(value)}: ${addressOf(value as object)}`;
  }

  calledFrom(): { toString(): string } {
    return new CallPlace();
  }

  where(level: number): string {
    return positionAt(level);
  }

  calledAs(): { name: string | undefined; method: boolean } {
    const frame = frameAt(0);
    return frame === undefined || frame.nameWhat === ""
      ? { name: undefined, method: false }
      : { name: frame.name, method: frame.nameWhat === "method" };
  }

  frames(
    thread: LuaThread | undefined,
    level: number,
    few = false,
  ): Frame[] {
    const other = thread === undefined || thread === this.currentThread
      ? undefined
      : (thread as Coroutine).execution;
    if (other === undefined && few) {
      // V8 takes 1 µs for a frame. The last one lacks its caller, which names it.
      return stackFrames(undefined, FEW_FRAMES).slice(level, -1);
    }
    return stackFrames(other).slice(level);
  }

  framesLater(): () => Frame[] {
    return noteStack();
  }

  literalCall(
    literal: LuaFunction,
    caller: LuaFunction,
    name: string,
    environment: LuaValue,
  ): (() => Frame) | undefined {
    const from = insideOf(caller);
    if (from === undefined || from.get?.()[0] !== environment) return undefined;
    const made = prototypeOf(literal);
    return made && literalCall(made, from.prototype, name);
  }

  functionAt(level: number): LuaFunction | undefined {
    const frame = frameAt(level);
    return frame && functionOf(frame);
  }

  environment(of: LuaFunction | LuaThread): LuaTable {
    const own = typeof of === "function"
      ? environmentOf(of as LuaFunction)
      : undefined;
    return own ?? this.#environments.get(of) ?? this.globals;
  }

  setEnvironment(of: LuaFunction | LuaThread, table: LuaTable): boolean {
    if (
      typeof of === "function" &&
      !changeEnvironment(of as LuaFunction, table as Table)
    ) return false;
    this.#environments.set(of, table);
    return true;
  }

  metatable(value: LuaValue): Table | undefined {
    return this.#within(() => metatableOf(value));
  }

  /** Runs `read` while this state is the current one. */
  #within<T>(read: () => T): T {
    if (X.execution?.state === this) return read();
    const before = X.execution;
    X.execution = new Execution(this, undefined, undefined);
    try {
      return read();
    } finally {
      X.execution = before;
    }
  }

  /** Sets a table's metatable; `__mode` makes it weak. */
  setMetatable(table: Table, metatable: Table | undefined): void {
    table.mt = metatable;
    const mode = metatable && modeOf(metatable);
    const weak = table.hash?.isWeak ?? false;
    if (typeof mode === "string" && /[kv]/.test(mode)) {
      table.moveTo(new WeakHash(mode.includes("k"), mode.includes("v")));
    } else if (weak) {
      table.moveTo(new Hash());
    }
  }

  /** Sets the metatable of any value, for `debug.setmetatable`. */
  setAnyMetatable(value: LuaValue, metatable: Table | undefined): void {
    if (value instanceof Table) {
      this.setMetatable(value, metatable);
      return;
    }
    const type = typeName(value);
    switch (type) {
      case "string":
        this.stringMetatable = metatable;
        break;
      case "number":
      case "boolean":
      case "function":
      case "nil":
      case "thread":
        this.metatables[type] = metatable;
        break;
      default:
        (value as LuaUserdata).metatable = metatable;
    }
  }

  /** Calls a finalizer; its errors have nowhere to go, as in LuaJIT. */
  finalize(handler: LuaValue, object: LuaValue): void {
    try {
      this.call(handler, object);
    } catch (error) {
      toLuaError(error);
    }
  }

  /** Returns a userdata without contents. */
  newUserdata(): LuaUserdata {
    return new LuaUserdata(undefined);
  }

  setInterrupt(handler: InterruptHandler | undefined): void {
    // Like a host function, for `where` in the handler.
    this.interrupt = handler && nameHost("interrupt", () => handler());
  }

  askInterrupt(): void {
    this.interrupt?.();
  }

  countLines(wants: (chunkName: string) => boolean): LineCounter {
    return countLines(wants);
  }

  memoryInUse(): number {
    return Deno.memoryUsage().heapUsed;
  }

  [Symbol.dispose](): void {
    this.interrupt = undefined;
    X.error = undefined;
    forgetWalk();
  }
}

/** Its field `__mode`: a property, unless the metatable is weak itself. */
function modeOf(metatable: Table): LuaValue {
  return metatable.hash?.isWeak
    ? metatable.get("__mode")
    : (metatable as unknown as { $__mode: LuaValue }).$__mode;
}
