import assert from "node:assert/strict";
import { formatJson } from "../../../runtime/json/format.ts";
import { JsonDouble, JsonObject } from "../../../runtime/json/value.ts";

Deno.test("formatJson sets blanks as the reference does", () => {
  const value = new JsonObject(["a", "b", "c"], [
    [1, [], null],
    new JsonObject([], []),
    true,
  ]);
  assert.equal(
    formatJson(value),
    '{ "a": [ 1, [ ], null ], "b": { }, "c": true }',
  );
});

Deno.test("formatJson prints each kind of number", () => {
  assert.equal(
    formatJson([
      0,
      -3,
      2n ** 64n - 1n,
      0.25,
      new JsonDouble(1e22),
      new JsonDouble(-0),
      NaN,
      Infinity,
      -Infinity,
    ]),
    "[ 0, -3, 18446744073709551615, 0.250000, " +
      "10000000000000000000000.000000, -0.000000, null, null, null ]",
  );
});

Deno.test("formatJson escapes control characters, quotes and slashes only", () => {
  assert.equal(
    formatJson('\0\b\f\n\r\t\x1b"\\/\x7f\x80\xff'),
    '"\\u0000\\b\\u000c\\n\\r\\t\\u001b\\"\\\\\\/\x7f\x80\xff"',
  );
});
