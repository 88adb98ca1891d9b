/**
 * Endless recursion through tail calls of host functions, such as a
 * `__tostring` that calls `tostring` on its object (LuaJIT never ends, either),
 * passed no place that asks whether to stop: signals did not end it.
 */
import assert from "node:assert/strict";
import { ROOT, TestFolder } from "../support/luamtev.ts";

Deno.test("a signal ends endless recursion through tail calls", async () => {
  using folder = new TestFolder();
  const child = new Deno.Command(`${ROOT}bin/luamtev`, {
    args: [folder.module(`function main()
  print("up")
  tostring(setmetatable({}, { __tostring = function(self) return tostring(self) end }))
end`)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGINT");
  const stderr = await new Response(child.stderr).text();
  await reader.cancel();
  const { code } = await child.status;
  clearTimeout(deadline);
  assert.deepEqual({ code, stderr }, {
    code: 2,
    stderr: "[TERMINATE] received sigint, shutting down.\n",
  });
});
