/**
 * What texts of a configuration mean as numbers and booleans, as the C library
 * reads them. Specification: mtev-lua-api.md §14.1.
 */

const INTEGER = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|[0-9]+)/;
const NUMBER =
  /^[ \t\n\v\f\r]*([+-]?(?:inf(?:inity)?|nan|0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))/i;

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * A text as a 32-bit integer: hexadecimal behind `0x`, octal behind `0`; 0 when
 * it does not begin with a number. Of larger numbers the lower 32 bits count.
 */
export function confInteger(text: string): number {
  const match = INTEGER.exec(text);
  if (match === null) return 0;
  const [, sign, digits] = match;
  const octal = /^0[0-7]+/.exec(digits!)?.[0];
  const value = /^0[xX]/.test(digits!)
    ? BigInt(digits!)
    : octal !== undefined
    ? BigInt(`0o${octal}`)
    : digits!.startsWith("0")
    ? 0n
    : BigInt(digits!);
  return Number(BigInt.asIntN(32, clamp(sign === "-" ? -value : value)));
}

/** What C makes of a number that 64 bits cannot hold. */
function clamp(value: bigint): bigint {
  if (value > MAX_INT64) return MAX_INT64;
  return value < -MAX_INT64 ? -MAX_INT64 - 1n : value;
}

/** A text as a number of single precision; 0 when it does not begin with one. */
export function confNumber(text: string): number {
  const match = NUMBER.exec(text)?.[1]?.toLowerCase();
  if (match === undefined) return 0;
  if (match.includes("nan")) return NaN;
  if (match.includes("inf")) {
    return match.startsWith("-") ? -Infinity : Infinity;
  }
  const negative = match.startsWith("-");
  const value = Number(match.replace(/^[+-]/, ""));
  return Math.fround(negative ? -value : value);
}

/** Whether a text is `true` or `on`, in any case. */
export function confBoolean(text: string): boolean {
  return /^(?:true|on)$/i.test(text);
}
