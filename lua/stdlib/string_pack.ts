/**
 * `string.pack` and `string.unpack`: the "lpack" library that the reference
 * adds, not those of Lua 5.3. Nothing is aligned. Specification:
 * mtev-lua-api.md §10.7.
 */
import {
  type Args,
  argumentError,
  checkInt32,
  checkNumber,
  checkString,
  optional,
} from "../args.ts";
import { definer } from "../define.ts";
import { type LuaState, Multi } from "../host.ts";
import type { LuaTable, LuaValue } from "../value.ts";

interface NumberFormat {
  readonly size: number;
  read(view: DataView, offset: number, little: boolean): number;
  write(view: DataView, offset: number, value: number, little: boolean): void;
}

const NUMBERS: Readonly<Record<string, NumberFormat>> = {
  c: {
    size: 1,
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) =>
      view.setInt8(at, Number(toInt64(value) & 0xffn)),
  },
  b: {
    size: 1,
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) =>
      view.setUint8(at, Number(toInt64(value) & 0xffn)),
  },
  h: {
    size: 2,
    read: (view, at, little) => view.getInt16(at, little),
    write: (view, at, value, little) =>
      view.setInt16(at, Number(toInt64(value) & 0xffffn), little),
  },
  H: {
    size: 2,
    read: (view, at, little) => view.getUint16(at, little),
    write: (view, at, value, little) =>
      view.setUint16(at, Number(toInt64(value) & 0xffffn), little),
  },
  i: {
    size: 4,
    read: (view, at, little) => view.getInt32(at, little),
    write: (view, at, value, little) =>
      view.setInt32(at, Number(toInt64(value) & 0xffffffffn), little),
  },
  I: {
    size: 4,
    read: (view, at, little) => view.getUint32(at, little),
    write: (view, at, value, little) =>
      view.setUint32(at, Number(toInt64(value) & 0xffffffffn), little),
  },
  l: {
    size: 8,
    read: (view, at, little) => Number(view.getBigInt64(at, little)),
    write: (view, at, value, little) =>
      view.setBigInt64(at, toInt64(value), little),
  },
  L: {
    size: 8,
    read: (view, at, little) => Number(view.getBigUint64(at, little)),
    write: (view, at, value, little) =>
      view.setBigUint64(at, BigInt.asUintN(64, toInt64(value)), little),
  },
  f: {
    size: 4,
    read: (view, at, little) => view.getFloat32(at, little),
    write: (view, at, value, little) => view.setFloat32(at, value, little),
  },
  d: {
    size: 8,
    read: (view, at, little) => view.getFloat64(at, little),
    write: (view, at, value, little) => view.setFloat64(at, value, little),
  },
  n: {
    size: 8,
    read: (view, at, little) => view.getFloat64(at, little),
    write: (view, at, value, little) => view.setFloat64(at, value, little),
  },
};

/** The number format of the length in front of a string. */
const LENGTHS: Readonly<Record<string, string>> = { p: "b", P: "h", a: "i" };
/** Of numbers that do not fit, C keeps the low bits. */
function toInt64(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

const NATIVE_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Adds the functions to `library`. */
export function openPack(state: LuaState, library: LuaTable): void {
  const define = definer(state);
  define(library, "pack", (...args) => pack(state, args));
  define(library, "unpack", (...args) => unpack(state, args));
}

interface Item {
  readonly letter: string;
  /** How often; `undefined` when the format gives no count. */
  readonly count: number | undefined;
  readonly little: boolean;
}

/** The items of a format, byte order applied. */
function* itemsOf(
  state: LuaState,
  format: string,
): Generator<Item> {
  let little = NATIVE_LITTLE;
  for (const match of format.matchAll(/([^])(\d*)/g)) {
    const [, letter = "", digits = ""] = match;
    const count = digits === "" ? undefined : Number(digits);
    if (letter === "<") little = true;
    else if (letter === ">") little = false;
    else if (letter === "=") little = NATIVE_LITTLE;
    else if (letter === " " || letter === ",") continue;
    else if ("zApPa".includes(letter) || letter in NUMBERS) {
      yield { letter, count, little };
    } else argumentError(state, 0, `bad code \`${letter}'`);
  }
}

function pack(state: LuaState, args: Args): string {
  const format = checkString(state, args, 0);
  let result = "";
  let index = 1;
  for (const { letter, count = 1, little } of itemsOf(state, format)) {
    for (let i = 0; i < count; i++) {
      const number = NUMBERS[letter];
      if (number !== undefined) {
        result += packNumber(number, checkNumber(state, args, index++), little);
        continue;
      }
      const text = checkString(state, args, index++);
      const length = LENGTHS[letter];
      if (length !== undefined) {
        result += packNumber(NUMBERS[length]!, text.length, little);
      }
      result += text;
      if (letter === "z") result += "\0";
    }
  }
  return result;
}

const view = new DataView(new ArrayBuffer(8));

function packNumber(
  format: NumberFormat,
  value: number,
  little: boolean,
): string {
  format.write(view, 0, value, little);
  return String.fromCharCode(...new Uint8Array(view.buffer, 0, format.size));
}

function unpack(state: LuaState, args: Args): Multi {
  const bytes = checkString(state, args, 0);
  const format = checkString(state, args, 1);
  let at = optional(checkInt32, state, args, 2, 1) - 1;
  const values: LuaValue[] = [];

  /** Reads a number; `undefined` when the data end before. */
  const readNumber = (letter: string, little: boolean): number | undefined => {
    const number = NUMBERS[letter]!;
    if (at < 0 || at + number.size > bytes.length) return undefined;
    for (let i = 0; i < number.size; i++) {
      view.setUint8(i, bytes.charCodeAt(at + i));
    }
    at += number.size;
    return number.read(view, 0, little);
  };
  const readString = (length: number): string | undefined => {
    if (length < 0 || at + length > bytes.length) return undefined;
    at += length;
    return bytes.slice(at - length, at);
  };
  const readItem = (letter: string, little: boolean): LuaValue => {
    if (letter in NUMBERS) return readNumber(letter, little);
    if (letter === "z") {
      const end = bytes.indexOf("\0", at);
      if (end < 0) return undefined;
      const text = bytes.slice(at, end);
      at = end + 1;
      return text;
    }
    const start = at;
    const length = readNumber(LENGTHS[letter]!, little);
    const text = length === undefined ? undefined : readString(length);
    if (text === undefined) at = start;
    return text;
  };

  outer: for (const { letter, count, little } of itemsOf(state, format)) {
    if (letter === "A") {
      const text = readString(count ?? 1);
      if (text === undefined) break;
      values.push(text);
      continue;
    }
    for (let i = 0; i < (count ?? 1); i++) {
      const value = readItem(letter, little);
      if (value === undefined) break outer;
      values.push(value);
    }
  }
  return new Multi([at + 1, ...values]);
}
