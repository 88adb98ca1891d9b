/**
 * `mtev.Proc` and its log watches, in the cases that the conformance corpus
 * does not hold.
 */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { within } from "../../support/eventer.ts";
import { PCRE2_MISSING } from "../../support/libraries.ts";
import { TestFolder } from "../../support/luamtev.ts";

/** A Proc of a shell script, before the chunk proper. */
const PRELUDE = `
local function script(text, opts)
  opts = opts or {}
  opts.path, opts.argv = "/bin/sh", { "sh", "-c", text }
  return mtev.Proc:new(opts)
end
`;

async function evaluate(
  source: string,
  ...args: string[]
): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ args, stderr: () => {} });
  return await within(runtime.eval(PRELUDE + source));
}

/** Defines a test of watches by regular expressions. */
function pcreTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + PCRE2_MISSING, ignore: PCRE2_MISSING !== "", fn });
}

Deno.test("a Proc that becomes ready, waits and ends", async () => {
  assert.deepEqual(
    await evaluate(`
      local proc = script("echo starting >&2; echo up and ready >&2; sleep 0.01; exit 4")
      local before = proc:pid()
      local same = proc:start() == proc
      return before, same, proc:ready(), proc:ready(), proc:pid() > 0, proc:wait(10)`),
    [-1, true, true, true, true, true, 4],
  );
});

Deno.test("ready() is false for a process that ends before it is ready", async () => {
  assert.deepEqual(
    await evaluate(`
      local proc = script("echo no >&2; exit 1"):start()
      return proc:ready(), proc:pid(), proc:wait()`),
    [false, -1, undefined],
  );
});

Deno.test("ready() kills a process that takes too long, which may be started again", async () => {
  assert.deepEqual(
    await evaluate(`
      local proc = script("exec sleep 1000", { boot_timeout = 0.02 }):start()
      local first = proc:ready()
      proc.argv = { "sh", "-c", "echo ready >&2" }
      proc.boot_timeout = 10
      return first, proc:pid(), proc:start():ready(), proc:wait(10)`),
    [false, -1, true, true, 0],
  );
});

Deno.test("kill() goes on to SIGKILL when SIGTERM is ignored", async () => {
  assert.deepEqual(
    await evaluate(`
      local proc = script("trap '' TERM; echo ready >&2; while :; do sleep 0.05; done"):start()
      proc:ready()
      return proc:kill(0.05)`),
    [true, 9, undefined],
  );
});

Deno.test("kill() tells the exit code of a process that catches SIGTERM, and then nothing", async () => {
  assert.deepEqual(
    await evaluate(`
      local proc = script("trap 'exit 7' TERM; echo ready >&2; while :; do sleep 0.01; done"):start()
      proc:ready()
      local ok, code = proc:kill(10)
      return ok, code, select("#", proc:kill()), select("#", script("true"):kill())`),
    [true, 7, 0, 0],
  );
});

Deno.test("listeners get each line once, in order, also the last without a newline", async () => {
  assert.deepEqual(
    await evaluate(`
      local proc = script("for i in 1 2 3; do echo line $i >&2; done; printf 'ready, no newline' >&2")
      local lines = {}
      proc:loglisten(function(line) lines[#lines + 1] = "a:" .. line end)
      proc:loglisten(function(line) lines[#lines + 1] = "b:" .. line end)
      proc:start()
      local ready = proc:ready()
      return ready, table.concat(lines, "|")`),
    [
      true,
      "a:line 1\n|b:line 1\n|a:line 2\n|b:line 2\n|a:line 3\n|b:line 3\n|" +
      "a:ready, no newline|b:ready, no newline",
    ],
  );
});

pcreTest(
  "a watch counts down its limit, finds equal lines anew, and may be a function",
  async () => {
    assert.deepEqual(
      await evaluate(`
      local proc = script("for i in 1 2 3 4; do echo same >&2; done; echo ready >&2")
      local two = proc:logwatch("^s(a)me$", 2)
      local all = proc:logwatch(function(line) return line == "same\\n" end)
      proc:start():ready()
      local function count(watch)
        local n = 0
        while watch:wait(0) do n = n + 1 end
        return n
      end
      return count(two), count(all)`),
      [2, 4],
    );
  },
);

pcreTest("stop() in the middle of a wait and of a dispatch", async () => {
  assert.deepEqual(
    await evaluate(`
      local proc = script("for i in 1 2 3; do echo tick $i >&2; done; echo ready >&2")
      local watch = proc:logwatch("tick")
      local got = {}
      mtev.coroutine_spawn(function()
        got[#got + 1] = watch:wait(10)
        watch:stop() -- runs inside the dispatch of the line
        got[#got + 1] = tostring(watch:wait(0.01))
        mtev.notify("stopped")
      end)
      proc:start():ready()
      mtev.waitfor("stopped", 10)
      local waiting = proc:logwatch("never")
      mtev.coroutine_spawn(function() waiting:wait(0.02) mtev.notify("over") end)
      waiting:stop()
      mtev.waitfor("over", 10)
      return table.concat(got, "|"), #proc.log_watchers`),
    ["tick 1\n|nil", 0],
  );
});

Deno.test("logwrite() writes lines to a file of the folder dir", async () => {
  using folder = new TestFolder();
  folder.write("log.txt", "old content\n");
  const [failure] = await evaluate(
    `
    local proc = script("echo one >&2; echo ready >&2", { dir = arg[1] })
    proc:logwrite("log.txt"):start():ready()
    proc:wait(10)
    while #proc.hook_term > 0 and io.open(arg[1] .. "/log.txt"):read("*a") ~= "one\\nready\\n" do
      mtev.sleep(0.001)
    end
    return (select(2, pcall(proc.logwrite, proc, "no/such/file")))`,
    folder.path,
  );
  assert.equal(Deno.readTextFileSync(`${folder.path}/log.txt`), "one\nready\n");
  assert.match(String(failure), /Could not open: .*No such file or directory$/);
});

pcreTest("the environment is ENV, or what was given", async () => {
  assert.deepEqual(
    await evaluate(`
      local function says(env)
        ENV.MARK = "from ENV"
        local proc = script("echo ready $MARK >&2", { env = env })
        local watch = proc:logwatch("ready")
        proc:start()
        return watch:wait(10)
      end
      return says(nil), says{ MARK = "by name" }, says{ "MARK=in a string" }`),
    ["ready from ENV\n", "ready by name\n", "ready in a string\n"],
  );
});

pcreTest(
  "mistakes are errors: no path, started twice, no program, no expression",
  async () => {
    const messages = await evaluate(`
    local function message(f, ...) return (select(2, pcall(f, ...))) end
    local running = script("exec sleep 1000"):start()
    local results = {
      message(function() mtev.Proc:new{} end),
      message(running.start, running),
      message(function() mtev.Proc:new{ path = "/nonexistent" }:start() end),
      message(running.logwatch, running, 5),
      message(running.logwatch, running, "("),
    }
    running:kill()
    return unpack(results)`);
    const patterns = [
      /path not set$/,
      /can't start already started proc$/,
      /Could not start process$/,
      /Illegal argument for Proc:watchfor\(regex\)$/,
      /missing \)$/,
    ];
    assert.equal(messages.length, patterns.length);
    patterns.forEach((pattern, index) =>
      assert.match(String(messages[index]), pattern)
    );
  },
);
