/**
 * A parameter that is assigned only to itself was taken for a number, so that
 * `-parameter` did not check it.
 */
import assert from "node:assert/strict";
import { createCompilerState } from "../../lua/compiler/state.ts";

Deno.test("a parameter assigned to itself may hold any value", () => {
  using state = createCompilerState();
  const chunk = state.load(
    "local function f(v) v = v return -v end return pcall(f, 'x')",
    "=t",
  );
  assert.deepEqual(state.call(chunk), [
    false,
    "t:1: attempt to perform arithmetic on local 'v' (a string value)",
  ]);
});
