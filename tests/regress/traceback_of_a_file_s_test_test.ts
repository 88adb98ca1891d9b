/** The traceback of a test of the file itself had a frame of the harness. */
import assert from "node:assert/strict";
import { runSpec } from "../support/mtev_busted.ts";

Deno.test("the traceback of a file's test ends in the main chunk", async () => {
  const { stdout } = await runSpec(
    "\nit('is lost', function() coroutine.yield() end)",
    ["-v"],
  );
  assert.match(stdout, /^# \ta_spec\.lua:2: in main chunk\n# \n1\.\.1$/m);
  assert.doesNotMatch(stdout, /core\.lua/);
});
