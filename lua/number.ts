/**
 * Numbers as text, and back, as LuaJIT does it, and the two operations that C
 * and JavaScript do differently. Not `string.format`, which has its own file
 * in stdlib/. Numbers are always doubles.
 */

/** Formats `value` as `tostring` does (`%.14g`; `1e+15`, `-0`, `inf`, `nan`). */
export function formatNumber(value: number): string {
  const shortest = String(value);
  const size = value < 0 ? -value : value;
  // At most 14 digits and no exponent: `%.14g` gives the same.
  if (size < 1e14 && size >= 1e-4 && shortest.length <= 15) return shortest;
  if (value === 0) return 1 / value < 0 ? "-0" : "0";
  if (value !== value) return "nan";
  if (size === Infinity) return value < 0 ? "-inf" : "inf";
  // Ties round away from zero, in V8 as in LuaJIT.
  if (size < 1e13 && size >= 1e-4) return trimZeros(value.toPrecision(14));
  const [mantissa, exponentText] = value.toExponential(13).split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 14) {
    return trimZeros(value.toFixed(13 - exponent));
  }
  return trimZeros(mantissa!) + (exponent < 0 ? "e-" : "e+") +
    String(Math.abs(exponent)).padStart(2, "0");
}

function trimZeros(digits: string): string {
  let { length } = digits;
  if (digits.charCodeAt(length - 1) !== 0x30 || !digits.includes(".")) {
    return digits;
  }
  do length--; while (digits.charCodeAt(length - 1) === 0x30);
  if (digits.charCodeAt(length - 1) === 0x2e) length--;
  return digits.slice(0, length);
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const HEXADECIMAL =
  /^([-+]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?(?:[pP]([-+]?\d+))?$/;
const BINARY = /^([-+]?)0[bB]([01]+)$/;
const SPACE = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

/**
 * Converts text to a number as Lua's coercions and `tonumber` do: decimal,
 * hexadecimal (with fraction and binary exponent) or binary (`0b11`), `inf`
 * and `nan`, surrounded by white space.
 *
 * @returns The number, or `undefined` when the text is none.
 */
export function parseNumber(text: string): number | undefined {
  const plain = parsePlain(text);
  if (plain === plain) return plain;
  if (isNoStart(text.charCodeAt(0))) return undefined;
  if (DECIMAL.test(text)) return Number(text);
  const trimmed = text.replace(SPACE, "");
  if (DECIMAL.test(trimmed)) return Number(trimmed);
  const hexadecimal = HEXADECIMAL.exec(trimmed);
  if (hexadecimal !== null) return parseHexadecimal(hexadecimal);
  const binary = BINARY.exec(trimmed);
  if (binary !== null) {
    const value = Number("0b" + binary[2]);
    return binary[1] === "-" ? -value : value;
  }
  switch (trimmed.toLowerCase()) {
    case "inf":
    case "+inf":
    case "infinity":
    case "+infinity":
      return Infinity;
    case "-inf":
    case "-infinity":
      return -Infinity;
    case "nan":
    case "+nan":
    case "-nan":
      return NaN;
  }
  return undefined;
}

/** Whether no number begins with a character: letters but those of inf and nan. */
function isNoStart(code: number): boolean {
  return code > 0x39 && code !== 0x49 && code !== 0x4e && code !== 0x69 &&
    code !== 0x6e;
}

/** Digits that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/**
 * The number of a short decimal, as nearly all are, such as `-12.5`; nan for
 * other texts. The digits and the power are exact, so one division rounds once.
 */
function parsePlain(text: string): number {
  const { length } = text;
  if (length > EXACT_DIGITS + 2) return NaN;
  const isNegative = text.charCodeAt(0) === 0x2d;
  let value = 0, digits = 0, point = -1;
  for (let i = isNegative ? 1 : 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
    } else if (digit === -2 && point < 0) point = digits;
    else return NaN;
  }
  if (digits === 0 || digits > EXACT_DIGITS) return NaN;
  if (point >= 0) value /= POWERS[digits - point]!;
  return isNegative ? -value : value;
}

/** More hexadecimal digits than these only say whether to round up. */
const SIGNIFICANT_DIGITS = 20;

function parseHexadecimal(match: RegExpExecArray): number | undefined {
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  let digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return sign === "-" ? -0 : 0;
  let exponent = Number(exponentText) - 4 * fraction.length;
  if (digits.length > SIGNIFICANT_DIGITS) {
    const rest = digits.slice(SIGNIFICANT_DIGITS);
    exponent += 4 * rest.length;
    digits = digits.slice(0, SIGNIFICANT_DIGITS) + (/[^0]/.test(rest) ? 1 : 0);
    exponent -= 4;
  }
  // Through BigInt, so that long numerals round once, to nearest even.
  const value = scaleByPowerOf2(Number(BigInt("0x" + digits)), exponent);
  return sign === "-" ? -value : value;
}

/** `value * 2 ** exponent`, rounded once, for any integer exponent. */
export function scaleByPowerOf2(value: number, exponent: number): number {
  if (exponent > 1023) {
    if (exponent > 3200) exponent = 3200;
    for (; exponent > 1023; exponent -= 1023) value *= 2 ** 1023;
  } else if (exponent < -1022) {
    if (exponent < -3200) exponent = -3200;
    // The 53 bits stay clear of the subnormal range until the last step.
    for (; exponent < -1022; exponent += 969) value *= 2 ** -969;
  }
  return value * 2 ** exponent;
}

/** `base ^ exponent` as C's `pow` has it: 1 to whatever is 1. */
export function power(base: number, exponent: number): number {
  if (
    base === 1 ||
    (base === -1 && (exponent === Infinity || exponent === -Infinity))
  ) return 1;
  return base ** exponent;
}
