/**
 * JSON as Lua sees it, where the conformance corpus is silent: the limits of
 * `tojson`, and the examples of mtev-lua-api.md §23.
 */
import assert from "node:assert/strict";
import { createRuntime, LuaError, type LuaValue } from "../../../mod.ts";

async function evaluate(source: string): Promise<LuaValue[]> {
  await using runtime = await createRuntime();
  return await runtime.eval(source);
}

async function failure(source: string): Promise<LuaValue> {
  const [ok, message] = await evaluate(
    `return pcall(function() ${source} end)`,
  );
  assert.equal(ok, false, source);
  return message;
}

Deno.test("tojson() prints the examples of the specification", async () => {
  for (
    const [value, text] of [
      ["{}", "[ ]"],
      ["{a={}}", '{ "a": [ ] }'],
      ["{1,2,nil,4}", "[ 1, 2, null, 4 ]"],
      ['{[3]="x"}', '[ null, null, "x" ]'],
      ['{[0]="x"}', '{ "0": "x" }'],
      ["{1.5, 1e15, 0/0, print}", "[ 1.500000, 1000000000000000, null, null ]"],
      ['"a/b\\"\\1"', '"a\\/b\\"\\u0001"'],
      ["nil", "null"],
      ["-0", "0"],
      ["2^63", "9223372036854775808.000000"],
      ["-2^63", "-9223372036854775808"],
      ["2^53 + 2", "9007199254740994"],
      ["{[1.5]='a', [3]='b'}", '[ "a", null, "b" ]'],
      ["{[0.5]='a'}", '{ "0": "a" }'],
      ["{[-3]='a'}", '{ "-3": "a" }'],
      ['{["a\\0b"]="c\\0d"}', '{ "a": "c" }'],
      ["setmetatable({1}, {__index = {2, 3}})", "[ 1 ]"],
    ] as const
  ) {
    assert.deepEqual(
      await evaluate(`return mtev.tojson(${value}):tostring()`),
      [text],
      value,
    );
  }
});

Deno.test("tojson() copies, and document() makes a new table", async () => {
  assert.deepEqual(
    await evaluate(`
      local t = {a = 1}
      local json = mtev.tojson(t)
      t.a = 2
      local first = json:document()
      first.a = 3
      return json:document().a, json:tostring(), first == json:document()`),
    [1, '{ "a": 1 }', false],
  );
});

Deno.test("document() gives integers from 2^52 on as text", async () => {
  assert.deepEqual(
    await evaluate(`
      local t = mtev.parsejson("[4503599627370495,4503599627370496,-4503599627370496," ..
        "18446744073709551615,4503599627370496.0,1e300,null,7]"):document()
      return t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8]`),
    [
      4503599627370495,
      "4503599627370496",
      "-4503599627370496",
      "18446744073709551615",
      4503599627370496,
      1e300,
      undefined,
      7,
    ],
  );
  assert.deepEqual(
    await evaluate(
      `return mtev.tojson(2^53):document(), mtev.tojson(2^63):document()`,
    ),
    ["9007199254740992", 2 ** 63],
  );
});

Deno.test("document() lets the last of equal names count, also null", async () => {
  assert.deepEqual(
    await evaluate(`
      local t = mtev.parsejson('{"a":1,"b":2,"a":null}'):document()
      return t.a, t.b`),
    [undefined, 2],
  );
});

Deno.test("tojson() raises an error for a table that contains itself", async () => {
  assert.match(
    String(await failure("local t = {} t.x = {t} mtev.tojson(t)")),
    /^eval:1: tojson: tables nest deeper than 1000 levels or contain themselves$/,
  );
});

Deno.test("tojson() raises an error for 10,000 levels, unless they are cut", async () => {
  const deep = `local t = {} for i = 1, 10000 do t = {t} end `;
  assert.match(String(await failure(deep + "mtev.tojson(t)")), /1000 levels/);
  assert.deepEqual(
    await evaluate(deep + "return #mtev.tojson(t, 900):tostring()"),
    ["[ ".length * 900 + '"[depth elided]"'.length + " ]".length * 900],
  );
});

Deno.test("tojson() raises an error for keys that JSON cannot have", async () => {
  assert.match(
    String(await failure("mtev.tojson({[true] = 1})")),
    /tojson: keys must be strings or numbers, got boolean$/,
  );
  assert.match(
    String(await failure("mtev.tojson({[{}] = 1})")),
    /got table$/,
  );
  assert.match(
    String(await failure("mtev.tojson({[0] = 1, [math.huge] = 1})")),
    /got Infinity$/,
  );
});

Deno.test("tojson() does not fill memory for one large index", async () => {
  assert.match(
    String(await failure("mtev.tojson({[1e15] = 1})")),
    /tojson: array index 1000000000000000 is above 50000000$/,
  );
  assert.match(
    String(await failure("mtev.tojson({[math.huge] = 1})")),
    /is above 50000000$/,
  );
});

Deno.test("parsejson() takes anything that reads as text", async () => {
  assert.deepEqual(
    await evaluate(`return mtev.parsejson(nil)`),
    [undefined, "unexpected end of data", 0],
  );
  assert.deepEqual(
    await evaluate(`return mtev.parsejson(15)`),
    [undefined, "unexpected character", 0],
  );
  await assert.rejects(evaluate("mtev.parsejson()"), LuaError);
  assert.equal(
    await failure("mtev.parsejson('[]', 1)"),
    "eval:1: parsejson requires one argument",
  );
});

Deno.test("bytes survive parsejson(), document(), tojson(), tostring()", async () => {
  assert.deepEqual(
    await evaluate(`
      local bytes = {}
      for i = 1, 255 do bytes[i] = string.char(i) end
      local all = table.concat(bytes)
      local text = mtev.tojson({[all] = all}):tostring()
      local back = mtev.parsejson(text):document()
      return back[all] == all, mtev.tojson(back):tostring() == text`),
    [true, true],
  );
});

Deno.test("unwrap() gives an object without methods", async () => {
  assert.deepEqual(
    await evaluate(`
      local object = mtev.tojson({1}):unwrap()
      local ok = pcall(function() return object.x end)
      return type(object), ok`),
    ["userdata", false],
  );
});

Deno.test("tostring() raises an error for a text that is too long", async () => {
  assert.match(
    String(
      await failure(
        `local part = ("x"):rep(2^26) -- 8 of them exceed what V8 can hold
        local _ = mtev.tojson({part, part, part, part, part, part, part, part}):tostring()`,
      ),
    ),
    /json:tostring: Invalid string length$/,
  );
});
