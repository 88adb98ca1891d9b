/** Several Lua states in one program, through the real command. */
import assert from "node:assert/strict";
import { isAlive, until } from "../support/children.ts";
import { within } from "../support/eventer.ts";
import { luamtev, ROOT, TestFolder } from "../support/luamtev.ts";

/** Runs a module's body in 4 states. */
async function inStates(body: string, states = 4) {
  using folder = new TestFolder();
  const module = folder.module(body);
  return await luamtev(["-n", String(states), "--concurrent", module]);
}

Deno.test("main() runs once on each loop, with globals of its own", async () => {
  const result = await inStates(`
    function main()
      assert(mark == nil)
      mark = true
      local thread, loop, name = mtev.thread_self()
      mtev.shared_notify("up", { thread = thread, loop = loop, name = name })
      if loop > 0 then return end
      local loops, threads, count = {}, {}, 0
      for i = 1, 4 do
        local up = mtev.shared_waitfor("up")
        loops[up.loop + 1] = up.name
        if not threads[up.thread] then threads[up.thread], count = true, count + 1 end
      end
      print(table.concat(loops, " "), count, mtev.eventer_loop_concurrency(), arg[1] ~= nil)
      os.exit(3)
    end`);
  assert.deepEqual(result, {
    code: 3,
    signal: null,
    stdout: "e:default/0 e:default/1 e:default/2 e:default/3\t4\t4\ttrue\n",
    stderr: "",
  });
});

Deno.test("10,000 semaphore operations of 4 states (5,000 pairs) lose no wake-up and let nobody in twice", async () => {
  const result = await inStates(`
    function main()
      local sem = mtev.semaphore("mutex", 1)
      mtev.semaphore("barrier", 1 - 4):release()
      for i = 1, 1250 do
        assert(sem:acquire())
        local number = mtev.shared_get("number") or 0
        if i % 100 == 0 then mtev.sleep(0) end
        mtev.shared_set("number", number + 1)
        sem:release()
      end
      mtev.shared_notify("done", true)
      if mtev.shared_seq("last") < 3 then return end
      for i = 1, 4 do mtev.shared_waitfor("done") end
      print(mtev.shared_get("number"))
      os.exit(0)
    end`);
  assert.deepEqual([result.stdout, result.stderr], ["5000\n", ""]);
});

Deno.test("values of 10 MB go from state to state", async () => {
  const result = await inStates(
    `
    function main()
      local _, loop = mtev.thread_self()
      if loop == 0 then
        local list = {}
        for i = 1, 10 do list[i] = string.char(64 + i):rep(1000000) end
        mtev.shared_set("large", list)
        for i = 1, 3 do mtev.shared_notify("go", i) end
        for i = 1, 3 do print(mtev.shared_waitfor("sum")) end
        os.exit(0)
      end
      mtev.shared_waitfor("go")
      local sum, list = 0, mtev.shared_get("large")
      for i = 1, #list do sum = sum + #list[i] + list[i]:byte(1) + list[i]:byte(-1) end
      mtev.shared_notify("sum", sum)
    end`,
  );
  assert.equal(result.stderr, "");
  assert.equal(result.stdout, `${10_000_000 + 2 * 695}\n`.repeat(3));
});

Deno.test("endless recursion in a state is an error that can be caught", async () => {
  const result = await inStates(
    `
    local function deep() return (string.gsub("a", "a", deep)) end
    local mt = {} mt.__index = function(t, k) return t[k + 1] end
    local function serialize() mtev.shared_set("k", { serialize = serialize }) end
    function main()
      for _, f in ipairs{ deep, function() return setmetatable({}, mt)[1] end, serialize } do
        local ok, message = pcall(f)
        if ok or not tostring(message):find("stack overflow") then print("wrong", ok, message) end
      end
      mtev.shared_set("still", "works")
      if mtev.shared_seq("done") == 1 then print(mtev.shared_get("still")) os.exit(0) end
    end`,
    2,
  );
  assert.deepEqual([result.code, result.stdout, result.stderr], [
    0,
    "works\n",
    "",
  ]);
});

Deno.test("an error that nothing catches ends the whole program", async () => {
  const result = await inStates(`
    function main()
      local _, loop = mtev.thread_self()
      mtev.semaphore("once", 0)
      if loop == 2 then mtev.sleep(0) error("boom") end
      mtev.semaphore("once", 0):acquire()
    end`);
  assert.equal(result.code, 255);
  assert.match(
    result.stderr,
    /^lua coro resume failed: 2\nlua error: .*: boom\n[^]*\nUnrecoverable run-time error\. Terminating\.\n$/,
  );
});

for (
  const [signal, name] of [["SIGTERM", "sigterm"], [
    "SIGINT",
    "sigint",
  ]] as const
) {
  Deno.test(`${signal} ends busy states too, and their children`, async () => {
    using folder = new TestFolder();
    const module = folder.module(`
      function main()
        local process = mtev.spawn("/bin/sleep", { "sleep", "1000" })
        mtev.shared_notify("pid", process:pid())
        if mtev.shared_seq("n") == 1 then
          print(mtev.shared_waitfor("pid"), mtev.shared_waitfor("pid"))
        end
        while true do end
      end`);
    const child = new Deno.Command(`${ROOT}bin/luamtev`, {
      args: ["--concurrent", "-n", "2", module],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await within(reader.read());
    const pids = new TextDecoder().decode(value).split("\t").map(Number);
    child.kill(signal);
    const { code } = await within(child.status);
    await reader.cancel();
    assert.equal(code, 2);
    assert.equal(
      await new Response(child.stderr).text(),
      `[TERMINATE] received ${name}, shutting down.\n`,
    );
    await within(until(() => !pids.some(isAlive)));
  });
}

Deno.test("more states than can be are refused", async () => {
  const result = await inStates("function main() end", 65);
  assert.deepEqual(result, {
    code: 2,
    signal: null,
    stdout: "",
    stderr: "luamtev: cannot run 65 states: at most 64\n",
  });
});
