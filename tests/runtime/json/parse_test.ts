import assert from "node:assert/strict";
import fc from "fast-check";
import { formatJson } from "../../../runtime/json/format.ts";
import { JsonSyntaxError, parseJson } from "../../../runtime/json/parse.ts";
import {
  JsonDouble,
  JsonObject,
  type JsonValue,
} from "../../../runtime/json/value.ts";
import { jsonRoots } from "./json_support.ts";

function failure(text: string): readonly [string, number] {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return [error.reason, error.offset];
    throw error;
  }
  assert.fail(`accepted ${JSON.stringify(text)}`);
}

/** What `JSON.parse` would have made of it. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonDouble) return value.value;
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof JsonObject)) return value;
  return Object.fromEntries(
    value.keys.map((key, index) => [key, plain(value.values[index]!)]),
  );
}

Deno.test("parseJson keeps what JSON.parse loses", () => {
  assert.deepEqual(
    parseJson("[1, 1.0, 1e2, 0.5, -0, -0.0, 9007199254740993]"),
    [
      1,
      new JsonDouble(1),
      new JsonDouble(100),
      0.5,
      0,
      new JsonDouble(-0),
      9007199254740993n,
    ],
  );
});

Deno.test("parseJson prefers the last of equal names, at its place", () => {
  for (const padding of ["", ',"p":0'.repeat(10)]) {
    const object = parseJson(`{"a":1,"b":2${padding},"a":3}`) as JsonObject;
    object.settle();
    assert.equal(object.keys.indexOf("a"), object.keys.length - 1);
    assert.equal(object.values.at(-1), 3);
    assert.equal(object.keys.length, padding ? 3 : 2);
  }
});

Deno.test("parseJson saturates integers", () => {
  assert.deepEqual(
    parseJson(
      "[18446744073709551615,18446744073709551616,-9223372036854775808,-9223372036854775809]",
    ),
    [2n ** 64n - 1n, 2n ** 64n - 1n, -(2n ** 63n), -(2n ** 63n)],
  );
  assert.deepEqual(parseJson(`[${"9".repeat(1_000_000)}]`), [2n ** 64n - 1n]);
});

Deno.test("parseJson takes the prefix of a number that C takes", () => {
  assert.deepEqual(
    parseJson("[1E5,1.2.3,1-2,007,1e,1.,-.5,1E5.0]"),
    [1, 1.2, 1, 7, 1, 1, -0.5, 100000].map((value, index) =>
      [4, 5, 7].includes(index) ? new JsonDouble(value) : value
    ),
  );
  assert.deepEqual(failure("[-e5]"), ["number expected", 4]);
  assert.deepEqual(failure("[-+5]"), ["number expected", 4]);
});

Deno.test("parseJson cuts a string at an escaped NUL", () => {
  assert.deepEqual(parseJson('["a\\u0000b\\n", 1]'), ["a", 1]);
});

Deno.test("parseJson makes three bytes of each half of a pair", () => {
  assert.deepEqual(parseJson('["\\ud83d\\ude00\\u20ac\\u00e9"]'), [
    "\xed\xa0\xbd\xed\xb8\x80\xe2\x82\xac\xc3\xa9",
  ]);
});

Deno.test("parseJson reports a NUL byte as the end of the data", () => {
  for (
    const [before, after] of [
      ["", ""],
      ["  ", "[1]"],
      ["[", "]"],
      ["[1", "]"],
      ["[tr", "ue]"],
      ['["a', '"]'],
      ['["\\', '"]'],
      ['["\\u00', '"]'],
      ["[/* ", " */]"],
      ['{"a"', ":1}"],
    ] as const
  ) {
    const offset = before.length;
    assert.deepEqual(
      failure(`${before}\0${after}`),
      ["unexpected end of data", offset],
    );
  }
});

Deno.test("parseJson reports truncation wherever it happens", () => {
  const text = '{"abc":[1,-2.5e3,true,null,"x\\u0041\\n"],/* c */\'d\':{}}';
  for (let length = 1; length < text.length; length++) {
    assert.deepEqual(failure(text.slice(0, length)), ["continue", length]);
  }
});

Deno.test("parseJson counts levels and reports the first too many", () => {
  parseJson("[".repeat(32) + "]".repeat(32));
  parseJson("[".repeat(31) + "1" + "]".repeat(31));
  assert.deepEqual(failure("[".repeat(32) + "1"), ["nesting to deep", 32]);
  assert.deepEqual(failure("[".repeat(10_000)), ["nesting to deep", 32]);
  assert.deepEqual(
    failure('{"a":'.repeat(10_000)),
    ["nesting to deep", 160],
  );
});

Deno.test("parseJson takes comments and white space between any tokens", () => {
  const gap = " \t\n\v\f\r/* [ */// ]\n";
  const tokens = ["{", '"a"', ":", "[", "1", ",", "true", "]", ",", "}"];
  assert.equal(
    formatJson(parseJson(tokens.join(gap))),
    '{ "a": [ 1, true ] }',
  );
  assert.deepEqual(failure("[1/"), ["continue", 3]);
  assert.deepEqual(failure("[1/* *"), ["continue", 6]);
  assert.deepEqual(failure("[1//"), ["continue", 4]);
});

Deno.test("parseJson passes every byte through a string", () => {
  let bytes = "";
  for (let c = 1; c < 256; c++) {
    if (c !== 34 && c !== 92) bytes += String.fromCharCode(c);
  }
  assert.deepEqual(parseJson(`["${bytes}"]`), [bytes]);
  assert.deepEqual(parseJson(formatJson([bytes + '"\\'])), [bytes + '"\\']);
});

Deno.test("parseJson reads a document of 10 MB", () => {
  const item = '{"id":1,"name":"some text with a length","list":[1.5,null]},';
  const count = Math.ceil(10e6 / item.length);
  const root = parseJson(`[${item.repeat(count)}]`) as JsonValue[];
  assert.equal(root.length, count);
  assert.deepEqual(
    formatJson(root[count - 1]!),
    '{ "id": 1, "name": "some text with a length", "list": [ 1.500000, null ] }',
  );
});

Deno.test("parseJson reads what formatJson wrote", () => {
  fc.assert(fc.property(
    jsonRoots,
    (root) => assert.deepEqual(parseJson(formatJson(root)), root),
  ));
});

Deno.test("parseJson agrees with JSON.parse about standard documents", () => {
  const noEscapedUnits = fc.jsonValue({ maxDepth: 6 })
    .filter((value) => typeof value === "object" && value !== null)
    .map((value) => JSON.stringify(value))
    .filter((text) => !/\\[uf]|[^\0-\x7f]|\\u|__proto__/.test(text));
  fc.assert(fc.property(
    noEscapedUnits,
    (text) => assert.deepEqual(plain(parseJson(text)), clean(JSON.parse(text))),
  ));
});

/** With integers as they are here: no negative zero, 64 bits. */
function clean(value: unknown): unknown {
  if (Number.isInteger(value) && Math.abs(value as number) < 1e21) {
    return Math.min(Math.max(value as number, -(2 ** 63)), 2 ** 64) + 0;
  }
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, clean(member)]),
  );
}

Deno.test("parseJson fails inside the text, and only with its own error", () => {
  const pieces = fc.array(
    fc.constantFrom(
      ..."[]{},:\"'\\/*-+.eEtrufalsn0159 \n\0\xff",
      "null",
      "\\u00e9",
      '"a":',
      "/*",
      "*/",
      "[1,",
      '{"k":',
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = "[" + parts.join("");
      try {
        formatJson(parseJson(text));
      } catch (error) {
        assert(error instanceof JsonSyntaxError, String(error));
        assert(error.offset >= 0 && error.offset <= text.length);
        assert.equal(error.reason === "continue", error.offset === text.length);
      }
    }),
    { numRuns: 2000 },
  );
});
