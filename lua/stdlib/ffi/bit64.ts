/** The functions of `bit` with 64-bit operands. */
import {
  type Args,
  argumentError,
  checkInt32,
  checkNumber,
  optional,
} from "../../args.ts";
import type { LuaState } from "../../host.ts";
import type { LuaValue } from "../../value.ts";
import { Cdata, type Home, Scalar } from "./cdata.ts";
import { nameOf } from "./convert.ts";
import { INT64, UINT64 } from "./ctype.ts";
import { scalarOf, toInteger64 } from "./scalars.ts";

const MOST_DIGITS = 254;

/** Computes `bit[name](…)`; one of the operands is cdata. */
export function bitOperation64(
  home: Home,
  state: LuaState,
  name: string,
  args: Args,
): LuaValue {
  const all = name === "band" || name === "bor" || name === "bxor";
  const unsigned = (all ? args : args.slice(0, 1)).some((value) =>
    value instanceof Scalar && value.type.kind === "int" &&
    value.type.size === 8 && !value.type.signed
  );
  const x = operand(state, args, 0);
  if (name === "tobit") return Number(BigInt.asIntN(32, x));
  if (name === "tohex") return hexadecimal(state, x, args);
  const result = all
    ? args.slice(1).reduce<bigint>((sum, _, i) => {
      const y = operand(state, args, i + 1);
      return name === "band" ? sum & y : name === "bor" ? sum | y : sum ^ y;
    }, x)
    : name === "bnot"
    ? ~x
    : name === "bswap"
    ? swapped(x)
    : shifted(name, x, operand(state, args, 1) & 63n);
  return unsigned
    ? new Scalar(home, UINT64, BigInt.asUintN(64, result))
    : new Scalar(home, INT64, BigInt.asIntN(64, result));
}

function operand(state: LuaState, args: Args, index: number): bigint {
  const value = args[index];
  if (!(value instanceof Cdata)) {
    return toInteger64(checkNumber(state, args, index), false);
  }
  const scalar = scalarOf(value);
  return scalar === undefined
    ? argumentError(
      state,
      index,
      `cannot convert '${nameOf(value)}' to 'int64_t'`,
    )
    : toInteger64(scalar, false);
}

function swapped(x: bigint): bigint {
  let result = 0n;
  for (let i = 0n; i < 64n; i += 8n) result = result << 8n | x >> i & 0xffn;
  return result;
}

function shifted(name: string, x: bigint, count: bigint): bigint {
  switch (name) {
    case "lshift":
      return x << count;
    case "rshift":
      return x >> count;
    case "arshift":
      return BigInt.asIntN(64, x) >> count;
    case "rol":
      return x << count | x >> (64n - count);
  }
  return x >> count | x << (64n - count);
}

function hexadecimal(state: LuaState, x: bigint, args: Args): string {
  const digits = optional(checkInt32, state, args, 1, 16);
  const count = Math.min(Math.abs(digits), MOST_DIGITS);
  const text = count === 0
    ? ""
    : x.toString(16).padStart(Math.max(count, 16), "0").slice(-count);
  return digits < 0 ? text.toUpperCase() : text;
}
