import assert from "node:assert/strict";
import fc from "fast-check";
import { formatFixed6 } from "../../../runtime/json/format_double.ts";

/** The decimal form by exact arithmetic on the bits of the double. */
function exactFixed6(value: number): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getBigUint64(0);
  const exponent = Number((high >> 52n) & 0x7ffn);
  const fraction = high & ((1n << 52n) - 1n);
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const shift = (exponent === 0 ? 1 : exponent) - 1075;
  const scaled = mantissa * 1_000_000n;
  let rounded: bigint;
  if (shift >= 0) {
    rounded = scaled << BigInt(shift);
  } else {
    const divisor = 1n << BigInt(-shift);
    rounded = scaled / divisor;
    const twice = scaled % divisor * 2n;
    if (twice > divisor || (twice === divisor && rounded % 2n === 1n)) {
      rounded++;
    }
  }
  const digits = String(rounded).padStart(7, "0");
  return (high >> 63n === 1n ? "-" : "") + digits.slice(0, -6) + "." +
    digits.slice(-6);
}

Deno.test("formatFixed6 prints what C prints", () => {
  for (
    const [value, text] of [
      [1.5, "1.500000"],
      [-0, "-0.000000"],
      [1e-7, "0.000000"],
      [-1e-7, "-0.000000"],
      [1e22, "10000000000000000000000.000000"],
      [0.0078125, "0.007812"], // a tie goes to the even neighbour
      [0.0234375, "0.023438"],
      [2 ** 45 + 2 ** -7, "35184372088832.007812"], // the largest such ties
      [2 ** 46 - 2 ** -7, "70368744177663.992188"],
      [2.9999999, "3.000000"],
      [0.9999996, "1.000000"],
    ] as const
  ) assert.equal(formatFixed6(value), text);
});

Deno.test("formatFixed6 rounds any double correctly", () => {
  fc.assert(fc.property(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    (value) => assert.equal(formatFixed6(value), exactFixed6(value)),
  ));
});

Deno.test("formatFixed6 rounds ties to even", () => {
  fc.assert(fc.property(
    fc.oneof(
      fc.integer({ min: -(2 ** 20), max: 2 ** 20 }),
      fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
    ),
    fc.integer({ min: 0, max: 9 }),
    (numerator, power) => {
      const value = (2 * numerator + 1) / 2 ** power;
      assert.equal(formatFixed6(value), exactFixed6(value));
    },
  ));
});
