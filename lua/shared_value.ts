/**
 * Lua values as bytes, for what Lua states share: numbers, booleans, strings up
 * to their first NUL, and tables of these. Copies, with neither metatables nor
 * identity. Specification: mtev-lua-api.md §3.1.
 *
 * Encoding may call Lua code (`serialize`), which must not happen while
 * anything is locked; decoding only makes tables.
 */
import { binaryString, writeBinaryString } from "../runtime/posix/bytes.ts";
import { SharedMemoryFull } from "../runtime/sync/shared_heap.ts";
import { raise } from "./args.ts";
import { LuaError } from "./errors.ts";
import type { LuaState } from "./host.ts";
import { parseNumber } from "./number.ts";
import {
  entries,
  isFunction,
  isTable,
  type LuaTable,
  type LuaValue,
  typeName,
} from "./value.ts";

const enum Tag {
  Nil,
  False,
  True,
  Number,
  String,
  /** Begins the pairs of a table, each a key and a value. */
  Table,
  /** Ends them. */
  End,
}

/** What shares cannot hold is nothing: told apart from what they can. */
export const UNSHARABLE: unique symbol = Symbol("unsharable");

/**
 * Encodes a value.
 *
 * @returns The bytes, or {@link UNSHARABLE} for a function, a coroutine or an
 * object; such values are left out of tables.
 * @throws {LuaError} For a table with other keys than strings and numbers, one
 * that contains itself, and a `serialize` that returns no table.
 */
export function encodeShared(
  state: LuaState,
  value: LuaValue,
): Uint8Array | typeof UNSHARABLE {
  const writer = new Writer(state);
  return writer.value(value) ? writer.bytes() : UNSHARABLE;
}

/** Decodes what {@link encodeShared} gave, with fresh tables. */
export function decodeShared(state: LuaState, bytes: Uint8Array): LuaValue {
  return new Reader(state, bytes).value();
}

/**
 * What Lua code is told when there is no room for what it wants to share.
 *
 * @param error What sharing threw.
 * @throws {unknown} `error` itself, if it is anything else.
 */
export function memoryError(error: unknown): LuaError {
  if (error instanceof SharedMemoryFull) {
    return new LuaError("not enough memory");
  }
  throw error;
}

/** A C string: what comes before the first NUL. */
export function cString(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

class Writer {
  readonly #state: LuaState;
  /** The tables around the one that is being written. */
  readonly #open = new Set<LuaTable>();
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  constructor(state: LuaState) {
    this.#state = state;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Writes a value; false, and nothing written, when it cannot be shared. */
  value(value: LuaValue): boolean {
    switch (typeof value) {
      case "undefined":
        this.#tag(Tag.Nil);
        return true;
      case "boolean":
        this.#tag(value ? Tag.True : Tag.False);
        return true;
      case "number":
        this.#number(value);
        return true;
      case "string":
        this.#string(value);
        return true;
    }
    if (!isTable(value)) return false;
    this.#table(value);
    return true;
  }

  #table(table: LuaTable): void {
    const state = this.#state;
    if (this.#open.has(table)) {
      raise(state, "Cannot serialize a table that contains itself\n");
    }
    this.#open.add(table);
    const serialize = state.index(table, "serialize");
    const source = isFunction(serialize)
      ? state.call(serialize, table)[0]
      : table;
    if (!isTable(source)) raise(state, "serialize() must return a table\n");
    if (source !== table && this.#open.has(source)) {
      raise(state, "Cannot serialize a table that contains itself\n");
    }
    this.#tag(Tag.Table);
    for (const [key, value] of entries(source)) {
      const start = this.#length;
      this.#key(key);
      if (!this.value(value)) this.#length = start;
    }
    this.#tag(Tag.End);
    this.#open.delete(table);
  }

  /** A string that looks like a number becomes that number. */
  #key(key: LuaValue): void {
    if (typeof key === "number") return this.#number(key);
    if (typeof key !== "string") {
      raise(
        this.#state,
        "Cannot serialize tables with anything but strings and numbers as " +
          `keys, got ${typeName(key)} instead\n`,
      );
    }
    const number = parseNumber(key);
    if (number === undefined || Number.isNaN(number)) this.#string(key);
    else this.#number(number);
  }

  #number(value: number): void {
    this.#reserve(9);
    this.#bytes[this.#length++] = Tag.Number;
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  #string(value: string): void {
    const text = cString(value);
    this.#reserve(5 + text.length);
    this.#bytes[this.#length++] = Tag.String;
    this.#view.setUint32(this.#length, text.length);
    this.#length += 4;
    writeBinaryString(text, this.#bytes, this.#length);
    this.#length += text.length;
  }

  #tag(tag: Tag): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = tag;
  }

  #reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.bytes());
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

class Reader {
  readonly #state: LuaState;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(state: LuaState, bytes: Uint8Array) {
    this.#state = state;
    this.#bytes = bytes;
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
  }

  value(): LuaValue {
    switch (this.#bytes[this.#position++] as Tag) {
      case Tag.True:
        return true;
      case Tag.False:
        return false;
      case Tag.Number:
        this.#position += 8;
        return this.#view.getFloat64(this.#position - 8);
      case Tag.String: {
        const start = this.#position + 4;
        this.#position = start + this.#view.getUint32(this.#position);
        return binaryString(this.#bytes, start, this.#position);
      }
      case Tag.Table:
        return this.#table();
      default:
        return undefined;
    }
  }

  #table(): LuaTable {
    const table = this.#state.newTable();
    while (this.#bytes[this.#position] !== Tag.End) {
      const key = this.value();
      table.set(key, this.value());
    }
    this.#position++;
    return table;
  }
}
