/**
 * Tables, in place of fengari's: with an array part, and in the order in which
 * LuaJIT traverses them (1, 2, 3, …, then the other keys as they came). The
 * same object is the contract's {@link LuaTable} and the VM's table.
 *
 * Invariants: the last slot of the array part is not nil, and the key after it
 * is not in the hash part. A removed entry stays in the hash part with a nil
 * value, so that a traversal can go on from it; adding a key sweeps when more
 * entries are dead than alive.
 */
import { LuaError } from "../errors.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import { toBytes, type TString } from "./early_patches.ts";
import type { Entry, State, Table, TValue } from "./internals.ts";
import { fromVm, hashOf, toVm } from "./values.ts";
import { ldebug, lobject, LONG_STRING, ltable, NIL, STRING } from "./vm.ts";

const { TValue: Slot, luaO_nilobject: ABSENT } = lobject;
/** Shared by tables without a hash part; never written to. */
const NO_ENTRIES: Map<unknown, Entry> = new Map();
/** How far beyond its end a constructor may fill the array part. */
const FILL = 64;

/** A table. */
export class VmTable implements Table {
  readonly luaType = "table" as const;
  metatable: LuaTable | undefined = undefined;
  /** Bits of metamethods known to be absent from this table. */
  flags = ~0;
  /** The values of the keys 1 to `array.length`. */
  readonly array: TValue[] = [];
  /** The other entries, by what {@link hashOf} makes of the key. */
  strong: Map<unknown, Entry> = NO_ENTRIES;
  #first: Entry | undefined;
  #last: Entry | undefined;
  /** The number of entries of the hash part that are not nil. */
  #live = 0;
  /** Whether the hash part was emptied by removals. */
  #emptied = false;
  /** The greatest length that the array part had. */
  #reach = 0;

  get(key: LuaValue): LuaValue {
    return fromVm(this.slot(hashOf(key)));
  }

  set(key: LuaValue, value: LuaValue): void {
    if (key === undefined) throw new LuaError("table index is nil");
    if (key !== key) throw new LuaError("table index is NaN");
    this.flags = 0;
    const hash = hashOf(key);
    if (value === undefined) this.remove(hash);
    else this.store(hash, toVm(key), toVm(value), true);
  }

  length(): number {
    return this.array.length;
  }

  next(key: LuaValue): readonly [LuaValue, LuaValue] | undefined {
    const found = this.follow(hashOf(key));
    if (found === null) throw new LuaError("invalid key to 'next'");
    if (found === undefined) return undefined;
    return typeof found === "number"
      ? [found, fromVm(this.array[found - 1]!)]
      : [fromVm(found.key), fromVm(found.value)];
  }

  /** The slot of a key; of an absent one, a slot that holds nil. */
  slot(hash: unknown): TValue {
    if (typeof hash === "number") {
      const slot = this.array[hash - 1];
      if (slot !== undefined) return slot;
    }
    return this.strong.get(hash)?.value ?? ABSENT;
  }

  /** Stores a value that is not nil; `owned` slots are kept, others copied. */
  store(hash: unknown, key: TValue, value: TValue, owned: boolean): void {
    const { array } = this;
    if (typeof hash === "number") {
      const slot = array[hash - 1];
      if (slot !== undefined) return slot.setfrom(value);
      if (hash === array.length + 1) {
        this.strong.delete(hash); // a removed entry of that key
        array.push(owned ? value : copy(value));
        this.#extend();
        return;
      }
    }
    const entry = this.strong.get(hash);
    if (entry === undefined) {
      this.#add(hash, owned ? key : copy(key), owned ? value : copy(value));
    } else {
      if (entry.value.ttisnil()) this.#live++;
      entry.value.setfrom(value);
    }
  }

  /** Makes the value of a key nil. */
  remove(hash: unknown): void {
    const { array } = this;
    if (typeof hash === "number" && array[hash - 1] !== undefined) {
      array[hash - 1]!.setnilvalue();
      this.#trim();
      return;
    }
    const entry = this.strong.get(hash);
    if (entry === undefined || entry.value.ttisnil()) return;
    entry.value.setnilvalue();
    if (--this.#live === 0) {
      this.strong = NO_ENTRIES;
      this.#emptied = true;
      this.#first = this.#last = undefined;
    }
  }

  /** Stores an element of a constructor, which go from the last to the first. */
  storeElement(index: number, value: TValue): void {
    if (value.ttisnil()) return this.remove(index);
    const { array } = this;
    if (index > array.length && index <= array.length + FILL) {
      while (array.length < index) {
        if (this.#live > 0) this.remove(array.length + 1);
        this.strong.delete(array.length + 1);
        array.push(new Slot(NIL, null));
      }
      array[index - 1]!.setfrom(value);
      this.#extend();
      return;
    }
    this.store(index, toVm(index), value, false);
  }

  /**
   * What follows a key in a traversal: an index of the array part or an entry,
   * `undefined` at the end, `null` for a key that was never there.
   */
  follow(hash: unknown): number | Entry | undefined | null {
    let entry: Entry | undefined;
    const known = this.strong.get(hash);
    if (known !== undefined) {
      entry = known.n;
    } else if (hash === undefined || this.#wasInArray(hash)) {
      const { array } = this;
      const first = hash === undefined ? 1 : hash + 1;
      for (let index = first; index <= array.length; index++) {
        if (!array[index - 1]!.ttisnil()) return index;
      }
      entry = this.#first;
    } else {
      // Perhaps it was in the hash part, and all of that has been removed.
      return this.#emptied && this.#live === 0 ? undefined : null;
    }
    while (entry !== undefined && entry.value.ttisnil()) entry = entry.n;
    return entry;
  }

  #wasInArray(hash: unknown): hash is number {
    return typeof hash === "number" && hash >= 1 && hash <= this.#reach &&
      Number.isInteger(hash);
  }

  #add(hash: unknown, key: TValue, value: TValue): void {
    if (this.strong === NO_ENTRIES) this.strong = new Map();
    else if (this.strong.size > 2 * this.#live + 8) this.#sweep();
    const entry: Entry = { key, value, n: undefined };
    if (this.#last === undefined) this.#first = entry;
    else this.#last.n = entry;
    this.#last = entry;
    this.strong.set(hash, entry);
    this.#live++;
  }

  #sweep(): void {
    let last: Entry | undefined;
    for (const [hash, entry] of this.strong) {
      if (entry.value.ttisnil()) {
        this.strong.delete(hash);
        continue;
      }
      if (last === undefined) this.#first = entry;
      else last.n = entry;
      last = entry;
    }
    this.#last = last;
    if (last === undefined) this.#first = undefined;
    else last.n = undefined;
  }

  /**
   * Moves elements that now follow the array part into it. Their keys leave
   * the hash part altogether: {@link follow} looks there first.
   */
  #extend(): void {
    const { array } = this;
    while (this.#live > 0) {
      const entry = this.strong.get(array.length + 1);
      if (entry === undefined || entry.value.ttisnil()) break;
      array.push(copy(entry.value));
      entry.value.setnilvalue();
      this.strong.delete(array.length);
      this.#live--;
    }
    if (array.length > this.#reach) this.#reach = array.length;
  }

  /** Drops nils from the end of the array part. */
  #trim(): void {
    const { array } = this;
    let { length } = array;
    while (length > 0 && array[length - 1]!.ttisnil()) length--;
    if (length < array.length) array.length = length;
  }
}

function copy({ type, value }: TValue): TValue {
  return new Slot(type, value);
}

function hashOfSlot(slot: TValue): unknown {
  return slot.type === LONG_STRING || slot.type === STRING
    ? (slot.value as TString).text()
    : slot.type === NIL
    ? undefined
    : slot.value;
}

/** Puts the tables into the VM. */
export function installTables(): void {
  ltable.luaH_new = () => new VmTable();
  ltable.luaH_get = (_L, table, key) =>
    (table as VmTable).slot(hashOfSlot(key));
  ltable.luaH_getint = (table, key) => (table as VmTable).slot(key);
  ltable.luaH_getstr = (table, key) => (table as VmTable).slot(key.text());
  ltable.luaH_getn = (table) => table.length();
  ltable.luaH_setint = (table, index, value) =>
    (table as VmTable).storeElement(index, value);
  ltable.luaH_setfrom = setFrom;
  ltable.luaH_next = next;
}

function setFrom(L: State, table: Table, key: TValue, value: TValue): void {
  const hash = hashOfSlot(key);
  if (value.type === NIL) {
    if (hash === undefined) indexError(L, "nil");
    (table as VmTable).remove(hash);
    return;
  }
  if (hash === undefined) indexError(L, "nil");
  if (hash !== hash) indexError(L, "NaN");
  (table as VmTable).store(hash, key, value, false);
}

function indexError(L: State, what: string): never {
  return ldebug.luaG_runerror(L, toBytes(`table index is ${what}`));
}

/** Replaces the key in slot `key` by the next one, its value after it. */
function next(L: State, table: Table, key: number): boolean {
  const found = (table as VmTable).follow(hashOfSlot(L.stack[key]!));
  if (found === null) {
    ldebug.luaG_runerror(L, toBytes("invalid key to 'next'"));
  }
  if (found === undefined || found === null) return false;
  if (typeof found === "number") {
    L.stack[key] = toVm(found);
    L.stack[key + 1]!.setfrom((table as VmTable).array[found - 1]!);
  } else {
    L.stack[key]!.setfrom(found.key);
    L.stack[key + 1]!.setfrom(found.value);
  }
  return true;
}

installTables();
