/**
 * A debug hook heard nothing of functions that call nothing, such as accessors, and of one round
 * of a loop in one line.
 */
import assert from "node:assert/strict";
import { createRuntime } from "../../mod.ts";

Deno.test("a line hook hears of leaf functions and of each round of a loop", async () => {
  await using runtime = await createRuntime();
  const lines = await runtime.eval(`
    local lines = {}
    local function leaf()
      return 1
    end
    local function caller()
      for i = 1, 2 do
        leaf()
      end
      local n = 2
      while n > 0 do n = n - 1 end
    end
    debug.sethook(function(_, line) lines[#lines + 1] = line end, "l")
    caller()
    debug.sethook()
    return table.concat(lines, " ")`);
  assert.deepEqual(lines, ["14 7 8 4 7 8 4 7 10 11 11 11 12 15"]); // as LuaJIT
});
