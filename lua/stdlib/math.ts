/**
 * The library `math`, with the names of Lua 5.1. The random generator stands
 * in random.ts; the constants and functions here are V8's, which may differ
 * from the C library's in the last bit.
 */
import { checkNumber, passed, toInt32 } from "../args.ts";
import { definer } from "../define.ts";
import { type LuaState, multi, NOTHING } from "../host.ts";
import { power, scaleByPowerOf2 } from "../number.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import { Random } from "./random.ts";

/** Adds the functions to `library`. */
export function openMath(state: LuaState, library: LuaTable): void {
  const define = definer(state);
  library.set("pi", Math.PI);
  library.set("huge", Infinity);
  defineUnary(state, library);
  defineBinary(state, library);

  define(library, "frexp", (...args) => {
    const [fraction, exponent] = splitFloat(checkNumber(state, args, 0));
    return multi(fraction, exponent);
  });
  define(library, "modf", (...args) => {
    const value = checkNumber(state, args, 0);
    const whole = Math.trunc(value);
    const infinite = value === Infinity || value === -Infinity;
    const fraction = infinite ? 0 : value - whole;
    // The fraction has the sign of the number, also when it is 0.
    return multi(
      whole,
      fraction === 0 && (value < 0 || Object.is(value, -0)) ? -0 : fraction,
    );
  });
  define(library, "ldexp", (...args) =>
    scaleByPowerOf2(
      checkNumber(state, args, 0),
      exponentOf(checkNumber(state, args, 1)),
    ));
  define(library, "log", (...args) => {
    const value = checkNumber(state, args, 0);
    return args.length < 2
      ? Math.log(value)
      : Math.log2(value) / Math.log2(checkNumber(state, args, 1));
  });
  // x64's maxsd and minsd: the second operand unless the first one wins.
  define(library, "max", function (first, second, ...rest) {
    if (
      arguments.length === 2 && typeof first === "number" &&
      typeof second === "number"
    ) return first > second ? first : second;
    const args = passed(arguments.length, first, second, ...rest);
    let result = checkNumber(state, args, 0);
    for (let i = 1; i < args.length; i++) {
      const value = checkNumber(state, args, i);
      result = result > value ? result : value;
    }
    return result;
  });
  define(library, "min", function (first, second, ...rest) {
    if (
      arguments.length === 2 && typeof first === "number" &&
      typeof second === "number"
    ) return first < second ? first : second;
    const args = passed(arguments.length, first, second, ...rest);
    let result = checkNumber(state, args, 0);
    for (let i = 1; i < args.length; i++) {
      const value = checkNumber(state, args, i);
      result = result < value ? result : value;
    }
    return result;
  });
  defineRandom(state, library);
}

function defineUnary(state: LuaState, library: LuaTable): void {
  const define = definer(state);
  const functions: Record<string, (x: number) => number> = {
    abs: Math.abs,
    acos: Math.acos,
    asin: Math.asin,
    atan: Math.atan,
    ceil: Math.ceil,
    cos: Math.cos,
    cosh: Math.cosh,
    deg: (x) => x * (180 / Math.PI),
    exp: Math.exp,
    floor: Math.floor,
    log10: Math.log10,
    rad: (x) => x * (Math.PI / 180),
    sin: Math.sin,
    sinh: Math.sinh,
    sqrt: Math.sqrt,
    tan: Math.tan,
    tanh: Math.tanh,
  };
  for (const [name, compute] of Object.entries(functions)) {
    define(library, name, function (x) {
      return compute(
        typeof x === "number"
          ? x
          : checkNumber(state, passed(arguments.length, x), 0),
      );
    });
  }
}

function defineBinary(state: LuaState, library: LuaTable): void {
  const define = definer(state);
  const functions: Record<string, (x: number, y: number) => number> = {
    atan2: Math.atan2,
    fmod: (x, y) => x % y,
    pow: power,
  };
  for (const [name, compute] of Object.entries(functions)) {
    define(library, name, function (x, y) {
      if (typeof x === "number" && typeof y === "number") return compute(x, y);
      const args = passed(arguments.length, x, y);
      return compute(checkNumber(state, args, 0), checkNumber(state, args, 1));
    });
  }
}

function defineRandom(state: LuaState, library: LuaTable): void {
  const define = definer(state);
  const random = new Random(0);
  define(library, "randomseed", (...args) => {
    random.seed(checkNumber(state, args, 0));
    return NOTHING;
  });
  define(library, "random", (...args: LuaValue[]) => {
    const value = random.next();
    if (args.length === 0) return value;
    const low = checkNumber(state, args, 0);
    if (args.length === 1) return Math.floor(value * low) + 1;
    const high = checkNumber(state, args, 1);
    return Math.floor(value * (high - low + 1)) + low;
  });
}

/** The exponent of ldexp: huge ones keep their sign. */
function exponentOf(value: number): number {
  if (value > 1e6) return 1000000;
  if (value < -1e6) return -1000000;
  return toInt32(value);
}

const bits = new DataView(new ArrayBuffer(8));

/** Splits a number into a fraction in [0.5, 1) and a power of two. */
function splitFloat(value: number): [fraction: number, exponent: number] {
  if (value === 0 || !Number.isFinite(value)) return [value, 0];
  let exponent = 0;
  if (Math.abs(value) < 2 ** -1022) {
    value *= 2 ** 60;
    exponent = -60;
  }
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  exponent += ((high >>> 20) & 0x7ff) - 1022;
  bits.setUint32(0, (high & 0x800fffff) | (1022 << 20));
  return [bits.getFloat64(0), exponent];
}
