/** Semaphores in the cases that the conformance corpus does not hold. */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { within } from "../../support/eventer.ts";

async function evaluate(source: string): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ stderr: () => {} });
  return await within(runtime.eval(source));
}

Deno.test("a semaphore of 3 never has more than 3 holders among 50", async () => {
  assert.deepEqual(
    await evaluate(`
      local sem = mtev.semaphore("three", 3)
      local inside, most, left = 0, 0, 50
      for i = 1, 50 do
        mtev.coroutine_spawn(function()
          for j = 1, 5 do
            assert(sem:acquire())
            inside = inside + 1
            most = math.max(most, inside)
            mtev.sleep(0)
            inside = inside - 1
            sem:release()
          end
          left = left - 1
          if left == 0 then mtev.notify("done") end
        end)
      end
      mtev.waitfor("done", 20)
      return most, inside, sem:try_acquire(), sem:try_acquire(), sem:try_acquire(), sem:try_acquire()`),
    [3, 0, true, true, true, false],
  );
});

Deno.test("a negative semaphore is a barrier", async () => {
  assert.deepEqual(
    await evaluate(`
      local barrier = mtev.semaphore("barrier", 1 - 5)
      local passed = 0
      for i = 1, 5 do
        mtev.coroutine_spawn(function()
          barrier:release()
          barrier:acquire()
          barrier:release()
          passed = passed + 1
          if passed == 5 then mtev.notify("all") end
        end)
        if i < 5 then mtev.sleep(0.001) assert(passed == 0) end
      end
      return (mtev.waitfor("all", 10))`),
    ["all"],
  );
});

Deno.test("a cancelled waiter leaves the semaphore to the next", async () => {
  assert.deepEqual(
    await evaluate(`
      local sem = mtev.semaphore("s", 0)
      local co
      mtev.coroutine_spawn(function() co = coroutine.running() sem:acquire() end)
      mtev.sleep(0)
      sem:release()
      mtev.cancel_coro(co)
      return sem:acquire(10), sem:try_acquire()`),
    [true, false],
  );
});

Deno.test("acquire() that fails takes its interval at least, and no semaphore", async () => {
  assert.deepEqual(
    await evaluate(`
      local sem = mtev.semaphore("s", 0)
      local before = mtev.timeval.now()
      local got = sem:acquire(0, 0.02)
      local took = (mtev.timeval.now() - before):seconds()
      sem:release()
      return got, took >= 0.02, sem:try_acquire()`),
    [false, true, true],
  );
});

Deno.test("acquire is what mtev.__semaphore_acquire is", async () => {
  assert.deepEqual(
    await evaluate(`
      local sem = mtev.semaphore("s", 0)
      local original = mtev.__semaphore_acquire
      mtev.__semaphore_acquire = function(self, timeout) return "mine", timeout, self == sem end
      local a, b, c = sem:acquire(7)
      mtev.__semaphore_acquire = original
      return a, b, c, sem.acquire == original`),
    ["mine", 7, true, true],
  );
});
