/**
 * The inside of a Lua closure: its prototype, its environment, its upvalues.
 * The closure itself gives access, on the slow path of its entry.
 */
import type { LuaFunction, LuaValue } from "../value.ts";
import type { Prototype } from "./prototype.ts";
import { Box, X } from "./registers.ts";
import { type Callable, OUTER, VARIABLES } from "./records.ts";
import { HOST_PREFIX } from "./stack.ts";
import type { Table } from "./table.ts";

interface Inside {
  readonly prototype: Prototype;
  readonly get?: () => LuaValue[];
  readonly set?: (index: number, value: LuaValue) => void;
}

/** The inside of a Lua function; `undefined` for a host function. */
export function insideOf(fn: LuaFunction): Inside | undefined {
  const callable = fn as unknown as Callable;
  if (callable.name.startsWith(HOST_PREFIX)) return undefined;
  const { d, m } = X;
  X.probing = true;
  X.m = -Infinity;
  try {
    return new (callable as unknown as new () => Inside)();
  } finally {
    X.probing = false;
    X.d = d;
    X.m = m;
  }
}

/** The prototype of a Lua function; `undefined` for a host function. */
export function prototypeOf(fn: LuaFunction): Prototype | undefined {
  return insideOf(fn)?.prototype;
}

/** The environment of a Lua function that uses one. */
export function environmentOf(fn: LuaFunction): Table | undefined {
  const inside = insideOf(fn);
  if (inside === undefined || !inside.prototype.fn.usesGlobals) {
    return undefined;
  }
  return inside.get!()[0] as Table;
}

/**
 * Changes the environment of a function, also in its suspended calls.
 *
 * @returns Whether the function has an environment that can be changed.
 */
export function changeEnvironment(fn: LuaFunction, table: Table): boolean {
  const inside = insideOf(fn);
  if (inside === undefined) return false;
  if (!inside.prototype.fn.usesGlobals) return true;
  inside.set!(0, table);
  for (
    let execution = X.execution;
    execution !== undefined;
    execution = execution.parent
  ) {
    // `E` is the first variable of every record.
    for (
      let record = execution.frames.innermost;
      record !== undefined;
      record = record[OUTER]
    ) {
      if (record[2] === fn && record[0] === inside.prototype) {
        record[VARIABLES] = table;
      }
    }
  }
  return true;
}

/** An upvalue: its name, its value, and how to change it. */
export interface Upvalue {
  readonly name: string;
  readonly value: LuaValue;
  /** What identifies the variable: its box, or the closure and its place. */
  readonly identity: object;
  set(value: LuaValue): void;
}

/** Upvalue `index` of a function, from 1. */
export function upvalueOf(
  fn: LuaFunction,
  index: number,
): Upvalue | undefined {
  const inside = insideOf(fn);
  const variable = inside?.prototype.fn.upvalues[index - 1];
  if (inside === undefined || variable === undefined) return undefined;
  const { chunk, fn: node } = inside.prototype;
  const shared = chunk.emitter.sharedVariables(node);
  const place = shared.indexOf(variable) + (node.usesGlobals ? 1 : 0);
  if (!shared.includes(variable)) {
    // The function's own name; it cannot be told apart from the function.
    return {
      name: variable.name,
      value: fn,
      identity: fn,
      set() {},
    };
  }
  const held = inside.get!()[place] as LuaValue | Box;
  if (held instanceof Box) {
    return {
      name: variable.name,
      value: held.v,
      identity: held,
      set(value) {
        held.v = value;
      },
    };
  }
  return {
    name: variable.name,
    value: held,
    identity: variable,
    set: (value) => inside.set!(place, value),
  };
}

/** Makes one closure's upvalue the variable of another's (upvaluejoin). */
export function joinUpvalue(
  fn: LuaFunction,
  index: number,
  identity: object,
): void {
  const inside = insideOf(fn);
  const variable = inside?.prototype.fn.upvalues[index - 1];
  if (inside === undefined || variable === undefined) return;
  const node = inside.prototype.fn;
  const shared = inside.prototype.chunk.emitter.sharedVariables(node);
  const place = shared.indexOf(variable);
  if (place < 0 || !(identity instanceof Box)) return;
  inside.set!(
    place + (node.usesGlobals ? 1 : 0),
    identity as unknown as LuaValue,
  );
}
