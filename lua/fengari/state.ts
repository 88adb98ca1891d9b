/**
 * {@link LuaState} on fengari: the contract's operations on the VM. What the
 * program sees under its global names is in base.ts, coroutine.ts and debug.ts.
 */
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
  isTable,
  isThread,
  type LuaFunction,
  type LuaTable,
  type LuaThread,
  type LuaValue,
  typeName,
} from "../value.ts";
import { toBytes } from "./early_patches.ts";
import { Hooks } from "./hooks.ts";
import { errorOfCall, nativeFunction } from "./host_calls.ts";
import type { Closure, NativeFunction, State, Table } from "./internals.ts";
import { Machine, reserve } from "./machine.ts";
import { ENVIRONMENT_NAME, metatableOf } from "./patches.ts";
import { describe, functionOf, levelAt, levels, nameOf } from "./stack.ts";
import { fromVm, isClosure, push, Thread, toVm, valuesFrom } from "./values.ts";
import {
  lapi,
  lobject,
  lstate,
  ltable,
  lvm,
  MULTRET,
  NATIVE_ERROR,
  OK,
  STRING,
  TABLE,
} from "./vm.ts";

/** A Lua state that runs on fengari. */
export class FengariState implements LuaState {
  readonly engine = "fengari";
  readonly globals: LuaTable;
  onSuspend: (thread: LuaThread, suspension: Suspension) => void = () => {};
  /** What the parts of this engine share. */
  readonly machine = new Machine();
  /** The interrupt handler and the program's hook. */
  readonly hooks = new Hooks(this.machine);
  readonly #main: State;
  readonly #mainThread: Thread;
  /** Environments of functions that use no global variable. */
  readonly #environments = new WeakMap<LuaFunction, LuaTable>();

  constructor() {
    const { machine } = this;
    this.#main = machine.current;
    this.#mainThread = this.#newThread(this.#main);
    this.#mainThread.active = true;
    const registry = this.#main.l_G.l_registry.value as Table;
    this.globals = registry.get(2) as LuaTable; // LUA_RIDX_GLOBALS
  }

  #newThread(vm: State): Thread {
    const { machine } = this;
    return new Thread(vm, () => machine.current);
  }

  get stringMetatable(): LuaTable | undefined {
    return this.#main.l_G.mt[STRING] ?? undefined;
  }

  set stringMetatable(table: LuaTable | undefined) {
    this.#main.l_G.mt[STRING] = table as Table | undefined;
  }

  get currentThread(): LuaThread | undefined {
    const { current } = this.machine;
    return current === this.#main ? undefined : current.thread;
  }

  get isYieldable(): boolean {
    return this.machine.current.nny === 0;
  }

  newTable(): LuaTable {
    return ltable.luaH_new(this.#main);
  }

  newFunction(_name: string, fn: HostFunction): LuaFunction {
    return nativeFunction(this.machine, fn) as unknown as LuaFunction;
  }

  load(source: string, chunkName: string): LuaFunction {
    const L = this.machine.current;
    let bytes: Uint8Array | null = toBytes(source);
    reserve(L, 20);
    const status = lapi.lua_load(
      L,
      () => {
        const all = bytes;
        bytes = null;
        return all;
      },
      null,
      toBytes(chunkName),
      null,
    );
    if (status !== OK) throw this.#loadError(L, status, source);
    const fn = L.stack[--L.top]!.value as LuaFunction;
    delete L.stack[L.top];
    const environment = L.thread.environment ?? this.globals;
    this.setEnvironment(fn, environment);
    return fn;
  }

  #loadError(L: State, status: number, source: string): LuaError {
    const { value } = errorOfLoad(this.machine, L, status, source);
    delete L.stack[--L.top];
    return new LuaError(value);
  }

  newThread(fn: LuaFunction): LuaThread {
    const L = this.machine.current;
    const vm = lstate.lua_newthread(L);
    delete L.stack[--L.top];
    const thread = this.#newThread(vm);
    thread.environment = L.thread.environment;
    push(vm, fn);
    return thread;
  }

  resume(thread: LuaThread, values: readonly LuaValue[]): Outcome {
    const { vm } = this.#startable(thread);
    if (vm.status === OK || !(vm.ci.callstatus & 2)) {
      reserve(vm, values.length);
      for (const value of values) push(vm, value);
      return this.#resume(thread as Thread, values.length);
    }
    return this.#resume(thread as Thread, 0); // suspended by an interrupt
  }

  resumeWithError(thread: LuaThread, error: LuaError): Outcome {
    const started = this.#startable(thread);
    const { vm } = started;
    if (vm.status === OK) { // it never ran, so nothing in it can catch
      started.dead = true;
      lapi.lua_settop(vm, 0);
      return { kind: "failed", error };
    }
    started.pendingError = error;
    if (vm.ci.callstatus & 2) this.hooks.arm(vm);
    return this.#resume(started, 0);
  }

  #startable(thread: LuaThread): Thread {
    const { status } = thread;
    if (status === "suspended") return thread as Thread;
    throw new LuaError(
      status === "dead"
        ? "cannot resume dead coroutine"
        : "cannot resume running coroutine",
    );
  }

  #resume(thread: Thread, argc: number): Outcome {
    thread.ownedByHost = true;
    try {
      return this.machine.resume(thread, argc);
    } finally {
      thread.ownedByHost = false;
      if (this.machine.current === this.#main) this.machine.fatal = undefined;
    }
  }

  callOne(fn: LuaValue, first: LuaValue): LuaValue {
    return this.call(fn, first)[0];
  }

  callTwo(fn: LuaValue, first: LuaValue, second: LuaValue): LuaValue {
    return this.call(fn, first, second)[0];
  }

  call(fn: LuaValue, ...args: LuaValue[]): LuaValue[] {
    const { machine } = this;
    const L = machine.current;
    const { top } = L;
    reserve(L, args.length + 1);
    push(L, fn);
    for (const arg of args) push(L, arg);
    const status = lapi.lua_pcallk(L, args.length, MULTRET, 0, 0, null);
    if (status !== OK) {
      if (L === this.#main && this.#main.ci === this.#main.base_ci) {
        machine.releaseFatal();
      }
      const error = errorOfCall(machine, L, status);
      setTop(L, top);
      throw error;
    }
    const results = valuesFrom(L, top);
    setTop(L, top);
    return results;
  }

  index(object: LuaValue, key: LuaValue): LuaValue {
    if (isTable(object)) {
      const value = object.get(key);
      if (value !== undefined || object.metatable === undefined) return value;
    }
    return this.call(indexValue as unknown as LuaFunction, object, key)[0];
  }

  setIndex(object: LuaValue, key: LuaValue, value: LuaValue): void {
    if (isTable(object) && object.metatable === undefined) {
      object.set(key, value);
    } else {
      this.call(setIndexValue as unknown as LuaFunction, object, key, value);
    }
  }

  tostring(value: LuaValue): string {
    const handler = this.metatable(value)?.get("__tostring");
    if (handler !== undefined) {
      const [text] = this.call(handler, value);
      if (typeof text === "string") return text;
      if (typeof text === "number") return formatNumber(text);
      throw new LuaError("'tostring' must return a string");
    }
    switch (typeof value) {
      case "undefined":
        return "nil";
      case "string":
        return value;
      case "number":
        return formatNumber(value);
      case "boolean":
        return String(value);
    }
    return `${typeName(value)}: ${addressOf(value)}`;
  }

  where(level: number): string {
    return this.machine.where(level);
  }

  calledFrom(): string {
    return this.machine.where(1).slice(0, -2);
  }

  calledAs(): { name: string | undefined; method: boolean } {
    const L = this.machine.current;
    const level = levelAt(L, 0, false);
    if (level === undefined) return { name: undefined, method: false };
    const { name, kind } = nameOf(L, level);
    return { name, method: kind === "method" };
  }

  framesLater(): () => Frame[] {
    const frames = this.frames(undefined, 0);
    return () => frames;
  }

  frames(thread: LuaThread | undefined, level: number): Frame[] {
    const L = thread === undefined
      ? this.machine.current
      : (thread as Thread).vm;
    if (this.machine.hooked === L) level--;
    const frames: Frame[] = [];
    for (const visible of levels(L)) {
      if (level-- <= 0) frames.push(describe(L, visible));
    }
    return frames;
  }

  literalCall(): undefined {
    return undefined;
  }

  functionAt(level: number): LuaFunction | undefined {
    const L = this.machine.current;
    const visible = levelAt(L, level, this.machine.hooked === L);
    return visible && functionOf(L, visible.ci);
  }

  environment(of: LuaFunction | LuaThread): LuaTable {
    if (isThread(of as LuaValue)) {
      return (of as Thread).environment ?? this.globals;
    }
    const fn = of as LuaFunction;
    if (!isClosure(fn)) return this.globals;
    const closure = fn as unknown as Closure;
    const index = environmentUpvalue(closure);
    return index < 0
      ? this.#environments.get(fn) ?? this.globals
      : closure.upvals[index]!.value as LuaTable;
  }

  setEnvironment(of: LuaFunction | LuaThread, table: LuaTable): boolean {
    if (isThread(of as LuaValue)) {
      (of as Thread).environment = table;
      return true;
    }
    const fn = of as LuaFunction;
    if (!isClosure(fn)) return false;
    const closure = fn as unknown as Closure;
    const index = environmentUpvalue(closure);
    if (index < 0) this.#environments.set(fn, table);
    // A new slot: the old one is shared with the functions around it.
    else closure.upvals[index] = new lobject.TValue(TABLE, table);
    return true;
  }

  metatable(value: LuaValue): LuaTable | undefined {
    return metatableOf(this.#main, toVm(value));
  }

  setInterrupt(handler: InterruptHandler | undefined): void {
    this.hooks.setInterrupt(handler);
  }

  askInterrupt(): void {
    this.hooks.askInterrupt();
  }

  memoryInUse(): number {
    return Deno.memoryUsage().heapUsed;
  }

  [Symbol.dispose](): void {
    this.hooks.setInterrupt(undefined);
    this.hooks.setProgram(undefined);
    lstate.lua_close(this.#main);
  }
}

function setTop(L: State, top: number): void {
  while (L.top > top) delete L.stack[--L.top];
}

function environmentUpvalue(closure: Closure): number {
  return closure.p.upvalues.findIndex(({ name }) =>
    name?.text() === ENVIRONMENT_NAME
  );
}

function errorOfLoad(
  machine: Machine,
  L: State,
  status: number,
  source: string,
): LuaError {
  if (source.startsWith("\x1b") && machine.fatal !== undefined) {
    machine.fatal = undefined; // fengari trusts the bytes
    return new LuaError("cannot load malformed bytecode");
  }
  machine.rethrowFatal();
  const value = status === NATIVE_ERROR
    ? "stack overflow"
    : fromVm(L.stack[L.top - 1]!);
  return new LuaError(
    value === "stack overflow" ? "chunk has too many syntax levels" : value,
  );
}

const indexValue: NativeFunction = (L) => {
  const first = L.ci.funcOff + 1;
  lvm.luaV_gettable(L, L.stack[first]!, L.stack[first + 1]!, first + 1);
  return 1;
};

const setIndexValue: NativeFunction = (L) => {
  const first = L.ci.funcOff + 1;
  const [object, key, value] = L.stack.slice(first, first + 3);
  lvm.settable(L, object!, key!, value!);
  return 0;
};
