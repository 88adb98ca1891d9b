/** Counting lines: every version of a function counts the same. */
import assert from "node:assert/strict";
import { createRuntime } from "../../../lua/runtime.ts";
import type { ChunkCounts } from "../../../lua/coverage.ts";

/** Runs a chunk that is counted; `pause()` in it suspends. */
async function counted(source: string): Promise<ChunkCounts> {
  await using runtime = await createRuntime({ engine: "compiled" });
  const counter = runtime.state.countLines!((name) => name === "=counted");
  try {
    await runtime.eval("function pause() mtev.sleep(0) end");
    await runtime.eval(source, "=counted");
    const chunks = counter.read();
    assert.equal(chunks.length, 1);
    return chunks[0]!;
  } finally {
    counter.stop();
  }
}

const BRANCHES = `local function f(x)
  if x == 1 then
    return 1
  elseif x == 2 then
    PAUSE return 2
  else return 3 end
end
local t = {}
function t.m() return f(2) end
function t:n() for i = 1, 3 do
  f(i)
end end
t.m() t:n()
repeat local y = 1 until true
while false do
  f(1)
end
goto past
f(1)
::past::
local unused = function()
  return 1
end`;

for (const [how, pause] of [["runs through", ""], ["waits", "pause()"]]) {
  Deno.test(`countLines() counts each line once a pass, in code that ${how}`, async () => {
    const { lines, functions } = await counted(
      BRANCHES.replace("PAUSE", pause!),
    );
    assert.deepEqual([...lines], [
      [1, 1],
      [2, 4],
      [3, 1],
      [4, 3],
      [5, 2],
      [6, 1],
      [8, 1],
      [9, 2],
      [10, 2],
      [11, 3],
      [13, 1],
      [14, 1],
      [15, 1],
      [16, 0],
      [18, 1],
      [19, 0],
      [21, 1],
      [22, 0],
    ]);
    assert.deepEqual(
      functions.map(({ name, line, count }) => [name, line, count]),
      [["f", 1, 4], ["t.m", 9, 1], ["t.n", 10, 1], ["unused", 21, 0]],
    );
  });
}

Deno.test("countLines() counts calls beyond V8's stack, and under a hook", async () => {
  const { lines } = await counted(`local function down(n)
  if n > 0 then down(n - 1) end
  return 1
end
down(150000)
debug.sethook(function() end, "l")
down(10)
debug.sethook()`);
  assert.equal(lines.get(2), 150001 + 11);
  assert.equal(lines.get(3), 150001 + 11);
});

Deno.test("countLines() leaves chunks alone that nobody asks for", async () => {
  await using runtime = await createRuntime({ engine: "compiled" });
  const counter = runtime.state.countLines!(() => false);
  await runtime.eval("return 1", "=other");
  assert.deepEqual(counter.read(), []);
  counter.stop();
});
