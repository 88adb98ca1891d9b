/**
 * The hash of a table whose metatable has `__mode`. It holds all of the
 * table's entries: a weak table has no array part and no named properties.
 * Weak sides are held through `WeakRef`; an entry with a side that is gone
 * counts as removed. As in Lua 5.1, a value keeps its own weak key alive.
 */
import type { LuaValue } from "../value.ts";
import { Hash } from "./hash.ts";

type Held = LuaValue | WeakRef<object>;

/** A {@link Hash} that does not keep its keys or values alive. */
export class WeakHash extends Hash {
  readonly #places = new WeakMap<object, number>();
  readonly #primitives = new Map<LuaValue, number>();
  #keys: Held[] = [];
  #values: Held[] = [];
  /** How many entries there may be before the dead ones are looked for. */
  #limit = 32;

  constructor(readonly weakKeys: boolean, readonly weakValues: boolean) {
    super();
  }

  override get isWeak(): boolean {
    return true;
  }

  override find(key: LuaValue): number {
    const place = isObject(key)
      ? this.#places.get(key)
      : this.#primitives.get(key);
    return place === undefined ? -1 : place;
  }

  override findString(key: string): number {
    return this.#primitives.get(key) ?? -1;
  }

  override get(key: LuaValue): LuaValue {
    const place = this.find(key);
    return place < 0 ? undefined : this.valueAt(place);
  }

  override getString(key: string): LuaValue {
    return this.get(key);
  }

  override set(key: LuaValue, value: LuaValue): void {
    const held = this.weakValues && isObject(value)
      ? new WeakRef<object>(value)
      : value;
    const place = this.find(key);
    if (place >= 0) {
      this.#values[place] = held;
      return;
    }
    if (value === undefined) return;
    if (this.#keys.length >= this.#limit) this.#sweep();
    this.#place(key, held);
    if (typeof key === "number") this.integers++;
  }

  #place(key: LuaValue, held: Held): void {
    const at = this.#keys.length;
    if (isObject(key)) this.#places.set(key, at);
    else this.#primitives.set(key, at);
    this.#keys.push(
      this.weakKeys && isObject(key) ? new WeakRef<object>(key) : key,
    );
    this.#values.push(held);
  }

  /** Drops the entries that are dead. */
  #sweep(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = [];
    this.#values = [];
    this.#primitives.clear();
    for (const [i, held] of values.entries()) {
      const key = alive(keys[i]);
      if (key !== undefined && alive(held) !== undefined) {
        this.#place(key, held);
      } else if (isObject(key)) this.#places.delete(key);
    }
    this.#limit = Math.max(32, 2 * this.#keys.length);
  }

  override keyAt(place: number): LuaValue {
    return alive(this.#keys[place]);
  }

  override valueAt(place: number): LuaValue {
    return alive(this.#keys[place]) === undefined
      ? undefined
      : alive(this.#values[place]);
  }

  override get places(): number {
    return this.#keys.length;
  }

  override get size(): number {
    let size = 0;
    for (let i = 0; i < this.places; i++) {
      if (this.valueAt(i) !== undefined) size++;
    }
    return size;
  }
}

function isObject(
  value: LuaValue,
): value is Exclude<LuaValue, undefined> & object {
  return (typeof value === "object" && value !== null) ||
    typeof value === "function";
}

function alive(held: Held): LuaValue {
  return held instanceof WeakRef ? held.deref() as LuaValue : held;
}
