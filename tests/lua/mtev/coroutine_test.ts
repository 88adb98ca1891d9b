/**
 * Coroutines of the mtev API in the cases that the conformance corpus does not
 * hold: cancellation in every state, deep hand-overs, scale.
 */
import assert from "node:assert/strict";
import { createRuntime, LuaError, type LuaValue } from "../../../mod.ts";

/** Runs a chunk in a fresh runtime and returns its results. */
async function evaluate(source: string): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ stderr: () => {} });
  return await runtime.eval(source);
}

Deno.test("notify() runs the waiter before it returns", async () => {
  const [log] = await evaluate(`
    local log = {}
    mtev.coroutine_spawn(function()
      log[#log + 1] = "child starts"
      local _, value = mtev.waitfor("go")
      log[#log + 1] = "child got " .. value
      mtev.sleep(0)
      log[#log + 1] = "child later"
    end)
    log[#log + 1] = "parent spawned"
    mtev.notify("go", 42)
    log[#log + 1] = "parent notified"
    mtev.sleep(0) mtev.sleep(0)
    return table.concat(log, ", ")`);
  assert.equal(
    log,
    "child starts, parent spawned, child got 42, parent notified, child later",
  );
});

Deno.test("notify() keeps the order of nesting in a chain of 10,000", async () => {
  const [count, last, order] = await evaluate(`
    local count, unwound = 0, {}
    for i = 1, 10000 do
      mtev.coroutine_spawn(function()
        mtev.waitfor("link" .. i)
        count = count + 1
        mtev.notify("link" .. i + 1)
        unwound[#unwound + 1] = i
      end)
    end
    mtev.notify("link1")
    local descending = true
    for i = 2, #unwound do descending = descending and unwound[i] == unwound[i - 1] - 1 end
    return count, unwound[1], descending and #unwound == 10000`);
  assert.deepEqual([count, last, order], [10000, 10000, true]);
});

Deno.test("waitfor() and notify() carry 1,000 pairs without a mix-up", async () => {
  const [right] = await evaluate(`
    local right = 0
    for j = 1, 1000 do
      mtev.coroutine_spawn(function()
        local key, value = mtev.waitfor("k" .. j, 5)
        if key == "k" .. j and value == j * 3 then right = right + 1 end
      end)
    end
    for j = 1000, 1, -1 do
      mtev.coroutine_spawn(function() mtev.sleep(0) mtev.notify("k" .. j, j * 3) end)
    end
    while right < 1000 do mtev.sleep(0.001) end
    return right`);
  assert.equal(right, 1000);
});

Deno.test("cancel_coro() forgets a sleep, a wait, and one's own coroutine", async () => {
  const [result] = await evaluate(`
    local ran = {}
    local function start(body)
      local co
      mtev.coroutine_spawn(function() co = coroutine.running() body() ran[#ran + 1] = "ran" end)
      return co
    end
    mtev.cancel_coro(start(function() mtev.sleep(0.001) end))
    mtev.cancel_coro(start(function() mtev.waitfor("never", 0.001) end))
    start(function() mtev.cancel_coro(coroutine.running()) mtev.sleep(0) end)
    mtev.sleep(0.02)
    mtev.notify("never", 1)
    local _, queued = mtev.waitfor("never", 0)
    return #ran .. " ran, queued " .. queued`);
  assert.equal(result, "0 ran, queued 1");
});

Deno.test("a cancelled waiter leaves its key to the next one", async () => {
  const [value] = await evaluate(`
    local co
    mtev.coroutine_spawn(function() co = coroutine.running() mtev.waitfor("key") end)
    mtev.cancel_coro(co)
    mtev.coroutine_spawn(function() mtev.sleep(0) mtev.notify("key", "here") end)
    return select(2, mtev.waitfor("key", 5))`);
  assert.equal(value, "here");
});

Deno.test("blocking functions refuse plain coroutines", async () => {
  const [ok, message] = await evaluate(`
    return coroutine.resume(coroutine.create(function() mtev.sleep(0) end))`);
  assert.equal(ok, false);
  assert.match(String(message), /coro terminated$/);
});

Deno.test("a wait below table.sort raises", async () => {
  await using runtime = await createRuntime();
  const [ok, message] = await runtime.eval(`
    return pcall(table.sort, {1, 2}, function() mtev.sleep(100) end)`);
  assert.equal(ok, false);
  assert.match(String(message), /attempt to yield across C-call boundary$/);
});

Deno.test("an uncaught error is reported and spares the others", async () => {
  let stderr = "";
  await using runtime = await createRuntime({
    stderr: (text) => stderr += text,
  });
  const [value] = await runtime.eval(
    `
    mtev.coroutine_spawn(function() mtev.sleep(0) error("lost") end)
    mtev.sleep(0) mtev.sleep(0)
    return "alive"`,
    "=chunk",
  );
  assert.equal(value, "alive");
  assert.match(
    stderr,
    /^lua coro resume failed: 2\nlua error: chunk:2: lost\nstack traceback:\n\tchunk:2: in function <chunk:2>\ncoroutine spawned at chunk:2\n$/,
  );
});

Deno.test("cancelling the coroutine of a call rejects it", async () => {
  await using runtime = await createRuntime();
  const call = runtime.eval(`
    mtev.cancel_coro(coroutine.running())
    mtev.sleep(0)`);
  await assert.rejects(call, new LuaError("coroutine cancelled"));
});

Deno.test("100,000 coroutines sleep at once and all wake", async () => {
  const [count] = await evaluate(`
    local left, total = 100000, 0
    for i = 1, 100000 do
      mtev.coroutine_spawn(function()
        mtev.sleep(0.001 * (i % 10))
        total, left = total + 1, left - 1
        if left == 0 then mtev.notify("all awake") end
      end)
    end
    mtev.waitfor("all awake")
    return total`);
  assert.equal(count, 100000);
});

Deno.test("notify() and spawn: a plain coroutine is managed once it spawned", async () => {
  const [before, message, after] = await evaluate(`
    return coroutine.wrap(function()
      local ok, message = pcall(mtev.notify, "key")
      mtev.coroutine_spawn(function() end)
      return ok, message, pcall(mtev.notify, "key")
    end)()`);
  assert.deepEqual([before, message, after], [false, "coro terminated", true]);
});

Deno.test("Coroutines.adoptCurrent() keeps no plain coroutine that is dead", async () => {
  await using runtime = await createRuntime();
  await runtime.eval(`
    for _ = 1, 5000 do
      coroutine.wrap(function() mtev.coroutine_spawn(function() end) end)()
    end`);
  assert.ok(runtime.coroutines.size < 2000, `${runtime.coroutines.size}`);
});
