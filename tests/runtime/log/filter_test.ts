import assert from "node:assert/strict";
import "../../support/libraries.ts";
import { FilterError, parseFilter } from "../../../runtime/log/filter.ts";
import { type LogFields, LogLine } from "../../../runtime/log/line.ts";

const FIELDS = {
  status: 404,
  latency: 0.25,
  method: "GET",
  uri: "/a b",
  size: "10",
};

function line(fields: LogFields | undefined = FIELDS): LogLine {
  const thread = { id: 7, name: "e:default/0" };
  return new LogLine(
    "http/access",
    "it was kept\n",
    thread,
    "x/app.lua:12",
    fields,
  );
}

const CASES: readonly [string, boolean][] = [
  ["message ~ 'kept'", true],
  ["message ~ '^kept'", false],
  ["message !~ 'kept'", false],
  ['facility = "http/access"', true],
  ["facility != 'http/access'", false],
  ["threadid = 7", true],
  ["threadname ~ 'default'", true],
  ["file = 'app.lua'", true],
  ["line >= 12", true],
  ["line < 12.5", true],
  ["timestamp > 1.5e9", true],
  ["status = 404", true],
  ["status = '404'", true],
  ["latency = '0.25'", true],
  ["latency <= 2.5e-1", true],
  ["'method' = 'GET'", true],
  ["method = 1", false],
  ["method != 1", false],
  ["size > 9", true],
  ["size > '9'", true],
  ["method < 'POST'", true],
  ["method > 'AAAA'", false],
  ["nothing = 'x'", false],
  ["nothing != 'x'", true],
  ["nothing != 1", true],
  ["nothing < 1", false],
  ["nothing ~ '.'", false],
  ["nothing !~ '.'", true],
  ["exists(nothing)", false],
  ["exists( method )", true],
  ["not(exists(nothing))", true],
  ["and(status >= 400, status < 500)", true],
  ["and(status >= 400,\n not( method = 'GET' ))", false],
  ["or(method = 'PUT', or(uri = '/a\\040b'))", true],
  ["uri = '\\x2fa'", false],
  ["message ~ '\\\\bkept\\\\b'", true],
  [" not ( status=1 ) ", true],
  ["android != 'x'", true],
];

for (const [expression, expected] of CASES) {
  Deno.test(`the filter ${JSON.stringify(expression)} is ${expected}`, () => {
    assert.equal(parseFilter(expression).filter(line()), expected);
  });
}

Deno.test("fields of the line hide those that every line has", () => {
  assert.equal(parseFilter("line = 1").filter(line({ line: 1 })), true);
  assert.equal(parseFilter("toString = 'x'").filter(line()), false);
});

Deno.test("a regular expression sees an empty message", () => {
  const empty = new LogLine("a", "", { id: 1, name: "" }, undefined, undefined);
  assert.equal(parseFilter("message ~ '^$'").filter(empty), true);
});

Deno.test("a filter says whether it looks at the place", () => {
  const { wantsPlace } = parseFilter("and(a = 1, not(exists(line)))");
  assert.equal(wantsPlace, true);
  assert.equal(parseFilter("message = 'line'").wantsPlace, false);
});

const BROKEN: readonly [string, number][] = [
  ["message ~~ 'x'", 10], // recorded from the reference
  ["", 1],
  ["message", 8],
  ["message = ", 11],
  ["message = 'x", 11],
  ["message = 'x' 'y'", 15],
  ["message ~ 5", 11],
  ["message ~ '('", 11],
  ["and()", 5],
  ["and(a = 1", 10],
  ["not(a = 1, b = 2)", 18],
  ["AND(a = 1)", 4],
  ["exists(a = 1)", 10],
  ["a == 1", 4],
  ["a = 1.", 6],
  ["not(".repeat(100_000), 805],
];

for (const [expression, offset] of BROKEN) {
  Deno.test(`${JSON.stringify(expression.slice(0, 20))} is no filter`, () => {
    assert.throws(
      () => parseFilter(expression),
      (error) => error instanceof FilterError && error.offset === offset,
    );
  });
}
