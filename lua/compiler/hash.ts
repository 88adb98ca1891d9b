/**
 * The part of a table for keys that are neither positions nor names known to
 * the compiler. Entries keep their order of insertion, and a removed entry
 * keeps its place until the table grows, so that `next` finds its way while
 * the table is being cleared. Up to {@link SMALL} entries there is no index.
 */
import type { LuaValue } from "../value.ts";

const SMALL = 8;

/** An insertion-ordered dictionary; `undefined` marks a removed entry. */
export class Hash {
  keys: LuaValue[] = roomForFew();
  values: LuaValue[] = roomForFew();
  /** Entries whose value is nil. */
  holes = 0;
  /** Integer keys ever inserted since the last rebuild. */
  integers = 0;
  /**
   * The places of strings. An object without a prototype, not a `Map`: V8
   * makes a string that was looked up once point to the one in its table of
   * strings, so that the next look-up compares pointers only.
   */
  #strings: { [key: string]: number } | undefined;
  /** The places of other keys, if there is {@link #strings}. */
  #others: Map<LuaValue, number> | undefined;
  /** The string that was found last: often it is soon asked for again. */
  #recent = "";
  #recentPlace = -1;

  /** The place of `key`, or -1. */
  find(key: LuaValue): number {
    if (typeof key === "string") return this.findString(key);
    if (this.#others !== undefined) return this.#others.get(key) ?? -1;
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) if (keys[i] === key) return i;
    return -1;
  }

  /** Like {@link find}, for a string. */
  findString(key: string): number {
    if (key === this.#recent && this.#recentPlace >= 0) {
      return this.#recentPlace;
    }
    let place: number | undefined = -1;
    const strings = this.#strings;
    if (strings !== undefined) {
      place = strings[key];
      if (place === undefined) return -1;
    } else {
      const { keys } = this;
      do {
        if (++place === keys.length) return -1;
      } while (keys[place] !== key);
    }
    this.#recent = key;
    this.#recentPlace = place;
    return place;
  }

  get(key: LuaValue): LuaValue {
    const place = this.find(key);
    return place < 0 ? undefined : this.values[place];
  }

  /** Like {@link get}, for a string. */
  getString(key: string): LuaValue {
    const place = this.findString(key);
    return place < 0 ? undefined : this.values[place];
  }

  /** Stores a value under a key that is not nil or NaN. */
  set(key: LuaValue, value: LuaValue): void {
    const place = this.find(key);
    if (place >= 0) {
      const old = this.values[place];
      if (value === undefined) {
        if (old !== undefined) this.holes++;
      } else if (old === undefined) {
        this.holes--;
      }
      this.values[place] = value;
      return;
    }
    if (value === undefined) return;
    if (this.holes > 8 && this.holes > this.keys.length >> 1) this.#compact();
    const at = this.keys.length;
    this.keys.push(key);
    this.values.push(value);
    if (typeof key === "number") this.integers++;
    if (this.#strings !== undefined) this.#addToIndex(key, at);
    else if (at >= SMALL) this.#buildIndex();
  }

  #addToIndex(key: LuaValue, place: number): void {
    if (typeof key === "string") this.#strings![key] = place;
    else this.#others!.set(key, place);
  }

  #buildIndex(): void {
    this.#strings = Object.create(null) as { [key: string]: number };
    this.#others = new Map();
    this.keys.forEach((key, i) => this.#addToIndex(key, i));
  }

  #compact(): void {
    const keys: LuaValue[] = [];
    const values: LuaValue[] = [];
    this.keys.forEach((key, i) => {
      if (this.values[i] === undefined) return;
      keys.push(key);
      values.push(this.values[i]);
    });
    this.keys = keys;
    this.values = values;
    this.holes = 0;
    this.#strings = this.#others = undefined;
    this.#recentPlace = -1;
    if (keys.length > SMALL) this.#buildIndex();
  }

  /** Whether all keys of the table have to be here (weak_hash.ts). */
  get isWeak(): boolean {
    return false;
  }

  /** The key of an entry. */
  keyAt(place: number): LuaValue {
    return this.keys[place];
  }

  /** The value of an entry; nil when it was removed. */
  valueAt(place: number): LuaValue {
    return this.values[place];
  }

  /** How many places there are, removed entries included. */
  get places(): number {
    return this.keys.length;
  }

  /** How many entries there are. */
  get size(): number {
    return this.keys.length - this.holes;
  }
}

/** An empty array with room for four: V8 makes room for 17 at the first push. */
function roomForFew(): LuaValue[] {
  const array = [undefined, undefined, undefined, undefined];
  for (let i = 0; i < 4; i++) array.pop();
  return array;
}
