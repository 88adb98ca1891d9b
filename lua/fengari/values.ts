/**
 * Values of the VM as the contract's values, and back.
 *
 * A table, a function and a userdata need no wrapper: fengari's own object, or
 * the {@link LuaUserdata} itself, is the value on both sides. That is what
 * keeps identity and leaves nothing to leak. Only a coroutine has a wrapper,
 * {@link Thread}, because `status` means something else on fengari's object.
 */
import type { LuaError } from "../errors.ts";
import type { Suspension } from "../host.ts";
import { type LuaFunction, type LuaTable, type LuaValue } from "../value.ts";
import { TString } from "./early_patches.ts";
import type { State, TValue, VmThread } from "./internals.ts";
import {
  BOOLEAN,
  lobject,
  LONG_STRING,
  LUA_CLOSURE,
  NATIVE,
  NIL,
  NUMBER,
  STRING,
  TABLE,
  THREAD,
  USERDATA,
} from "./vm.ts";

/** A coroutine, or the main thread. */
export class Thread implements VmThread {
  readonly luaType = "thread";
  active = false;
  dead = false;
  suspension: Suspension | undefined;
  interrupted = false;
  ownedByHost = false;
  pendingError: LuaError | undefined;
  environment: LuaTable | undefined;

  /**
   * @param vm fengari's object.
   * @param running Tells the thread that is running now.
   */
  constructor(readonly vm: State, readonly running: () => State) {
    vm.thread = this;
  }

  get status(): "suspended" | "running" | "normal" | "dead" {
    if (this.dead) return "dead";
    if (this.running() === this.vm) return "running";
    return this.active ? "normal" : "suspended";
  }
}

/** The contract's value of a slot of the VM. */
export function fromVm(slot: TValue): LuaValue {
  switch (slot.type) {
    case NIL:
      return undefined;
    case LONG_STRING:
    case STRING:
      return (slot.value as TString).text();
    case THREAD:
      return (slot.value as State).thread;
    default:
      return slot.value as LuaValue;
  }
}

/** A new slot that holds `value`. */
export function toVm(value: LuaValue): TValue {
  switch (typeof value) {
    case "undefined":
      return new lobject.TValue(NIL, null);
    case "boolean":
      return new lobject.TValue(BOOLEAN, value);
    case "number":
      return new lobject.TValue(NUMBER, value);
    case "string":
      return new lobject.TValue(LONG_STRING, new TString(undefined, value));
    case "function":
      return new lobject.TValue(NATIVE, value);
  }
  switch ((value as { luaType?: string }).luaType) {
    case "table":
      return new lobject.TValue(TABLE, value);
    case "function":
      return new lobject.TValue(LUA_CLOSURE, value);
    case "userdata":
    case "cdata":
      return new lobject.TValue(USERDATA, value);
    case "thread":
      return new lobject.TValue(THREAD, (value as Thread).vm);
  }
  throw new TypeError(
    `Cannot convert to a Lua value: got ${
      Object.prototype.toString.call(value)
    }`,
  );
}

/** Pushes `value`. The caller has seen to the space. */
export function push(L: State, value: LuaValue): void {
  L.stack[L.top] = toVm(value);
  L.top++;
}

/** The values of the slots from `first` up to the top. */
export function valuesFrom(L: State, first: number): LuaValue[] {
  const values: LuaValue[] = [];
  for (let i = first; i < L.top; i++) values.push(fromVm(L.stack[i]!));
  return values;
}

/** Whether `value` is a Lua function, not one of the host. */
export function isClosure(value: LuaFunction): boolean {
  return typeof value !== "function";
}

/** What stands for `key` in a table: of a coroutine, fengari's object. */
export function hashOf(key: LuaValue): unknown {
  return key instanceof Thread ? key.vm : key;
}

Object.defineProperty(lobject.LClosure.prototype, "luaType", {
  value: "function",
});
