/** The state of the engine as its own parts see it; state.ts implements it. */
import type { InterruptHandler, LuaState } from "../host.ts";
import type { LuaUserdata, LuaValue } from "../value.ts";
import type { Execution } from "./coroutine.ts";
import type { Table } from "./table.ts";

/** Metatables of the types whose values share one. */
export interface TypeMetatables {
  string: Table | undefined;
  number: Table | undefined;
  boolean: Table | undefined;
  function: Table | undefined;
  nil: Table | undefined;
  thread: Table | undefined;
}

/** A Lua state, and what only the engine needs of it. */
export interface EngineState extends LuaState {
  readonly globals: Table;
  readonly metatables: TypeMetatables;
  readonly interrupt: InterruptHandler | undefined;
  /** The execution of a call from host code that has ended, to use again. */
  idle: Execution | undefined;
  newTable(): Table;
  /** Returns a userdata without contents. */
  newUserdata(): LuaUserdata;
  /** Sets a table's metatable; `__mode` makes it weak. */
  setMetatable(table: Table, metatable: Table | undefined): void;
  /** Sets the metatable of any value, for `debug.setmetatable`. */
  setAnyMetatable(value: LuaValue, metatable: Table | undefined): void;
  /** Calls a finalizer; its errors have nowhere to go, as in LuaJIT. */
  finalize(handler: LuaValue, object: LuaValue): void;
}
