/**
 * Doubles in hexadecimal, as C's `%a` prints them, without sign and `0x`.
 * Ties round away from zero, as LuaJIT does it.
 */

const MANTISSA_DIGITS = 13;
const bits = new DataView(new ArrayBuffer(8));

/**
 * Formats a finite number ≥ 0 as `1.8p+1`.
 *
 * @param precision Digits after the point; all that are needed if negative.
 * @param alternate Whether the point stays when no digit follows it.
 */
export function formatHexadecimalFloat(
  size: number,
  precision: number,
  alternate: boolean,
): string {
  let exponent = 0;
  let leading = 0n;
  let mantissa = 0n;
  if (size > 0) {
    let scaled = size;
    if (size < 2 ** -1022) { // LuaJIT normalises subnormal numbers
      scaled *= 2 ** 60;
      exponent -= 60;
    }
    bits.setFloat64(0, scaled);
    const raw = bits.getBigUint64(0);
    exponent += Number(raw >> 52n) - 1023;
    leading = 1n;
    mantissa = raw & 0xfffffffffffffn;
  }
  let digits: string;
  if (precision < 0) {
    digits = mantissa.toString(16).padStart(MANTISSA_DIGITS, "0")
      .replace(/0+$/, "");
  } else if (precision < MANTISSA_DIGITS) {
    const dropped = 4n * BigInt(MANTISSA_DIGITS - precision);
    const rounded = ((leading << 52n) + mantissa + (1n << (dropped - 1n))) >>
      dropped;
    leading = rounded >> BigInt(4 * precision);
    const kept = rounded & ((1n << BigInt(4 * precision)) - 1n);
    digits = precision === 0 ? "" : kept.toString(16).padStart(precision, "0");
  } else {
    digits = mantissa.toString(16).padStart(MANTISSA_DIGITS, "0")
      .padEnd(precision, "0");
  }
  const point = digits !== "" || alternate ? "." : "";
  const sign = exponent < 0 ? "" : "+";
  return `${leading}${point}${digits}p${sign}${exponent}`;
}
