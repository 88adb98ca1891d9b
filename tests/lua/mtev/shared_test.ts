/**
 * What Lua states share, in the cases that the conformance corpus does not
 * hold: odd values, large ones, many waiters, cancellation.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createRuntime, type LuaTable, type LuaValue } from "../../../mod.ts";
import { newStoreBuffer } from "../../../runtime/sync/shared_store.ts";
import { within } from "../../support/eventer.ts";

async function evaluate(source: string): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ stderr: () => {} });
  return await within(runtime.eval(source));
}

Deno.test("shared_get() gives what shared_set() was given, whatever the bytes", async () => {
  await using runtime = await createRuntime();
  const { state } = runtime;
  const mtev = state.globals.get("mtev") as LuaTable;
  const roundTrip = (value: LuaValue) => {
    state.call(mtev.get("shared_set"), "key", value);
    return state.call(mtev.get("shared_get"), "key")[0];
  };
  fc.assert(
    fc.property(
      fc.oneof(
        fc.double(),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 255 })),
      ),
      (value) => {
        const lua = Array.isArray(value)
          ? String.fromCharCode(...value)
          : value;
        assert.deepEqual(roundTrip(lua), lua);
      },
    ),
  );
});

Deno.test("names and texts end at NUL; values may be nil, and functions count as nil", async () => {
  assert.deepEqual(
    await evaluate(`
      mtev.shared_set("a\\0b", "x\\0y")
      local first = mtev.shared_get("a")
      mtev.shared_set("a", print)
      local gone = mtev.shared_get("a")
      mtev.shared_set("b", coroutine.create(print))
      mtev.shared_set(7, false)
      local number = mtev.shared_get("7")
      mtev.shared_set("7", nil)
      return first, gone, mtev.shared_get("b"), number, mtev.shared_get(7)`),
    ["x", undefined, undefined, false, undefined],
  );
});

Deno.test("tables are copied deep, 10 MB of them too", async () => {
  assert.deepEqual(
    await evaluate(`
      local list = {}
      for i = 1, 10 do list[i] = { text = ("x"):rep(1000000), number = i, deep = { { { i } } } }  end
      mtev.shared_set("large", list)
      list[1].number = 100
      local copy, another = mtev.shared_get("large"), mtev.shared_get("large")
      local sum, length = 0, 0
      for i = 1, #copy do sum, length = sum + copy[i].deep[1][1][1] + copy[i].number, length + #copy[i].text end
      return sum, length, copy ~= another`),
    [110, 10_000_000, true],
  );
});

Deno.test("tables that contain themselves, or are too deep, are errors", async () => {
  const [cycle, serialized, deep, after] = await evaluate(`
    local function message(value) return (select(2, pcall(mtev.shared_set, "key", value))) end
    local cyclic = {} cyclic[1] = { cyclic }
    local again = { serialize = function(self) return { self } end }
    local deep = {}
    for i = 1, 1000000 do deep = { deep } end
    local text = message(deep)
    mtev.shared_set("after", 1)
    return message(cyclic), message(again), text, mtev.shared_get("after")`);
  assert.match(
    String(cycle),
    /Cannot serialize a table that contains itself\n$/,
  );
  assert.match(
    String(serialized),
    /Cannot serialize a table that contains itself\n$/,
  );
  assert.match(String(deep), /stack overflow/);
  assert.equal(after, 1);
});

Deno.test("more than the memory there is, is an error that changes nothing", async () => {
  const buffer = newStoreBuffer(1_000_000);
  await using runtime = await createRuntime({ shared: { buffer, place: 0 } });
  const results = await within(runtime.eval(`
    local function message(f, ...) return (select(2, pcall(f, ...))) end
    mtev.shared_set("key", "old")
    local large = ("x"):rep(1000000)
    local set, notify = message(mtev.shared_set, "key", large), message(mtev.shared_notify, "q", large)
    local count = 0
    while pcall(mtev.shared_seq, "counter " .. count) do count = count + 1 end
    return set, notify, mtev.shared_get("key"), select("#", mtev.shared_waitfor("q", 0)), count > 1000`));
  assert.match(String(results[0]), /not enough memory$/);
  assert.match(String(results[1]), /not enough memory$/);
  assert.deepEqual(results.slice(2), ["old", 0, true]);
});

Deno.test("shared_waitfor() tells a queued nil from an empty queue", async () => {
  assert.deepEqual(
    await evaluate(`
      mtev.shared_notify("q", nil)
      mtev.shared_notify("q", print)
      return select("#", mtev.shared_waitfor("q", 0)), select("#", mtev.shared_waitfor("q", 0)),
        select("#", mtev.shared_waitfor("q", 0)), select("#", mtev.shared_waitfor("q", 0.001))`),
    [1, 1, 0, 1],
  );
});

Deno.test("1,000 waiters of one queue get one message each, in their order", async () => {
  assert.deepEqual(
    await evaluate(`
      local order, done = {}, 0
      for i = 1, 1000 do
        mtev.coroutine_spawn(function()
          order[i] = mtev.shared_waitfor("q")
          done = done + 1
          if done == 1000 then mtev.notify("done") end
        end)
      end
      for i = 1, 1000 do mtev.shared_notify("q", i) end
      mtev.waitfor("done", 20)
      local right = true
      for i = 1, 1000 do right = right and order[i] == i end
      return right, done`),
    [true, 1000],
  );
});

Deno.test("a cancelled waiter takes nothing", async () => {
  assert.deepEqual(
    await evaluate(`
      local co
      mtev.coroutine_spawn(function() co = coroutine.running() mtev.shared_waitfor("q") end)
      mtev.sleep(0.001)
      mtev.shared_notify("q", "for another")
      mtev.cancel_coro(co)
      return mtev.shared_waitfor("q", 5)`),
    ["for another"],
  );
});

Deno.test("wrong parameters of the shared functions are told", async () => {
  const messages = await evaluate(`
    local function message(f, ...) return (select(2, pcall(f, ...))) end
    return message(mtev.shared_set, "x"), message(mtev.shared_set, {}, 1), message(mtev.shared_get),
      message(mtev.shared_notify, "x"), message(mtev.shared_waitfor), message(mtev.shared_waitfor, "x", nil),
      message(mtev.shared_waitfor, "x", 1, 2)`);
  assert.deepEqual(messages, [
    "bad parameters to mtev.shared_set(str, str)",
    "bad parameters to mtev.shared_set(str, str)",
    "bad parameters to mtev.shared_get(str)",
    "bad parameters to mtev.shared_notify(str, value)",
    "bad parameters to mtev.shared_waitfor(str [, timeout])",
    "bad parameters to mtev.shared_waitfor(str [, timeout])",
    "bad parameters to mtev.shared_waitfor(str [, timeout])",
  ]);
});

Deno.test("two runtimes with one buffer share all, and wake each other", async () => {
  const buffer = newStoreBuffer();
  await using first = await createRuntime({ shared: { buffer, place: 0 } });
  await using second = await createRuntime({ shared: { buffer, place: 1 } });
  const waiting = first.eval(
    `return mtev.shared_waitfor("q"), mtev.shared_seq("n")`,
  );
  assert.deepEqual(
    await within(second.eval(`
      mtev.shared_set("v", { 1, 2 })
      local number = mtev.shared_seq("n")
      mtev.shared_notify("q", "over there")
      return number`)),
    [0],
  );
  assert.deepEqual(await within(waiting), ["over there", 1]);
  assert.deepEqual(await within(first.eval(`return #mtev.shared_get("v")`)), [
    2,
  ]);
});

Deno.test("runtimes without a buffer share nothing", async () => {
  await using first = await createRuntime();
  await using second = await createRuntime();
  await first.eval(`mtev.shared_set("v", 1)`);
  assert.deepEqual(await second.eval(`return mtev.shared_get("v")`), [
    undefined,
  ]);
});
