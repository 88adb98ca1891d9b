/**
 * Shortcuts for `for … in pairs(t)` and `ipairs(t)`: emitted loops step
 * through an iterator object instead of calling `next` each time.
 */
import type { LuaValue } from "../value.ts";
import { Table, Walk } from "./table.ts";

/** What a loop steps through. */
export interface Stepper {
  readonly k: LuaValue;
  readonly v: LuaValue;
  step(): boolean;
}

/** Steps through positions from 1 until the first nil. */
class Positions implements Stepper {
  k = 0;
  v: LuaValue = undefined;

  constructor(readonly table: Table) {}

  step(): boolean {
    const key = ++this.k;
    const { arr } = this.table;
    const value = key < arr.length ? arr[key] : this.table.get(key);
    this.v = value;
    return value !== undefined;
  }
}

const iterators: { next: unknown; ipairs: unknown } = {
  next: undefined,
  ipairs: undefined,
};

/** Names the functions that `pairs` and `ipairs` return. */
export function setIterators(next: unknown, ipairs: unknown): void {
  iterators.next = next;
  iterators.ipairs = ipairs;
}

/** The shortcut for a loop, or `undefined` when it has to make calls. */
export function iterate(
  generator: LuaValue,
  state: LuaValue,
  control: LuaValue,
): Stepper | undefined {
  if (!(state instanceof Table)) return undefined;
  if (generator === iterators.next) {
    return control === undefined ? new Walk(state) : undefined;
  }
  return generator === iterators.ipairs && control === 0
    ? new Positions(state)
    : undefined;
}
