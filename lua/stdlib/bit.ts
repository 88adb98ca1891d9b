/**
 * The library `bit`: operations on 32-bit integers. Operands are rounded to
 * the nearest integer and reduced modulo 2^32; results are signed. Where the
 * first operand is cdata (of band, bor and bxor: any), stdlib/ffi/bit64.ts
 * computes with 64 bits. Specification: mtev-lua-api.md §10.8.
 */
import { type Args, checkNumber, optional, passed, toInt32 } from "../args.ts";
import { LuaCdata } from "../cdata.ts";
import { definer } from "../define.ts";
import type { LuaState } from "../host.ts";
import type { LuaTable, LuaValue } from "../value.ts";

// Adding 2^52 + 2^51 leaves the integer, rounded to even, in the low bits.
const SHIFTER = 6755399441055744;
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;

/** The 32-bit integer that the bit operations see in a number. */
export function toBit(value: number): number {
  const integer = value | 0;
  if (integer === value) return integer;
  double[0] = value + SHIFTER;
  return words[LOW]!;
}

/** Adds the functions to `library`. */
export function openBit(state: LuaState, library: LuaTable): void {
  const define = definer(state);
  const operand = (args: Args, index: number): number => {
    const value = args[index];
    return toBit(
      value instanceof LuaCdata
        ? value.toNumber() ?? 0
        : checkNumber(state, args, index),
    );
  };

  const unary = (name: string, compute: (x: number) => number) =>
    define(library, name, function (x) {
      if (typeof x === "number") return compute(toBit(x));
      return x instanceof LuaCdata
        ? x.bitOperation(name, [x])
        : compute(operand(passed(arguments.length, x), 0));
    });
  unary("tobit", (x) => x);
  unary("bnot", (x) => ~x);
  unary(
    "bswap",
    (x) => (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24),
  );

  const binary = (name: string, compute: (x: number, n: number) => number) =>
    define(library, name, function (x, n) {
      if (typeof x === "number" && typeof n === "number") {
        return compute(toBit(x), toBit(n) & 31);
      }
      const args = passed(arguments.length, x, n);
      if (x instanceof LuaCdata) return x.bitOperation(name, args);
      return compute(operand(args, 0), operand(args, 1) & 31);
    });
  binary("lshift", (x, n) => x << n);
  binary("rshift", (x, n) => (x >>> n) | 0);
  binary("arshift", (x, n) => x >> n);
  binary("rol", (x, n) => (x << n) | (x >>> (32 - n)));
  binary("ror", (x, n) => (x >>> n) | (x << (32 - n)));

  const combine = (
    name: string,
    compute: (x: number, y: number) => number,
  ) =>
    define(library, name, (...args: LuaValue[]) => {
      let result = operand(args, 0);
      if (typeof args[0] !== "number") {
        const wide = args.find((value) => value instanceof LuaCdata);
        if (wide !== undefined) return wide.bitOperation(name, args);
      }
      for (let i = 1; i < args.length; i++) {
        const value = args[i];
        if (value instanceof LuaCdata) return value.bitOperation(name, args);
        result = compute(
          result,
          typeof value === "number" ? toBit(value) : operand(args, i),
        );
      }
      return result;
    });
  combine("band", (x, y) => x & y);
  combine("bor", (x, y) => x | y);
  combine("bxor", (x, y) => x ^ y);

  define(library, "tohex", (...args) => {
    const [value] = args;
    if (value instanceof LuaCdata) return value.bitOperation("tohex", args);
    const hex = (operand(args, 0) >>> 0).toString(16).padStart(8, "0");
    const digits = toInt32(toBit(optional(checkNumber, state, args, 1, 8)));
    const count = Math.abs(digits);
    // Beyond 8 it is C's precision plus 1, kept in a byte.
    const shown = count <= 8
      ? hex.slice(8 - count)
      : hex.replace(/^0+/, "").padStart((count + 1 & 255) - 1, "0");
    return digits < 0 ? shown.toUpperCase() : shown;
  });
}
