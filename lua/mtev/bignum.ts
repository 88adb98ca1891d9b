/**
 * Integers of any size: constructors, formats, comparisons. The class is in
 * lua/bignum.ts.
 * Specification: mtev-lua-api.md §11.6.
 */
import { bitLength, magnitude } from "../../runtime/crypto/big_integer.ts";
import {
  formatHexadecimal,
  formatMagnitude,
  formatMpi,
  parseDecimal,
  parseHexadecimal,
  parseMagnitude,
  parseMpi,
} from "../../runtime/crypto/big_integer_format.ts";
import { raise, toNumberArgument, toStringArgument } from "../args.ts";
import {
  bigNumMethods,
  checkBigNum,
  checkReceiver,
  newBigNum,
} from "../bignum.ts";
import { definer } from "../define.ts";
import { NOTHING } from "../host.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`, and these methods to the class. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);
  const methods = bigNumMethods(state);
  /** A constructor that reads a string; what cannot be read gives nil. */
  const reads = (parse: (text: string) => bigint | undefined) =>
  (
    ...args: LuaValue[]
  ): LuaValue => {
    const text = args.length === 1 ? toStringArgument(args[0]) : undefined;
    const value = text === undefined ? undefined : parse(text);
    return value === undefined ? undefined : newBigNum(state, value);
  };

  /** A method without arguments that tells something of the receiver. */
  const tells = <T extends LuaValue>(tell: (value: bigint) => T) =>
  (
    ...args: LuaValue[]
  ): T => tell(checkReceiver(state, args, 0).value);

  /** A method that compares the receiver with another number. */
  const compares = (key: (value: bigint) => bigint) =>
  (
    ...args: LuaValue[]
  ): number => {
    const a = key(checkReceiver(state, args, 1).value);
    const b = key(checkBigNum(state, args, 1).value);
    return a < b ? -1 : a > b ? 1 : 0;
  };

  /**
   * @lua number = mtev.bignum_new(value)
   * Makes an integer of any size. Such numbers have the operators `+ - * / %
   * ^` (the right operand may be an integer of Lua from 0 on; `/` rounds
   * toward zero, `%` has the sign of the left operand), comparisons with one
   * another, and `tostring`. Their methods store results in the number that
   * they are called on.
   * @param value? integer: 0 by default
   * @return crypto.bignum: the number
   * @error `bignum_new require no argument or an integer`
   * @error `bignum.__div failed` for a division by zero; likewise `__mod`, and `__pow` where memory does not suffice
   * @suspends no
   * @example print(mtev.bignum_new(2) ^ 100)
   * @source mtev-lua-api.md §11.6
   * @compat differs: operators without a result, such as a division by zero, raise an error
   */
  define(mtev, "bignum_new", (...args) => {
    const value = args.length === 0 ? 0 : toNumberArgument(args[0]);
    if (args.length > 1 || value === undefined || !Number.isFinite(value)) {
      raise(state, "bignum_new require no argument or an integer");
    }
    return newBigNum(state, BigInt(Math.trunc(value)));
  });

  /**
   * @lua number = mtev.bignum_dec2bn(text)
   * Reads a number from decimal digits, up to the first other character.
   * @param text string: digits, after `-` perhaps
   * @return crypto.bignum: the number, or nil if there is no digit
   * @suspends no
   * @example print(mtev.bignum_dec2bn("123456789012345678901234567890"))
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(mtev, "bignum_dec2bn", reads(parseDecimal));

  /**
   * @lua number = mtev.bignum_hex2bn(text)
   * Reads a number from hexadecimal digits, up to the first other character.
   * @param text string: digits, after `-` perhaps
   * @return crypto.bignum: the number, or nil if there is no digit
   * @suspends no
   * @example print(mtev.bignum_hex2bn("ff")) -- 255
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(mtev, "bignum_hex2bn", reads(parseHexadecimal));

  /**
   * @lua number = mtev.bignum_bin2bn(bytes)
   * Reads a number from the bytes of its magnitude, most significant first.
   * @param bytes string: the bytes
   * @return crypto.bignum: the number, or nil without a string
   * @suspends no
   * @example print(mtev.bignum_bin2bn("\1\0")) -- 256
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(mtev, "bignum_bin2bn", reads(parseMagnitude));

  /**
   * @lua number = mtev.bignum_mpi2bn(bytes)
   * Reads a number from OpenSSL's MPI format: four bytes of length, then the
   * magnitude with the sign in its first bit.
   * @param bytes string: the bytes
   * @return crypto.bignum: the number, or nil if the length is wrong
   * @suspends no
   * @example print(mtev.bignum_mpi2bn(mtev.bignum_new(5):tompi())) -- 5
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(mtev, "bignum_mpi2bn", reads(parseMpi));

  /**
   * @lua bytes = bignum:tobin()
   * The bytes of the magnitude, most significant first.
   * @return string: the bytes; none for zero
   * @suspends no
   * @example print(#mtev.bignum_new(256):tobin()) -- 2
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "tobin", tells(formatMagnitude));

  /**
   * @lua bytes = bignum:tompi()
   * The number in OpenSSL's MPI format, see `mtev.bignum_mpi2bn`.
   * @return string: the bytes
   * @suspends no
   * @example print(#mtev.bignum_new(256):tompi()) -- 6
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "tompi", tells(formatMpi));

  /**
   * @lua text = bignum:tohex()
   * The number in hexadecimal.
   * @return string: upper-case digits, an even number of them but for `0`
   * @suspends no
   * @example print(mtev.bignum_new(255):tohex()) -- FF
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "tohex", tells(formatHexadecimal));

  /**
   * @lua text = bignum:todec()
   * The number in decimal.
   * @return string: the digits
   * @suspends no
   * @example print(mtev.bignum_new(255):todec()) -- 255
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "todec", tells(String));

  /**
   * @lua count = bignum:num_bits()
   * The number of bits of the magnitude.
   * @return integer: 0 for zero
   * @suspends no
   * @example print(mtev.bignum_new(255):num_bits()) -- 8
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "num_bits", tells(bitLength));

  /**
   * @lua count = bignum:num_bytes()
   * The number of bytes of the magnitude.
   * @return integer: 0 for zero
   * @suspends no
   * @example print(mtev.bignum_new(256):num_bytes()) -- 2
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(
    methods,
    "num_bytes",
    tells((value) => Math.ceil(bitLength(value) / 8)),
  );

  /**
   * @lua copy = bignum:dup()
   * Makes another number with the same value.
   * @return crypto.bignum: the new number
   * @suspends no
   * @example local copy = mtev.bignum_new(5):dup()
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "dup", tells((value) => newBigNum(state, value)));

  /**
   * @lua status = bignum:copy(a)
   * Stores the value of another number.
   * @param a crypto.bignum: the other number
   * @return integer: 1
   * @suspends no
   * @example local n = mtev.bignum_new() n:copy(mtev.bignum_new(5)) print(n) -- 5
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "copy", (...args) => {
    const self = checkReceiver(state, args, 1);
    self.value = checkBigNum(state, args, 1).value;
    return 1;
  });

  /**
   * @lua bignum:swap(a)
   * Swaps the values of two numbers.
   * @param a crypto.bignum: the other number
   * @suspends no
   * @example local n, m = mtev.bignum_new(1), mtev.bignum_new(2) n:swap(m) print(n, m) -- 2 1
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "swap", (...args) => {
    const self = checkReceiver(state, args, 1);
    const other = checkBigNum(state, args, 1);
    [self.value, other.value] = [other.value, self.value];
    return NOTHING;
  });

  /**
   * @lua order = bignum:cmp(a)
   * Compares the number with another one.
   * @param a crypto.bignum: the other number
   * @return integer: -1, 0 or 1 if the number is less, equal or greater
   * @suspends no
   * @example print(mtev.bignum_new(1):cmp(mtev.bignum_new(2))) -- -1
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "cmp", compares((value) => value));

  /**
   * @lua order = bignum:ucmp(a)
   * Compares the magnitude with that of another number.
   * @param a crypto.bignum: the other number
   * @return integer: -1, 0 or 1 if the number is less, equal or greater
   * @suspends no
   * @example print(mtev.bignum_new(1):ucmp(mtev.bignum_new(2))) -- -1
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "ucmp", compares(magnitude));
}
