/**
 * Endless recursion through tail calls of host functions, such as a
 * `__tostring` that calls `tostring` on its object (LuaJIT never ends, either),
 * passed no place that asks whether to stop: signals did not end it.
 */
import assert from "node:assert/strict";
import { interrupt, TestFolder } from "../support/luamtev.ts";

Deno.test("a signal ends endless recursion through tail calls", async () => {
  using folder = new TestFolder();
  const module = folder.module(`function main()
  print("up")
  tostring(setmetatable({}, { __tostring = function(self) return tostring(self) end }))
end`);
  assert.deepEqual(await interrupt(module), {
    code: 2,
    stderr: "[TERMINATE] received sigint, shutting down.\n",
  });
});
