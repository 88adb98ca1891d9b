/**
 * A host function that recursed through more JavaScript frames than a
 * traceback shows raised its error without a position.
 */
import assert from "node:assert/strict";
import { raise } from "../../lua/args.ts";
import { createState, ENGINE_NAMES } from "../../lua/engines.ts";
import { LuaError } from "../../lua/errors.ts";

for (const name of ENGINE_NAMES) {
  Deno.test(`${name}: an error below deep host recursion has its position`, async () => {
    using state = (await createState(name))();
    const recurse = (depth: number): never =>
      depth === 0 ? raise(state, "deep") : recurse(depth - 1);
    state.globals.set("fail", state.newFunction("fail", () => recurse(2000)));
    const run = state.load("local x = fail() return x", "=chunk");
    assert.throws(
      () => state.call(run),
      (error: unknown) =>
        error instanceof LuaError && error.value === "chunk:1: deep",
    );
  });
}
