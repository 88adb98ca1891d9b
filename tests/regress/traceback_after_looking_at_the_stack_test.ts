/**
 * Once debug.getinfo had looked at the stack, which moves it to the heap, an
 * error handler of xpcall saw a stack without the frames in between.
 */
import assert from "node:assert/strict";
import { createRuntime } from "../../lua/runtime.ts";
import { ENGINE_NAMES } from "../../lua/engines.ts";

for (const engine of ENGINE_NAMES) {
  Deno.test(`${engine}: a traceback is whole after debug.getinfo has looked`, async () => {
    await using runtime = await createRuntime({ engine });
    const [traceback] = await runtime.eval(
      `
local function look()
  local level = 1
  while debug.getinfo(level, "Sl") do level = level + 1 end
end
local function inner() error("boom") end
local function body() look() inner() end
local function middle() local x = body() return x end
local function run()
  return select(2, xpcall(middle, function(e) return debug.traceback(e, 2) end))
end
local result = run()
return result`,
      "=c",
    );
    assert.match(
      String(traceback),
      /c:6: in function 'inner'\n\tc:7: in function 'body'\n\tc:8: in function <c:8>\n\t\[C\]: in function 'xpcall'\n\tc:10: in function 'run'/,
    );
  });
}
