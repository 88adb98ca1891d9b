/** mtev.pcre as Lua sees it, beyond what the conformance corpus holds. */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { PCRE2_MISSING } from "../../support/libraries.ts";

/** A test of a chunk of Lua: its results have to be those expected. */
function test(name: string, source: string, expected: LuaValue[]): void {
  Deno.test({
    name: name + PCRE2_MISSING,
    ignore: PCRE2_MISSING !== "",
    async fn() {
      await using runtime = await createRuntime({ stderr: () => {} });
      assert.deepEqual(await runtime.eval(source), expected);
    },
  });
}

test(
  "mtev.pcre() wants text, and takes numbers",
  `local ok, message = pcall(mtev.pcre, nil)
   local refused = pcall(mtev.pcre, {})
   return ok, message, refused, mtev.pcre(5)("15")`,
  [
    false,
    "bad argument #1 to '?' (string expected, got nil)",
    false,
    true,
    "5",
  ],
);

test(
  "matcher() resets at what is no text",
  `local m = mtev.pcre("a")
   m("aa") m("aa")
   local last, reset, first = m("aa"), m(), m("aa")
   return last, reset, first, m({}), m("aa")`,
  [false, false, true, false, true, "a"],
);

test(
  "matcher() counts a search beyond its limits as no match",
  `local m, s = mtev.pcre("(a+)+$"), ("a"):rep(40) .. "b"
   local fine = mtev.pcre("(a+)+b")
   return m(s), m(s, {limit = 1000}), m(s, {limit_recurse = "5"}),
     (fine(s)), #m(s, {offsets = true, limit = 10})`,
  [false, false, false, true, 0],
);

test(
  "matcher() returns more than 9 groups",
  `return mtev.pcre(("(.)"):rep(12))("abcdefghijkl")`,
  [true, "abcdefghijkl", ..."abcdefghijkl"],
);

test(
  "matcher() carries every byte",
  `local t = {}
   for i = 0, 255 do t[#t + 1] = string.char(i) end
   local all = table.concat(t)
   local _, whole = mtev.pcre("(?s).*")(all)
   local _, high = mtev.pcre("[\\\\x80-\\\\xff]+")(all)
   return whole == all, #high`,
  [true, 128],
);

test(
  "matchers of one expression are independent",
  `local a, b = mtev.pcre("\\\\w"), mtev.pcre("\\\\w")
   local function second(f) f("xy") local _, text = f("xy") return text end
   return second(a), second(b), (select(2, a("z")))`,
  ["y", "y", "z"],
);
