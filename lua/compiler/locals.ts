/** The local variables of a suspended function, by their place. */
import type { LuaFunction, LuaValue } from "../value.ts";
import { prototypeOf } from "./closure.ts";
import { Box } from "./registers.ts";
import { VARIABLES } from "./records.ts";
import type { ChunkFrame } from "./stack.ts";

/** A local variable of a suspended function. */
export interface Local {
  readonly name: string;
  readonly value: LuaValue;
  set(value: LuaValue): void;
}

/** The name of a function's parameter, from 1. */
export function parameterName(
  fn: LuaFunction,
  place: number,
): string | undefined {
  return prototypeOf(fn)?.fn.parameters[place - 1]?.name;
}

/** Local variable `place` of a frame, from 1; varargs count down from -1. */
export function localOf(
  { prototype, record, site }: ChunkFrame,
  place: number,
): Local | undefined {
  if (prototype === undefined || record === undefined) return undefined;
  const { layouts, sharedNames } = prototype.layout;
  const layout = layouts[site];
  if (layout === undefined || place < 1) return undefined;
  const named = layout.scope.filter((variable) => variable.name !== undefined);
  const variable = named[place - 1];
  if (variable === undefined) return undefined;
  const names = layout.shared === undefined ? layout.saved : sharedNames;
  const slot = names.indexOf(variable.js) + VARIABLES;
  if (slot < VARIABLES) {
    // A constant bound of a loop has no place of its own.
    return {
      name: variable.name!,
      value: Number(variable.js.replace(/[()]/g, "")),
      set() {},
    };
  }
  const held = record[slot] as LuaValue | Box;
  return {
    name: variable.name!,
    value: held instanceof Box ? held.v : held,
    set(value) {
      if (held instanceof Box) held.v = value;
      else record[slot] = value;
    },
  };
}
