/** A helper that raised an object whose __tostring fails ended the harness with a stack of its own. */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted } from "../support/mtev_busted.ts";

Deno.test("an odd error of a helper is told in a sentence", async () => {
  using folder = new TestFolder();
  folder.write(
    "helper.lua",
    "error(setmetatable({}, { __tostring = function() error('worse', 0) end }))",
  );
  folder.write("a_spec.lua", "it('a', function() end)");
  const { stderr, code } = await mtevBusted(
    ["--helper=helper.lua", "a_spec.lua"],
    { cwd: folder.path },
  );
  assert.equal(
    stderr,
    "busted: failed running the specified helper (helper.lua), error: " +
      "error object whose __tostring failed: worse\n",
  );
  assert.equal(code, 1);
});
