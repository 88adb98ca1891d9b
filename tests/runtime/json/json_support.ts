/**
 * Generators of JSON for tests: values as this project holds them, and texts
 * that are nearly JSON.
 */
import fc from "fast-check";
import {
  jsonDouble,
  JsonObject,
  type JsonValue,
} from "../../../runtime/json/value.ts";

/** Strings of bytes without NUL, at which the reference cuts strings. */
export const byteStrings: fc.Arbitrary<string> = fc.string({
  unit: fc.integer({ min: 1, max: 255 }).map((c) => String.fromCharCode(c)),
});

/** Any value that printing and reading again preserves. */
export const jsonValues: fc.Arbitrary<JsonValue> = fc.letrec<
  { value: JsonValue }
>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((n) => n + 0),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
      .filter((n) => !Number.isSafeInteger(Number(n))),
    fc.integer({ min: -1e9, max: 1e9 }).map((n) => jsonDouble(n / 1e6)),
    byteStrings,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.uniqueArray(fc.tuple(byteStrings, tie("value")), {
      maxLength: 12,
      selector: ([key]) => key,
    }).map((members) =>
      new JsonObject(members.map(([k]) => k), members.map(([, v]) => v))
    ),
  ),
})).value;

/** The roots that a document may have. */
export const jsonRoots: fc.Arbitrary<JsonValue[]> = fc.array(jsonValues, {
  maxLength: 4,
});
