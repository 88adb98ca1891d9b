/**
 * Numbers as text, and back, as LuaJIT does it. Not `string.format`, which
 * has its own file in stdlib/. Numbers are always doubles.
 */

/** Formats `value` as `tostring` does (`%.14g`; `1e+15`, `-0`, `inf`, `nan`). */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && value < 1e14 && value > -1e14) {
    return value === 0 && 1 / value < 0 ? "-0" : String(value);
  }
  if (value !== value) return "nan";
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  const text = value.toPrecision(14);
  const e = text.indexOf("e");
  if (e >= 0) {
    const exponent = Number(text.slice(e + 1));
    return trimZeros(text.slice(0, e)) + (exponent < 0 ? "e-" : "e+") +
      String(Math.abs(exponent)).padStart(2, "0");
  }
  // %g turns to exponents below 1e-4, toPrecision only below 1e-6.
  if (value < 1e-4 && value > -1e-4) {
    const [mantissa, exponent] = value.toExponential(13).split("e");
    return trimZeros(mantissa!) + "e-" +
      String(-Number(exponent)).padStart(2, "0");
  }
  return trimZeros(text);
}

function trimZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const HEXADECIMAL =
  /^([-+]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?(?:[pP]([-+]?\d+))?$/;
const SPACE = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

/**
 * Converts text to a number as Lua's coercions and `tonumber` do: decimal or
 * hexadecimal, with fraction and exponent, `inf` and `nan`, surrounded by
 * white space. Returns `undefined` when the text is no number.
 */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.replace(SPACE, "");
  if (DECIMAL.test(trimmed)) return Number(trimmed);
  const hexadecimal = HEXADECIMAL.exec(trimmed);
  if (hexadecimal !== null) return parseHexadecimal(hexadecimal);
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

function parseHexadecimal(match: RegExpExecArray): number | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  if (digits === "") return undefined;
  // Through BigInt, so that long numerals round once, to nearest even.
  let value = Number(BigInt("0x" + digits));
  if (fraction !== "" || exponent !== "0") {
    value *= 2 ** (Number(exponent) - 4 * fraction.length);
  }
  return sign === "-" ? -value : value;
}
