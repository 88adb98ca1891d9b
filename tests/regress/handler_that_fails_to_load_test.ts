/** A handler of a user's that raised while it was loaded ended the harness with a stack of its own. */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted } from "../support/mtev_busted.ts";

Deno.test("a handler that fails to load is told in a sentence", async () => {
  using folder = new TestFolder();
  folder.write("handler.lua", "return function() error('broken') end");
  folder.write("a_spec.lua", "it('a', function() end)");
  const { stderr, code } = await mtevBusted(
    ["-o", "handler.lua", "a_spec.lua"],
    { cwd: folder.path },
  );
  assert.equal(
    stderr.replace(/^\S*: /, ""),
    "error: The output handler failed: handler.lua:1: broken\n",
  );
  assert.equal(code, 1);
});
