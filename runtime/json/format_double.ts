/**
 * Formats doubles as C's `%lf` does. Differs from `toFixed(6)` where that
 * rounds ties away from zero, and from 10^21 on, where it turns to exponents.
 */

/**
 * The decimal form of `value` with exactly six decimals, correctly rounded,
 * ties to even.
 *
 * @param value A finite number.
 * @returns For example `1.500000` or `-0.000000`.
 */
export function formatFixed6(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (size >= 1e21) return `${sign}${BigInt(size)}.000000`;
  // A tie at the seventh decimal is an odd multiple of 2^-7; from 2^46 on,
  // doubles are too far apart for one.
  if (size < 2 ** 46 && Math.abs(size * 128 % 2) === 1) {
    return sign + roundTie(size);
  }
  return sign + size.toFixed(6);
}

/** Rounds an odd multiple of 2^-7, below 2^46, to the even neighbour. */
function roundTie(size: number): string {
  const whole = Math.floor(size);
  let millionths = Math.floor((size - whole) * 1e6); // exact: 13 bits × 10^6
  millionths += millionths % 2;
  return `${whole + Math.floor(millionths / 1e6)}.${
    String(millionths % 1e6).padStart(6, "0")
  }`;
}
