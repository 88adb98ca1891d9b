/**
 * The traceback of an error in a comparator or a replacement function stopped
 * at that function: those who had called table.sort were missing. The texts
 * are luajit's.
 */
import assert from "node:assert/strict";
import { createRuntime } from "../../lua/runtime.ts";

const SOURCE = `local function trace()
  local _, text = xpcall(function()
    table.sort({ 1, 2, 3 }, function()
      string.gsub('x', 'x', function() error('deep') end)
    end)
  end, debug.traceback)
  return (text:gsub("\\n[^\\n]*'xpcall'.*", ''))
end
local at_once = trace()
mtev.sleep(0)
return at_once, trace()`;

const WANTED = `a.lua:4: deep
stack traceback:
	[C]: in function 'error'
	a.lua:4: in function <a.lua:4>
	[C]: in function 'gsub'
	a.lua:4: in function <a.lua:3>
	[C]: in function 'sort'
	a.lua:3: in function <a.lua:2>`;

Deno.test("a traceback goes on below table.sort and string.gsub", async () => {
  await using runtime = await createRuntime({ engine: "compiled" });
  assert.deepEqual(await runtime.eval(SOURCE, "@a.lua"), [WANTED, WANTED]);
});
