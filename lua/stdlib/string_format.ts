/**
 * `string.format`: C's conversions as LuaJIT prints them, exact to the digit.
 * Ties round away from zero, as in V8's toFixed and toExponential, and not to
 * even as in glibc; integers are 64 bits wide.
 *
 * Not `tostring`, which is formatNumber in lua/number.ts. Formats are parsed
 * once and kept.
 */
import {
  type Args,
  argumentError,
  checkInt32,
  checkNumber,
  raise,
} from "../args.ts";
import { LuaCdata } from "../cdata.ts";
import type { LuaState } from "../host.ts";
import { addressOf, type LuaValue } from "../value.ts";
import { formatHexadecimalFloat } from "./string_format_hexadecimal.ts";

/** One conversion, as `%-5.2f` asks for it. */
export interface Conversion {
  /** The letter, or `?` for what is no conversion. */
  readonly letter: string;
  /** The text from `%` on. */
  readonly text: string;
  readonly left: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  /** -1 when not given. */
  readonly precision: number;
}

type Part = string | Conversion;

const LETTERS = "diuxXocsqpeEfFgGaA";
const KEPT_FORMATS = 500;
const parsed = new Map<string, readonly Part[]>();

/**
 * Formats `args[1…]` as the format string `format` says.
 *
 * @throws {LuaError} `invalid option '%y' to 'format'`, `bad argument …`.
 */
export function formatString(
  state: LuaState,
  format: string,
  args: Args,
): string {
  let parts = parsed.get(format);
  if (parts === undefined) {
    if (parsed.size >= KEPT_FORMATS) parsed.clear();
    parsed.set(format, parts = parseFormat(format));
  }
  let result = "";
  let index = 0;
  for (const part of parts) {
    if (typeof part === "string") result += part;
    else if (part.letter === "?") {
      raise(state, `invalid option '${part.text}' to 'format'`);
    } else result += formatArgument(state, part, args, ++index);
  }
  return result;
}

function parseFormat(format: string): Part[] {
  const parts: Part[] = [];
  let literal = "";
  let position = 0;
  for (;;) {
    const start = format.indexOf("%", position);
    if (start < 0) break;
    literal += format.slice(position, start);
    if (format[start + 1] === "%") {
      literal += "%";
      position = start + 2;
      continue;
    }
    if (literal !== "") parts.push(literal);
    literal = "";
    const conversion = parseConversion(format, start);
    parts.push(conversion);
    position = start + conversion.text.length;
  }
  literal += format.slice(position);
  if (literal !== "") parts.push(literal);
  return parts;
}

const CONVERSION = /%([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?([^]?)/y;

function parseConversion(format: string, start: number): Conversion {
  CONVERSION.lastIndex = start;
  const match = CONVERSION.exec(format)!;
  const [text, flags = "", width, precision, letter = ""] = match;
  return {
    letter: letter !== "" && LETTERS.includes(letter) ? letter : "?",
    text,
    left: flags.includes("-"),
    plus: flags.includes("+"),
    space: flags.includes(" "),
    alternate: flags.includes("#"),
    zero: flags.includes("0"),
    width: Number(width),
    precision: precision === undefined ? -1 : Number(precision),
  };
}

function formatArgument(
  state: LuaState,
  conversion: Conversion,
  args: Args,
  index: number,
): string {
  if (index >= args.length) argumentError(state, index, "value expected");
  switch (conversion.letter) {
    case "s": {
      const text = state.tostring(args[index]);
      return conversion.text.length === 2 ? text : pad(
        conversion,
        conversion.precision < 0 ? text : text.slice(0, conversion.precision),
      );
    }
    case "d":
    case "i":
      return formatSigned(conversion, checkInteger64(state, args, index));
    case "u":
    case "x":
    case "X":
    case "o":
      return formatUnsigned(conversion, checkInteger64(state, args, index));
    case "c":
      return pad(
        conversion,
        String.fromCharCode(checkInt32(state, args, index) & 255),
      );
    case "q":
      return quote(state.tostring(args[index]));
    case "p":
      return formatAddress(conversion, args[index]);
    default:
      return formatFloat(conversion, checkNumber(state, args, index));
  }
}

/** Fills with blanks up to the width. */
function pad(conversion: Conversion, text: string): string {
  return conversion.left
    ? text.padEnd(conversion.width)
    : text.padStart(conversion.width);
}

/** Fills up to the width, with zeros after the prefix if `zero` says so. */
function padNumber(
  conversion: Conversion,
  prefix: string,
  digits: string,
  zero: boolean,
): string {
  if (zero && !conversion.left) {
    return prefix + digits.padStart(conversion.width - prefix.length, "0");
  }
  return pad(conversion, prefix + digits);
}

/** A number, or a 64-bit integer of the library `ffi`. */
function checkInteger64(
  state: LuaState,
  args: Args,
  index: number,
): number | bigint {
  const value = args[index];
  return (value instanceof LuaCdata ? value.integer64 : undefined) ??
    checkNumber(state, args, index);
}

function formatSigned(
  conversion: Conversion,
  value: number | bigint,
): string {
  if (typeof value === "bigint") return formatDigits(conversion, value);
  if (conversion.text.length === 2 && Math.abs(value) <= 2 ** 53) {
    return String(Math.trunc(value) || 0);
  }
  return formatDigits(
    conversion,
    Math.abs(value) <= 2 ** 53 ? Math.trunc(value) || 0 : toInt64(value),
  );
}

function formatDigits(
  conversion: Conversion,
  value: number | bigint,
): string {
  let digits = String(
    typeof value === "bigint" ? BigInt.asIntN(64, value) : value,
  );
  let prefix = conversion.plus ? "+" : conversion.space ? " " : "";
  if (digits[0] === "-") {
    digits = digits.slice(1);
    prefix = "-";
  }
  return finishInteger(conversion, prefix, digits);
}

function formatUnsigned(
  conversion: Conversion,
  value: number | bigint,
): string {
  const { letter } = conversion;
  const radix = letter === "u" ? 10 : letter === "o" ? 8 : 16;
  let digits = typeof value === "bigint"
    ? BigInt.asUintN(64, value).toString(radix)
    : value > -1 && value <= 2 ** 53
    ? Math.trunc(value).toString(radix)
    : toUint64(value).toString(radix);
  if (letter === "X") digits = digits.toUpperCase();
  if (conversion.text.length === 2) return digits;
  let prefix = "";
  if (conversion.alternate) {
    if (radix === 16 && digits !== "0") prefix = "0" + letter;
    if (radix === 8 && digits !== "0") {
      // C: the precision grows so that the first digit is 0.
      digits = digits.padStart(conversion.precision, "0");
      if (digits[0] !== "0") digits = "0" + digits;
    }
  }
  return finishInteger(conversion, prefix, digits);
}

function finishInteger(
  conversion: Conversion,
  prefix: string,
  digits: string,
): string {
  const { precision } = conversion;
  if (precision >= 0) {
    if (digits === "0" && precision === 0) {
      digits = conversion.letter === "o" && conversion.alternate ? "0" : "";
    } else digits = digits.padStart(precision, "0");
  }
  return padNumber(
    conversion,
    prefix,
    digits,
    conversion.zero && precision < 0,
  );
}

const LOWEST = -(2n ** 63n);

/** Cut to 64 bits as x64 does: what does not fit becomes -2^63. */
function toInt64(value: number): bigint {
  return value >= -(2 ** 63) && value < 2 ** 63
    ? BigInt(Math.trunc(value))
    : LOWEST;
}

function toUint64(value: number): bigint {
  // LuaJIT brings the upper half down by 2^64 before it cuts.
  return BigInt.asUintN(
    64,
    toInt64(value >= 2 ** 63 ? value - 2 ** 64 : value),
  );
}

function formatFloat(conversion: Conversion, value: number): string {
  const { letter } = conversion;
  const negative = value < 0 || (value === 0 && 1 / value < 0);
  const size = Math.abs(value);
  let prefix = negative
    ? "-"
    : conversion.plus && size === size
    ? "+"
    : conversion.space
    ? " "
    : "";
  if (size !== size || size === Infinity) {
    const name = size === Infinity ? "inf" : "nan";
    return pad(conversion, prefix + (letter < "a" ? name.toUpperCase() : name));
  }
  let digits: string;
  switch (letter) {
    case "f":
    case "F":
      digits = formatFixed(size, conversion.precision, conversion.alternate);
      break;
    case "e":
    case "E":
      digits = formatExponential(
        size,
        conversion.precision,
        conversion.alternate,
      );
      break;
    case "g":
    case "G":
      digits = formatGeneral(size, conversion.precision, conversion.alternate);
      break;
    default:
      prefix += "0x";
      digits = formatHexadecimalFloat(
        size,
        conversion.precision,
        conversion.alternate,
      );
  }
  if (letter < "a") {
    digits = digits.toUpperCase();
    prefix = prefix.toUpperCase();
  }
  return padNumber(conversion, prefix, digits, conversion.zero);
}

function formatFixed(
  size: number,
  precision: number,
  alternate: boolean,
): string {
  if (precision < 0) precision = 6;
  let digits: string;
  if (size < 1e21) digits = size.toFixed(precision);
  else { // an integer; toFixed would give an exponent
    digits = String(BigInt(size));
    if (precision > 0) digits += "." + "0".repeat(precision);
  }
  return alternate && precision === 0 ? digits + "." : digits;
}

function formatExponential(
  size: number,
  precision: number,
  alternate: boolean,
): string {
  if (precision < 0) precision = 6;
  const text = size.toExponential(precision);
  const split = text.indexOf("e");
  let mantissa = text.slice(0, split);
  if (alternate && precision === 0) mantissa += ".";
  return mantissa + exponentSuffix(Number(text.slice(split + 1)));
}

function exponentSuffix(exponent: number): string {
  return (exponent < 0 ? "e-" : "e+") +
    String(Math.abs(exponent)).padStart(2, "0");
}

function formatGeneral(
  size: number,
  precision: number,
  alternate: boolean,
): string {
  if (precision < 0) precision = 6;
  if (precision === 0) precision = 1;
  const text = size.toExponential(precision - 1);
  const split = text.indexOf("e");
  const exponent = Number(text.slice(split + 1));
  if (exponent < -4 || exponent >= precision) {
    const mantissa = text.slice(0, split);
    return (alternate ? withPoint(mantissa) : trimFraction(mantissa)) +
      exponentSuffix(exponent);
  }
  const digits = text.slice(0, split).replace(".", "");
  const fixed = exponent < 0
    ? "0." + "0".repeat(-exponent - 1) + digits
    : digits.slice(0, exponent + 1) +
      (digits.length > exponent + 1 ? "." + digits.slice(exponent + 1) : "");
  return alternate ? withPoint(fixed) : trimFraction(fixed);
}

function withPoint(digits: string): string {
  return digits.includes(".") ? digits : digits + ".";
}

function trimFraction(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

// deno-lint-ignore no-control-regex
const QUOTED = /["\\\0-\x1f\x7f]/;

function quote(text: string): string {
  if (!QUOTED.test(text)) return '"' + text + '"';
  // deno-lint-ignore no-control-regex
  return '"' + text.replace(/["\\\n]|[\0-\x1f\x7f](?=(\d?))/g, (c, digit) => {
    if (c === "\n") return "\\\n";
    if (c === '"' || c === "\\") return "\\" + c;
    const code = String(c.charCodeAt(0));
    return "\\" + (digit ? code.padStart(3, "0") : code);
  }) + '"';
}

function formatAddress(conversion: Conversion, value: LuaValue): string {
  const isReference = typeof value === "object" || typeof value === "function";
  return pad(
    conversion,
    isReference ? addressOf(value as object) : "NULL",
  );
}
