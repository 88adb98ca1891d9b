/**
 * `tonumber(true, 97)` complained of the base, where LuaJIT first wants a
 * string.
 */
import assert from "node:assert/strict";
import { createCompilerState } from "../../lua/compiler/state.ts";
import { openLibraries } from "../../lua/stdlib/open.ts";

Deno.test("tonumber checks its first argument before the base", () => {
  using state = createCompilerState();
  openLibraries(state, { exit: () => assert.fail() });
  const call = (text: string) =>
    state.call(state.load(`return pcall(tonumber, ${text})`, "=t"));
  assert.deepEqual(call("true, 97"), [
    false,
    "bad argument #1 to '?' (string expected, got boolean)",
  ]);
  assert.deepEqual(call("'10', 97"), [
    false,
    "bad argument #2 to '?' (base out of range)",
  ]);
});
