/**
 * `table.sort`: Sedgewick's quicksort with a median of three, which compares
 * the same elements in the same order as LuaJIT, so that inconsistent
 * comparators give the same result or the same error.
 *
 * Works on a copy and stores it back also after an error. The comparator
 * cannot suspend.
 */
import { raise } from "../args.ts";
import type { LuaState } from "../host.ts";
import {
  isTruthy,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
} from "../value.ts";
import { lessThan } from "./compare.ts";

/** Comparisons between two questions to the interrupt handler. */
const UNINTERRUPTED = 0xffff;

type Less = (a: LuaValue, b: LuaValue) => boolean;

/**
 * Sorts the elements 1 to `#table` in place.
 *
 * @throws {LuaError} `invalid order function for sorting`, or what a
 * comparison raised.
 */
export function sortTable(
  state: LuaState,
  table: LuaTable,
  comparator: LuaFunction | undefined,
): void {
  const length = table.length();
  if (length < 2) return;
  const elements = new Array<LuaValue>(length);
  for (let i = 0; i < length; i++) elements[i] = table.get(i + 1);
  try {
    if (comparator !== undefined) {
      sortRange(
        state,
        elements,
        (a, b) => isTruthy(state.callTwo(comparator, a, b)),
      );
    } else if (!sortPlain(state, elements)) {
      let count = 0;
      sortRange(state, elements, (a, b) => {
        if ((++count & UNINTERRUPTED) === 0) state.askInterrupt();
        return lessThan(state, a, b);
      });
    }
  } finally {
    for (let i = 0; i < length; i++) table.set(i + 1, elements[i]);
  }
}

/** Sorts numbers, or strings, with V8's own sort; false when there are others. */
function sortPlain(state: LuaState, elements: LuaValue[]): boolean {
  let count = 0;
  const type = typeof elements[0];
  if (type === "number") {
    for (const value of elements) {
      // The order of 0 and -0 shows which algorithm ran; NaN has none.
      if (typeof value !== "number" || value !== value || value === 0) {
        return false;
      }
    }
    (elements as number[]).sort((a, b) => {
      if ((++count & UNINTERRUPTED) === 0) state.askInterrupt();
      return a - b;
    });
    return true;
  }
  if (type !== "string") return false;
  for (const value of elements) if (typeof value !== "string") return false;
  (elements as string[]).sort((a, b) => {
    if ((++count & UNINTERRUPTED) === 0) state.askInterrupt();
    return a < b ? -1 : a > b ? 1 : 0;
  });
  return true;
}

function sortRange(
  state: LuaState,
  a: LuaValue[],
  less: Less,
  low = 0,
  high = a.length - 1,
): void {
  while (low < high) {
    const middle = partition(state, a, less, low, high);
    if (middle < 0) return;
    // The shorter part first: the recursion stays below log2(n).
    if (middle - low < high - middle) {
      sortRange(state, a, less, low, middle - 1);
      low = middle + 1;
    } else {
      sortRange(state, a, less, middle + 1, high);
      high = middle - 1;
    }
  }
}

function swap(a: LuaValue[], i: number, j: number): void {
  const value = a[i];
  a[i] = a[j];
  a[j] = value;
}

/** Splits a range in two, or sorts a short one and returns -1. */
function partition(
  state: LuaState,
  a: LuaValue[],
  less: Less,
  low: number,
  high: number,
): number {
  if (less(a[high], a[low])) swap(a, low, high);
  if (high - low === 1) return -1;
  const middle = Math.floor((low + high) / 2);
  if (less(a[middle], a[low])) swap(a, middle, low);
  else if (less(a[high], a[middle])) swap(a, middle, high);
  if (high - low === 2) return -1;
  swap(a, middle, high - 1);
  const i = exchange(state, a, less, low, high);
  swap(a, high - 1, i);
  return i;
}

/**
 * Moves what is less than the pivot, which is next to the last, to the left.
 * A function of its own, since V8 may enter this loop in optimized code made
 * before the loop ever ended, which knows nothing of what follows: each time,
 * it would fall back to the interpreter there.
 *
 * @returns Where the pivot belongs.
 */
function exchange(
  state: LuaState,
  a: LuaValue[],
  less: Less,
  low: number,
  high: number,
): number {
  const pivot = a[high - 1];
  let i = low, j = high - 1;
  for (;;) {
    while (less(a[++i], pivot)) if (i >= high) invalidOrder(state);
    while (less(pivot, a[--j])) if (j <= low) invalidOrder(state);
    if (j < i) return i;
    swap(a, i, j);
  }
}

function invalidOrder(state: LuaState): never {
  raise(state, "invalid order function for sorting");
}
