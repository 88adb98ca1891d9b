/**
 * Helpers for the functions that this engine writes in the VM's own protocol,
 * because they do what a host function cannot: protected calls, yields,
 * results without copies.
 */
import { argumentError, typeError } from "../args.ts";
import type { LuaState } from "../host.ts";
import { type LuaFunction, type LuaTable, type LuaValue } from "../value.ts";
import type { NativeFunction, State, TValue } from "./internals.ts";
import type { FengariState } from "./state.ts";
import { push, valuesFrom } from "./values.ts";
import { FUNCTION } from "./vm.ts";

/** The number of arguments of the running native function. */
export function argumentCount(L: State): number {
  return L.top - (L.ci.funcOff + 1);
}

/** The slot of argument `index`, counted from 0, if it was passed. */
export function argument(L: State, index: number): TValue | undefined {
  const position = L.ci.funcOff + 1 + index;
  return position < L.top ? L.stack[position] : undefined;
}

/** Whether a slot holds a function. */
export function isFunctionSlot(slot: TValue | undefined): boolean {
  return slot !== undefined && (slot.type & 0x0f) === FUNCTION;
}

/** Runs `check`, which may throw a LuaError, and raises that in the VM. */
export function guarded<T>(state: FengariState, L: State, check: () => T): T {
  try {
    return check();
  } catch (error) {
    return state.machine.raiseException(L, error);
  }
}

/** Raises `bad argument #n to 'name' (wanted expected, got …)` in the VM. */
export function badType(
  state: FengariState,
  L: State,
  index: number,
  wanted: string,
): never {
  return guarded(
    state,
    L,
    () =>
      typeError(
        state as LuaState,
        valuesFrom(L, L.ci.funcOff + 1),
        index,
        wanted,
      ),
  );
}

/** Raises `bad argument #n to 'name' (detail)` in the VM. */
export function badArgument(
  state: FengariState,
  L: State,
  index: number,
  detail: string,
): never {
  return guarded(state, L, () => argumentError(state, index, detail));
}

/** Pushes `values` as the results of a native function. */
export function results(L: State, ...values: LuaValue[]): number {
  for (const value of values) push(L, value);
  return values.length;
}

/** Stores native functions under their names. */
export function register(
  table: LuaTable,
  functions: Record<string, NativeFunction>,
): void {
  for (const [name, fn] of Object.entries(functions)) {
    table.set(name, fn as unknown as LuaFunction);
  }
}

/** The library table `name`, made when it is not there. */
export function libraryTable(state: FengariState, name: string): LuaTable {
  let table = state.globals.get(name) as LuaTable | undefined;
  if (table === undefined) {
    table = state.newTable();
    state.globals.set(name, table);
  }
  return table;
}
