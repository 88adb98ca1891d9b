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
  keys: LuaValue[] = [];
  values: LuaValue[] = [];
  /** Entries whose value is nil. */
  holes = 0;
  /** Integer keys ever inserted since the last rebuild. */
  integers = 0;
  #index: Map<LuaValue, number> | undefined;

  /** The place of `key`, or -1. */
  find(key: LuaValue): number {
    if (this.#index !== undefined) return this.#index.get(key) ?? -1;
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) if (keys[i] === key) return i;
    return -1;
  }

  get(key: LuaValue): LuaValue {
    const index = this.#index;
    if (index !== undefined) {
      const place = index.get(key);
      return place === undefined ? undefined : this.values[place];
    }
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === key) return this.values[i];
    }
    return undefined;
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
    if (this.#index !== undefined) this.#index.set(key, at);
    else if (at >= SMALL) this.#buildIndex();
  }

  #buildIndex(): void {
    const index = new Map<LuaValue, number>();
    this.keys.forEach((key, i) => index.set(key, i));
    this.#index = index;
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
    this.#index = undefined;
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
