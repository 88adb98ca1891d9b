/**
 * The `crypto.bignum` userdata: integers of any size, their operators, and the
 * checks that its methods share. The methods are in lua/mtev/bignum.ts and the
 * files beside it. Specification: mtev-lua-api.md §11.6.
 *
 * As in OpenSSL a number is a variable: arithmetic methods store their result
 * in the receiver. Operators make new numbers.
 */
import { power } from "../runtime/crypto/big_integer.ts";
import { type Args, raise, toNumberArgument } from "./args.ts";
import type { LuaState } from "./host.ts";
import { methodMetatable } from "./methods.ts";
import {
  type LuaTable,
  LuaUserdata,
  type LuaValue,
  typeName,
} from "./value.ts";

/** An integer variable. */
export class BigNum extends LuaUserdata {
  constructor(metatable: LuaTable, public value: bigint) {
    super(metatable);
  }
}

interface BigNumClass {
  readonly metatable: LuaTable;
  readonly methods: LuaTable;
}

const classes = new WeakMap<LuaState, BigNumClass>();

function classOf(state: LuaState): BigNumClass {
  let made = classes.get(state);
  if (made === undefined) {
    const methods = state.newTable();
    const metatable = methodMetatable(state, "crypto.bignum", methods);
    addOperators(state, metatable);
    classes.set(state, made = { metatable, methods });
  }
  return made;
}

/** The table of the methods of a state's numbers. */
export function bigNumMethods(state: LuaState): LuaTable {
  return classOf(state).methods;
}

/** Makes a number. */
export function newBigNum(state: LuaState, value: bigint): BigNum {
  return new BigNum(classOf(state).metatable, value);
}

/**
 * The number that a method was called on.
 *
 * @param count How many arguments the method takes
 */
export function checkReceiver(
  state: LuaState,
  args: Args,
  count: number,
): BigNum {
  const [self] = args;
  if (!(self instanceof BigNum)) raise(state, "must be called as method");
  if (args.length !== count + 1) {
    raise(state, `must be called with ${count} arguments`);
  }
  return self;
}

/** A number argument. */
export function checkBigNum(
  state: LuaState,
  args: Args,
  index: number,
): BigNum {
  const value = args[index];
  if (value instanceof BigNum) return value;
  raise(state, "arguments must be crypto.bignum");
}

/** An argument that is an integer of Lua, its fraction cut off. */
export function checkSmallInteger(
  state: LuaState,
  args: Args,
  index: number,
): number {
  const value = Math.trunc(toNumberArgument(args[index]) ?? NaN);
  if (!Number.isFinite(value)) raise(state, "arguments must be integers");
  return value;
}

/**
 * Stores a result in the receiver of an arithmetic method.
 *
 * @returns What such methods return: 1, or 0 where there is no result and the
 *   receiver stays as it was
 */
export function assign(
  target: BigNum,
  calculate: () => bigint | undefined,
): number {
  let result: bigint | undefined;
  try {
    result = calculate();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // too long for memory
  }
  if (result === undefined) return 0;
  target.value = result;
  return 1;
}

type Operator = (a: bigint, b: bigint) => bigint | undefined;

function addOperators(state: LuaState, metatable: LuaTable): void {
  /** The left operand: always a number of this kind. */
  function left(args: Args, name: string, index = 0): bigint {
    const value = args[index];
    return value instanceof BigNum
      ? value.value
      : wrongOperand(args, name, index);
  }

  /** The right operand: also an integer of Lua that is not negative. */
  function right(args: Args, name: string): bigint {
    const value = args[1];
    if (value instanceof BigNum) return value.value;
    const number = Math.trunc(toNumberArgument(value) ?? NaN);
    return number >= 0 && number < Infinity
      ? BigInt(number)
      : wrongOperand(args, name, 1);
  }

  function wrongOperand(args: Args, name: string, index: number): never {
    raise(
      state,
      `bad argument #${index + 1} to '${name}' (crypto.bignum expected, got ${
        typeName(args[index])
      })`,
    );
  }

  function arithmetic(name: string, operator: Operator): void {
    metatable.set(
      name,
      state.newFunction(name, (...args: LuaValue[]) => {
        if (args.length !== 2) {
          raise(state, `bignum.${name} called with wrong args`);
        }
        const result = new BigNum(metatable, 0n);
        const a = left(args, name), b = right(args, name);
        if (assign(result, () => operator(a, b)) === 1) return result;
        raise(state, `bignum.${name} failed`);
      }),
    );
  }

  function comparison(
    name: string,
    operator: (a: bigint, b: bigint) => boolean,
  ): void {
    metatable.set(
      name,
      state.newFunction(name, (...args: LuaValue[]) => {
        if (args.length !== 2) {
          raise(state, `bignum.${name} called with wrong args`);
        }
        return operator(left(args, name), left(args, name, 1));
      }),
    );
  }

  arithmetic("__add", (a, b) => a + b);
  arithmetic("__sub", (a, b) => a - b);
  arithmetic("__mul", (a, b) => a * b);
  arithmetic("__div", (a, b) => b === 0n ? undefined : a / b);
  arithmetic("__mod", (a, b) => b === 0n ? undefined : a % b);
  arithmetic("__pow", power);
  comparison("__eq", (a, b) => a === b);
  comparison("__lt", (a, b) => a < b);
  comparison("__le", (a, b) => a <= b);
  metatable.set(
    "__tostring",
    state.newFunction(
      "__tostring",
      (...args) => String(left(args, "__tostring")),
    ),
  );
}
