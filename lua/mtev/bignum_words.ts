/**
 * `crypto.bignum` with integers of Lua: words, single bits, the sign, and random
 * numbers.
 * Specification: mtev-lua-api.md §11.6.
 */
import {
  clearBit,
  isBitSet,
  magnitude,
  maskBits,
  randomBelow,
  randomBits,
  setBit,
} from "../../runtime/crypto/big_integer.ts";
import {
  assign,
  type BigNum,
  bigNumMethods,
  checkBigNum,
  checkReceiver,
  checkSmallInteger,
} from "../bignum.ts";
import { definer } from "../define.ts";
import { NOTHING } from "../host.ts";
import { isTruthy, type LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** What functions on words return in place of a remainder by zero. */
const NO_WORD = -1;

/** Adds the methods to the class. */
export function install(context: MtevContext): void {
  const { state } = context;
  const define = definer(state);
  const methods = bigNumMethods(state);
  /** A method that stores what it calculates of the receiver and a word. */
  const storesWith = (
    calculate: (value: bigint, word: bigint) => bigint | undefined,
  ) =>
  (...args: LuaValue[]): number => {
    const self = checkReceiver(state, args, 1);
    const word = checkWord(args);
    return assign(self, () => calculate(self.value, word));
  };

  /** A method that stores what it calculates of the receiver and a bit. */
  const storesBit = (
    calculate: (value: bigint, bit: number) => bigint | undefined,
  ) =>
  (...args: LuaValue[]): number => {
    const self = checkReceiver(state, args, 1);
    const bit = checkSmallInteger(state, args, 1);
    return assign(self, () => calculate(self.value, bit));
  };

  /** A machine word: C takes a negative integer for a great one. */
  function checkWord(args: readonly LuaValue[]): bigint {
    return BigInt.asUintN(64, BigInt(checkSmallInteger(state, args, 1)));
  }

  /**
   * @lua status = bignum:set_word(w)
   * Stores an integer.
   * @param w integer: an integer from 0 on
   * @return integer: 1
   * @suspends no
   * @example local n = mtev.bignum_new() n:set_word(5) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "set_word", storesWith((_, word) => word));

  /**
   * @lua status = bignum:add_word(w)
   * Adds an integer.
   * @param w integer: an integer from 0 on
   * @return integer: 1
   * @suspends no
   * @example local n = mtev.bignum_new(5) n:add_word(2) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "add_word", storesWith((value, word) => value + word));

  /**
   * @lua status = bignum:sub_word(w)
   * Subtracts an integer.
   * @param w integer: an integer from 0 on
   * @return integer: 1
   * @suspends no
   * @example local n = mtev.bignum_new(5) n:sub_word(2) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "sub_word", storesWith((value, word) => value - word));

  /**
   * @lua status = bignum:mul_word(w)
   * Multiplies with an integer.
   * @param w integer: an integer from 0 on
   * @return integer: 1
   * @suspends no
   * @example local n = mtev.bignum_new(5) n:mul_word(2) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mul_word", storesWith((value, word) => value * word));

  /**
   * @lua value = bignum:get_word()
   * The magnitude as an integer of Lua.
   * @return integer: exact below 2^53; -1 from 2^64 on
   * @suspends no
   * @example print(mtev.bignum_new(5):get_word()) -- 5
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "get_word", (...args) => {
    const size = magnitude(checkReceiver(state, args, 0).value);
    return size < 1n << 64n ? Number(BigInt.asIntN(64, size)) : NO_WORD;
  });

  /**
   * @lua remainder = bignum:mod_word(w)
   * The remainder of the magnitude divided by an integer.
   * @param w integer: an integer from 0 on
   * @return integer: the remainder, or -1 for a division by zero
   * @suspends no
   * @example print(mtev.bignum_new(17):mod_word(5)) -- 2
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mod_word", (...args) => {
    const size = magnitude(checkReceiver(state, args, 1).value);
    const word = checkWord(args);
    return word === 0n ? NO_WORD : Number(size % word);
  });

  /**
   * @lua remainder = bignum:div_word(w)
   * Divides by an integer, rounding toward zero.
   * @param w integer: an integer from 0 on
   * @return integer: the remainder of the magnitude, or -1 for a division by zero; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new(17) print(n:div_word(5), n) -- 2 3
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "div_word", (...args) => {
    const self = checkReceiver(state, args, 1);
    const word = checkWord(args);
    if (word === 0n) return NO_WORD;
    const rest = magnitude(self.value) % word;
    self.value /= word;
    return Number(rest);
  });

  /**
   * @lua set = bignum:is_bit_set(n)
   * Tells whether a bit of the magnitude is set.
   * @param n integer: which bit; 0 is the lowest
   * @return integer: 1 or 0
   * @suspends no
   * @example print(mtev.bignum_new(5):is_bit_set(2)) -- 1
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "is_bit_set", (...args) => {
    const { value } = checkReceiver(state, args, 1);
    return isBitSet(value, checkSmallInteger(state, args, 1)) ? 1 : 0;
  });

  /**
   * @lua status = bignum:set_bit(n)
   * Sets a bit of the magnitude.
   * @param n integer: which bit; 0 is the lowest
   * @return integer: 1, or 0 for a negative bit
   * @suspends no
   * @example local n = mtev.bignum_new() n:set_bit(100) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "set_bit", storesBit(setBit));

  /**
   * @lua status = bignum:clear_bit(n)
   * Clears a bit of the magnitude.
   * @param n integer: which bit; 0 is the lowest
   * @return integer: 1, or 0 for a bit beyond the last of the number's 64-bit words
   * @suspends no
   * @example local n = mtev.bignum_new(5) n:clear_bit(0) print(n) -- 4
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "clear_bit", storesBit(clearBit));

  /**
   * @lua status = bignum:mask_bits(n)
   * Keeps the lowest bits of the magnitude.
   * @param n integer: how many
   * @return integer: 1, or 0 for more bits than the number's 64-bit words have
   * @suspends no
   * @example local n = mtev.bignum_new(255) n:mask_bits(4) print(n) -- 15
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mask_bits", storesBit(maskBits));

  /**
   * @lua negative = bignum:is_negative()
   * Tells whether the number is below zero.
   * @return boolean: whether it is
   * @suspends no
   * @example print(mtev.bignum_dec2bn("-5"):is_negative()) -- true
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(
    methods,
    "is_negative",
    (...args) => checkReceiver(state, args, 0).value < 0n,
  );

  /**
   * @lua bignum:set_negative(n)
   * Gives the number a sign. Zero has none.
   * @param n integer: 0 for a positive number, anything else for a negative one; a boolean does too
   * @suspends no
   * @example local n = mtev.bignum_new(5) n:set_negative(1) print(n) -- -5
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "set_negative", (...args) => {
    const self: BigNum = checkReceiver(state, args, 1);
    const negative = typeof args[1] === "boolean"
      ? isTruthy(args[1])
      : checkSmallInteger(state, args, 1) !== 0;
    const size = magnitude(self.value);
    self.value = negative ? -size : size;
    return NOTHING;
  });

  /**
   * @lua status = bignum:rand(bits, top, bottom)
   * Stores a random number, good enough for keys.
   * @param bits integer: how many bits it has at most
   * @param top integer: -1 for any number, 0 to set its highest bit, 1 to set the two highest
   * @param bottom integer: anything but 0 makes it odd
   * @return integer: 1, or 0 if there is no such number
   * @suspends no
   * @example local n = mtev.bignum_new() n:rand(128, 0, 0) print(n:num_bits()) -- 128
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "rand", (...args) => {
    const self = checkReceiver(state, args, 3);
    const [bits, top, bottom] = [1, 2, 3].map((index) =>
      checkSmallInteger(state, args, index)
    ) as [number, number, number];
    return assign(self, () => randomBits(bits, top, bottom !== 0));
  });

  /**
   * @lua status = bignum:rand_range(range)
   * Stores a random number from 0 to range - 1, good enough for keys.
   * @param range crypto.bignum: one more than the greatest number wanted
   * @return integer: 1, or 0 unless `range` is positive
   * @suspends no
   * @example local n = mtev.bignum_new() n:rand_range(mtev.bignum_new(6)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "rand_range", (...args) => {
    const self = checkReceiver(state, args, 1);
    const range = checkBigNum(state, args, 1).value;
    return assign(self, () => randomBelow(range));
  });
}
