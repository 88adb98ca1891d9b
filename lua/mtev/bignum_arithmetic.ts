/**
 * Arithmetic of `crypto.bignum` with other numbers, also modulo a number. The
 * arithmetic itself is in runtime/crypto/big_integer.ts.
 * Specification: mtev-lua-api.md §11.6.
 */
import {
  greatestCommonDivisor,
  magnitude,
  modularInverse,
  modularPower,
  modularSquareRoot,
  modulo,
  power,
} from "../../runtime/crypto/big_integer.ts";
import {
  assign,
  bigNumMethods,
  checkBigNum,
  checkReceiver,
} from "../bignum.ts";
import { definer } from "../define.ts";
import type { LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the methods to the class. */
export function install(context: MtevContext): void {
  const { state } = context;
  const define = definer(state);
  const methods = bigNumMethods(state);
  type Calculation = (...numbers: bigint[]) => bigint | undefined;

  /** A method that stores what it calculates of other numbers. */
  const stores = (count: number, calculate: Calculation) =>
  (
    ...args: LuaValue[]
  ): number => {
    const self = checkReceiver(state, args, count);
    const numbers = args.slice(1).map((_, index) =>
      checkBigNum(state, args, index + 1).value
    );
    return assign(self, () => calculate(...numbers));
  };

  /**
   * @lua status = bignum:add(a, b)
   * Stores a + b.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:add(mtev.bignum_new(7), mtev.bignum_new(5)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "add", stores(2, (a, b) => a + b));

  /**
   * @lua status = bignum:sub(a, b)
   * Stores a - b.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:sub(mtev.bignum_new(7), mtev.bignum_new(5)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "sub", stores(2, (a, b) => a - b));

  /**
   * @lua status = bignum:uadd(a, b)
   * Stores the sum of the magnitudes.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:uadd(mtev.bignum_new(7), mtev.bignum_new(5)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "uadd", stores(2, (a, b) => magnitude(a) + magnitude(b)));

  /**
   * @lua status = bignum:usub(a, b)
   * Stores the difference of the magnitudes. There is none if that of `b` is
   * greater.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:usub(mtev.bignum_new(7), mtev.bignum_new(5)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat differs: stores nothing where libmtev stores a meaningless number
   */
  define(
    methods,
    "usub",
    stores(
      2,
      (a, b) =>
        magnitude(a) < magnitude(b) ? undefined : magnitude(a) - magnitude(b),
    ),
  );

  /**
   * @lua status = bignum:mul(a, b)
   * Stores a · b.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mul(mtev.bignum_new(7), mtev.bignum_new(5)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mul", stores(2, (a, b) => a * b));

  /**
   * @lua status = bignum:sqr(a)
   * Stores a².
   * @param a crypto.bignum: a number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:sqr(mtev.bignum_new(7)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "sqr", stores(1, (a) => a * a));

  /**
   * @lua status = bignum:exp(a, p)
   * Stores a to the power of p, whose sign does not matter.
   * @param a crypto.bignum: a number
   * @param p crypto.bignum: the exponent
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:exp(mtev.bignum_new(7), mtev.bignum_new(3)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "exp", stores(2, power));

  /**
   * @lua status = bignum:gcd(a, b)
   * Stores the greatest common divisor.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:gcd(mtev.bignum_new(7), mtev.bignum_new(5)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "gcd", stores(2, greatestCommonDivisor));

  /**
   * @lua status = bignum:lshift1(a)
   * Stores 2 · a.
   * @param a crypto.bignum: a number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:lshift1(mtev.bignum_new(7)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "lshift1", stores(1, (a) => a * 2n));

  /**
   * @lua status = bignum:rshift1(a)
   * Stores a / 2, rounded toward zero.
   * @param a crypto.bignum: a number
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:rshift1(mtev.bignum_new(7)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "rshift1", stores(1, (a) => a / 2n));

  /**
   * @lua status = bignum:mod(a, m)
   * Stores the remainder of a / m, which has the sign of `a`.
   * @param a crypto.bignum: a number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod(mtev.bignum_new(7), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mod", stores(2, (a, m) => m === 0n ? undefined : a % m));

  /**
   * @lua status = bignum:nnmod(a, m)
   * Stores the remainder of a / m that is not negative.
   * @param a crypto.bignum: a number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:nnmod(mtev.bignum_new(7), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "nnmod", stores(2, modulo));

  /**
   * @lua status = bignum:mod_add(a, b, m)
   * Stores a + b modulo m, not negative.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_add(mtev.bignum_new(7), mtev.bignum_new(5), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mod_add", stores(3, (a, b, m) => modulo(a + b, m)));

  /**
   * @lua status = bignum:mod_add_quick(a, b, m)
   * Stores a + b modulo m, for `a` and `b` from 0 to m - 1.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_add_quick(mtev.bignum_new(7), mtev.bignum_new(5), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat differs: also right for `a` and `b` out of their range
   */
  define(methods, "mod_add_quick", stores(3, (a, b, m) => modulo(a + b, m)));

  /**
   * @lua status = bignum:mod_sub(a, b, m)
   * Stores a - b modulo m, not negative.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_sub(mtev.bignum_new(7), mtev.bignum_new(5), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mod_sub", stores(3, (a, b, m) => modulo(a - b, m)));

  /**
   * @lua status = bignum:mod_sub_quick(a, b, m)
   * Stores a - b modulo m, for `a` and `b` from 0 to m - 1.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_sub_quick(mtev.bignum_new(7), mtev.bignum_new(5), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat differs: also right for `a` and `b` out of their range
   */
  define(methods, "mod_sub_quick", stores(3, (a, b, m) => modulo(a - b, m)));

  /**
   * @lua status = bignum:mod_mul(a, b, m)
   * Stores a · b modulo m, not negative.
   * @param a crypto.bignum: a number
   * @param b crypto.bignum: another number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_mul(mtev.bignum_new(7), mtev.bignum_new(5), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mod_mul", stores(3, (a, b, m) => modulo(a * b, m)));

  /**
   * @lua status = bignum:mod_sqr(a, m)
   * Stores a² modulo m.
   * @param a crypto.bignum: a number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_sqr(mtev.bignum_new(7), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat differs: takes the modulus; libmtev crashes for want of it
   */
  define(methods, "mod_sqr", stores(2, (a, m) => modulo(a * a, m)));

  /**
   * @lua status = bignum:mod_exp(a, p, m)
   * Stores a to the power of p, modulo m. The sign of `p` does not matter.
   * @param a crypto.bignum: a number
   * @param p crypto.bignum: the exponent
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_exp(mtev.bignum_new(7), mtev.bignum_new(3), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mod_exp", stores(3, modularPower));

  /**
   * @lua status = bignum:mod_exp_simple(a, p, m)
   * The same as `mod_exp`.
   * @param a crypto.bignum: a number
   * @param p crypto.bignum: the exponent
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_exp_simple(mtev.bignum_new(7), mtev.bignum_new(3), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mod_exp_simple", stores(3, modularPower));

  /**
   * @lua status = bignum:mod_lshift1(a, m)
   * Stores 2 · a modulo m, not negative.
   * @param a crypto.bignum: a number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_lshift1(mtev.bignum_new(7), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat differs: stores nothing where there is no result
   */
  define(methods, "mod_lshift1", stores(2, (a, m) => modulo(a * 2n, m)));

  /**
   * @lua status = bignum:mod_lshift1_quick(a, m)
   * Stores 2 · a modulo m, for `a` from 0 to m - 1.
   * @param a crypto.bignum: a number
   * @param m crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_lshift1_quick(mtev.bignum_new(7), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat differs: also right for `a` out of its range
   */
  define(methods, "mod_lshift1_quick", stores(2, (a, m) => modulo(a * 2n, m)));

  /**
   * @lua status = bignum:mod_inverse(a, n)
   * Stores the number whose product with `a` is 1 modulo n. There is none if
   * they have a common divisor.
   * @param a crypto.bignum: a number
   * @param n crypto.bignum: the modulus
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_inverse(mtev.bignum_new(7), mtev.bignum_new(11)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "mod_inverse", stores(2, modularInverse));

  /**
   * @lua status = bignum:mod_sqrt(a, p)
   * Stores a number whose square is `a` modulo the prime p. There is none for
   * half of all numbers.
   * @param a crypto.bignum: a number
   * @param p crypto.bignum: a prime
   * @return integer: 1, or 0 if there is no result; then nothing changes
   * @suspends no
   * @example local n = mtev.bignum_new() n:mod_sqrt(mtev.bignum_new(7), mtev.bignum_new(3)) print(n)
   * @source mtev-lua-api.md §11.6
   * @compat differs: stores nothing where there is no result
   */
  define(methods, "mod_sqrt", stores(2, modularSquareRoot));

  /**
   * @lua status = bignum:div(rem, a, d)
   * Stores a / d, rounded toward zero, and the remainder in another number.
   * @param rem crypto.bignum: receives the remainder
   * @param a crypto.bignum: a number
   * @param d crypto.bignum: the divisor
   * @return integer: 1, or 0 for a division by zero; then nothing changes
   * @suspends no
   * @example local q, r = mtev.bignum_new(), mtev.bignum_new() q:div(r, mtev.bignum_new(17), mtev.bignum_new(5)) print(q, r)
   * @source mtev-lua-api.md §11.6
   * @compat same
   */
  define(methods, "div", (...args) => {
    const self = checkReceiver(state, args, 3);
    const rest = checkBigNum(state, args, 1);
    const a = checkBigNum(state, args, 2).value;
    const d = checkBigNum(state, args, 3).value;
    if (d === 0n) return 0;
    self.value = a / d;
    rest.value = a % d;
    return 1;
  });
}
