/**
 * Lua tables. A key is in exactly one of three places: `arr`, where the
 * JavaScript index is the Lua index; a property `$name` of the table itself,
 * for names that the compiler knows (names.ts), so that V8's hidden classes do
 * the work; or the hash.
 *
 * Invariants: `arr` never ends with nil, and the hash does not hold the key
 * `arr.length`, so that `arr.length - 1` is a border. `NONE` is never changed.
 */
import { LuaError } from "../errors.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import { Hash } from "./hash.ts";
import { runtime } from "./messages.ts";
import { nameOf, propertyOf, registerName } from "./names.ts";

/** The array part of tables without one; the first place is never used. */
export const NONE: LuaValue[] = [,] as unknown as LuaValue[];
/** Gaps up to this size at the array's end are filled with nil. */
const MAX_GAP = 0;
/** Fields of every table object, in front of the names. */
const FIXED = 3;

type Named = Record<string, LuaValue>;

/** A Lua table. */
export class Table implements LuaTable {
  declare readonly luaType: "table";
  hash: Hash | undefined;
  mt: Table | undefined;

  constructor(public arr: LuaValue[]) {
    this.hash = undefined;
    this.mt = undefined;
  }

  get metatable(): Table | undefined {
    return this.mt;
  }

  set metatable(table: LuaTable | undefined) {
    this.mt = table as Table | undefined;
  }

  length(): number {
    const { length } = this.arr;
    if (length > 1) return length - 1;
    const { hash } = this;
    return hash === undefined || hash.integers === 0 ? 0 : borderOf(hash);
  }

  get(key: LuaValue): LuaValue {
    if (typeof key === "number") {
      const value = this.arr[key];
      if (value !== undefined) return value;
      return this.hash === undefined ? undefined : this.hash.get(key);
    }
    if (typeof key === "string") return this.getString(key);
    return this.hash === undefined ? undefined : this.hash.get(key);
  }

  getString(key: string): LuaValue {
    const { hash } = this;
    if (hash !== undefined) {
      const value = hash.getString(key);
      if (value !== undefined) return value;
    }
    const property = propertyOf(key);
    return property === undefined
      ? undefined
      : (this as unknown as Named)[property];
  }

  set(key: LuaValue, value: LuaValue): void {
    if (typeof key === "string") this.setString(key, value);
    else if (typeof key === "number") this.setNumber(key, value);
    else if (key === undefined) throw new LuaError(runtime.nilIndex);
    else this.setHash(key, value);
  }

  /** Stores under a number, which may move entries into the array part. */
  setNumber(key: number, value: LuaValue): void {
    if (this.hash?.isWeak) {
      this.hash.set(key, value);
      return;
    }
    const { arr } = this;
    const { length } = arr;
    if (key >= 0 && key < length && Number.isInteger(key)) {
      if (key === 0 && arr === NONE) {
        this.setHash(0, value);
        return;
      }
      if (value === undefined && key === length - 1 && key > 0) this.pop();
      else arr[key] = value;
      return;
    }
    if (value === undefined) {
      this.hash?.set(key, undefined);
      return;
    }
    if (key >= length && key <= length + MAX_GAP && Number.isInteger(key)) {
      this.append(key, value);
      return;
    }
    if (key !== key) throw new LuaError(runtime.nanIndex);
    this.setHash(key, value);
  }

  append(key: number, value: LuaValue): void {
    let { arr } = this;
    if (arr === NONE) {
      arr = this.arr = NONE.slice();
      const zero = this.hash?.get(0);
      if (zero !== undefined) {
        arr[0] = zero;
        this.hash!.set(0, undefined);
      }
    }
    const { hash } = this;
    while (arr.length < key) {
      const moved = hash?.get(arr.length);
      if (moved !== undefined) hash!.set(arr.length, undefined);
      arr.push(moved);
    }
    if (hash === undefined) {
      arr.push(value);
      return;
    }
    hash.set(key, undefined);
    arr.push(value);
    if (hash.integers > 0) this.pullFromHash();
  }

  pullFromHash(): void {
    const { arr } = this;
    const hash = this.hash!;
    for (;;) {
      const value = hash.get(arr.length);
      if (value === undefined) break;
      hash.set(arr.length, undefined);
      arr.push(value);
    }
    if (hash.size === 0) this.hash = undefined;
  }

  pop(): void {
    const { arr } = this;
    arr.pop();
    let { length } = arr;
    while (length > 1 && arr[length - 1] === undefined) {
      arr.pop();
      length--;
    }
  }

  /** Stores under a name that host code gave. */
  setString(key: string, value: LuaValue): void {
    if (this.hash?.isWeak) {
      this.hash.set(key, value);
      return;
    }
    // Library functions are called by name, so their names become known.
    const property = typeof value === "function"
      ? registerName(key)
      : propertyOf(key);
    if (property === undefined) {
      this.setHash(key, value);
      return;
    }
    const named = this as unknown as Named;
    if (named[property] === undefined && (this.hash?.find(key) ?? -1) >= 0) {
      this.hash!.set(key, value);
    } else if (value !== undefined || named[property] !== undefined) {
      named[property] = value;
    }
  }

  /**
   * Stores under a string that Lua code computed: most often a dictionary's
   * key, which is better kept out of the properties.
   */
  setComputed(key: string, value: LuaValue): void {
    if (this.hash?.isWeak) {
      this.hash.set(key, value);
      return;
    }
    const { hash } = this;
    if (hash !== undefined && value !== undefined) {
      // It changes an entry: most assignments to a dictionary do.
      const place = hash.findString(key);
      if (place >= 0 && hash.values[place] !== undefined) {
        hash.values[place] = value;
        return;
      }
    }
    const property = propertyOf(key);
    if (property === undefined) {
      this.setHash(key, value);
      return;
    }
    const named = this as unknown as Named;
    const isField = named[property] !== undefined ||
      (hash === undefined
        ? value !== undefined
        : (typeof value === "function" || typeof value === "object" ||
          key.startsWith("__")) && hash.findString(key) < 0);
    if (isField) named[property] = value;
    else this.setHash(key, value);
  }

  setHash(key: LuaValue, value: LuaValue): void {
    if (this.hash === undefined) {
      if (value === undefined) return;
      this.hash = new Hash();
    }
    const { hash } = this;
    hash.set(key, value);
    if (hash.isWeak) return;
    const { integers } = hash;
    if (integers > 4 && (integers & (integers - 1)) === 0) this.rehash();
  }

  /** Moves integer keys to the array part when they are dense enough. */
  rehash(): void {
    const hash = this.hash!;
    const counts: number[] = new Array(32).fill(0);
    for (const [i, key] of hash.keys.entries()) {
      if (
        typeof key === "number" && key > 0 && key < 0x4000_0000 &&
        Number.isInteger(key) && hash.values[i] !== undefined
      ) counts[32 - Math.clz32(key - 1)]!++;
    }
    const { length } = this.arr;
    let size = 0;
    for (let power = 0, total = 0; power < 31; power++) {
      total += counts[power]!;
      const span = 2 ** power;
      const present = total + Math.min(length - 1, span);
      if (present > span / 2) size = span;
    }
    if (size < length) return;
    const arr = length <= 1 ? NONE.slice() : this.arr;
    const integers: number[] = [];
    for (const key of hash.keys) {
      if (
        typeof key === "number" && key >= 0 && key <= size &&
        Number.isInteger(key)
      ) integers.push(key);
    }
    integers.sort((a, b) => a - b);
    for (const key of integers) {
      const value = hash.get(key);
      if (value === undefined) continue;
      hash.set(key, undefined);
      while (arr.length < key) arr.push(undefined);
      arr[key] = value;
    }
    this.arr = arr;
    const rest = new Hash();
    hash.keys.forEach((key, i) => {
      if (hash.values[i] !== undefined) rest.set(key, hash.values[i]);
    });
    this.hash = rest.size === 0 ? undefined : rest;
    if (this.hash !== undefined) this.pullFromHash();
  }

  /** Keeps the table's entries in `hash` from now on, or no longer. */
  moveTo(hash: Hash): void {
    const walk = new Walk(this);
    const named = this as unknown as Named;
    const entries: [LuaValue, LuaValue][] = [];
    while (walk.step()) entries.push([walk.k, walk.v]);
    for (const name of Object.keys(this).slice(FIXED)) named[name] = undefined;
    this.arr = NONE;
    this.hash = hash;
    for (const [key, value] of entries) this.set(key, value);
    if (hash.size === 0 && !hash.isWeak) this.hash = undefined;
  }

  next(key: LuaValue): readonly [LuaValue, LuaValue] | undefined {
    const walk = walkAfter(this, key);
    return walk.step() ? [walk.k, walk.v] : undefined;
  }
}
(Table.prototype as { luaType: string }).luaType = "table";

/** The border that LuaJIT finds among keys that are not in an array part. */
function borderOf(hash: Hash): number {
  let low = 0;
  let high = 2;
  while (hash.get(high) !== undefined) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (hash.get(middle) === undefined) high = middle;
    else low = middle;
  }
  return low;
}

/** Goes through a table: positions, then names, then the hash. */
export class Walk {
  k: LuaValue = undefined;
  v: LuaValue = undefined;
  #phase = 0;
  #at = 0;
  #names: string[] | undefined;

  constructor(readonly table: Table) {}

  /** Moves to the next entry; false at the end. */
  step(): boolean {
    const { table } = this;
    if (this.#phase === 0) {
      const { arr } = table;
      while (++this.#at < arr.length) {
        const value = arr[this.#at];
        if (value !== undefined) {
          this.k = this.#at;
          this.v = value;
          return true;
        }
      }
      this.#startNames();
      if (arr[0] !== undefined) {
        this.k = 0;
        this.v = arr[0];
        return true;
      }
    }
    if (this.#phase === 1) {
      const names = this.#names!;
      while (++this.#at < names.length) {
        const value = (table as unknown as Named)[names[this.#at]!];
        if (value !== undefined) {
          this.k = nameOf(names[this.#at]!);
          this.v = value;
          return true;
        }
      }
      this.#phase = 2;
      this.#at = -1;
    }
    const { hash } = table;
    if (hash === undefined) return false;
    while (++this.#at < hash.places) {
      const value = hash.valueAt(this.#at);
      if (value !== undefined) {
        this.k = hash.keyAt(this.#at);
        this.v = value;
        return true;
      }
    }
    return false;
  }

  /** Position 0 comes behind the others, then the names. */
  #startNames(): void {
    this.#phase = 1;
    this.#names = Object.keys(this.table);
    this.#at = FIXED - 1;
  }

  /** Moves to the entry of `key`, or throws `invalid key to 'next'`. */
  seek(key: LuaValue): void {
    const { table } = this;
    this.k = key;
    if (key === undefined) return;
    if (
      typeof key === "number" && Number.isInteger(key) && key >= 0 &&
      key < table.arr.length
    ) {
      this.#at = key;
      if (key === 0) this.#startNames();
      return;
    }
    if (typeof key === "string") {
      const names = Object.keys(table);
      const at = names.indexOf("$" + key, FIXED);
      if (at >= 0) {
        this.#phase = 1;
        this.#names = names;
        this.#at = at;
        return;
      }
    }
    this.#phase = 2;
    this.#at = table.hash?.find(key) ?? -1;
    if (this.#at < 0) {
      // A key that moved or left while the table was being cleared.
      if (
        typeof key === "number" && key === table.arr.length &&
        table.arr !== NONE
      ) {
        this.#phase = 0;
        this.#at = key;
        return;
      }
      throw new LuaError(runtime.invalidNext);
    }
  }
}

/** The walk that `next` used last: repeated calls go on with it. */
let lastWalk: Walk | undefined;

/** A walk that stands on `key` of `table`. */
export function walkAfter(table: Table, key: LuaValue): Walk {
  const last = lastWalk;
  if (
    last !== undefined && last.table === table && last.k === key &&
    key !== undefined
  ) return last;
  const walk = new Walk(table);
  walk.seek(key);
  lastWalk = walk;
  return walk;
}

/** Forgets the table that `next` walked last. */
export function forgetWalk(): void {
  lastWalk = undefined;
}

/** Removes the nils at the end of a new array part. */
export function trim(arr: LuaValue[]): LuaValue[] {
  let { length } = arr;
  while (length > 1 && arr[length - 1] === undefined) length--;
  arr.length = length;
  return arr;
}

const shapes = new Map<string, new (...values: unknown[]) => Table>();

/** The constructor of tables with these names; its first argument is `arr`. */
export function shapeOf(
  names: readonly string[],
): new (...values: unknown[]) => Table {
  const key = names.join("\0");
  let shape = shapes.get(key);
  if (shape === undefined) {
    const stores = names.map((name, i) =>
      `this[${JSON.stringify(registerName(name))}]=v${i};`
    ).join("");
    shape = new Function(
      "Table",
      `function Shape(arr${names.map((_, i) => `,v${i}`).join("")}){` +
        `this.hash=undefined;this.mt=undefined;this.arr=arr;${stores}}` +
        `Shape.prototype=Table.prototype;return Shape`,
    )(Table) as new (...values: unknown[]) => Table;
    shapes.set(key, shape);
  }
  return shape;
}

/**
 * The constructor of tables that are not expected to get names: V8 leaves no
 * room for properties in its objects, after it has seen some.
 */
export const Plain = shapeOf([]);
for (let i = 0; i < 8; i++) new Plain(NONE);
