/** A time of nan ended the program with a stack of ours. */
import assert from "node:assert/strict";
import { createRuntime } from "../../mod.ts";

for (
  const call of [
    "mtev.sleep(0/0)",
    "mtev.waitfor('key', 0/0)",
    "mtev.shared_waitfor('key', 0/0)",
    "mtev.semaphore('s', 0):acquire(0/0)",
    "mtev.semaphore('s', 0):acquire(0, 0/0)",
    "mtev.timeval.new(0/0)",
  ]
) {
  Deno.test(`${call} takes nan for 0`, async () => {
    await using runtime = await createRuntime();
    assert.deepEqual(await runtime.eval(`${call} return "done"`), ["done"]);
  });
}

Deno.test("an infinite time waits until it is cancelled", async () => {
  await using runtime = await createRuntime();
  assert.deepEqual(
    await runtime.eval(`
      local co
      mtev.coroutine_spawn(function() co = coroutine.running() mtev.sleep(1/0) end)
      mtev.coroutine_spawn(function() mtev.waitfor("key", 1/0) end)
      mtev.sleep(0.001)
      mtev.cancel_coro(co)
      mtev.notify("key")
      return "done"`),
    ["done"],
  );
  assert.equal(runtime.coroutines.size, 0);
});
