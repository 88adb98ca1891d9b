/**
 * Processes of the mtev API in the cases that the conformance corpus does not
 * hold: much output, stubborn children, odd strings, scale, cancellation.
 */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { openDescriptors } from "../../../runtime/posix/descriptors.ts";
import { isAlive } from "../../support/children.ts";
import { within } from "../../support/eventer.ts";
import { ROOT, run, TestFolder } from "../../support/luamtev.ts";

/** Runs a chunk in a fresh runtime and returns its results. */
async function evaluate(
  source: string,
  ...args: string[]
): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ args, stderr: () => {} });
  return await within(runtime.eval(source));
}

Deno.test("100 MB through a child's pipes arrive whole, in bounded memory", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
    function main()
      local process, stdin, stdout = mtev.spawn("/bin/cat", { "cat" })
      local chunk = ("0123456789abcdef"):rep(65536)
      mtev.coroutine_spawn(function()
        stdin = stdin:own()
        for _ = 1, 100 do assert(stdin:write(chunk) == #chunk) end
        stdin:close()
      end)
      local total = 0
      while true do
        local piece = stdout:read(#chunk)
        if not piece then break end
        assert(piece == chunk)
        total = total + #piece
      end
      local peak = 0
      for line in io.lines("/proc/self/status") do
        peak = tonumber(line:match("^VmHWM:%s+(%d+)")) or peak
      end
      print(total, process:wait(5), peak < 300 * 1024 or peak)
      os.exit(0)
    end`);
  const result = await run(`${ROOT}bin/luamtev`, [path]);
  assert.deepEqual(result, {
    code: 0,
    signal: null,
    stdout: `${100 * 2 ** 20}\t0\ttrue\n`,
    stderr: "",
  });
});

Deno.test("a child that closes its output early ends the read, not the wait", async () => {
  assert.deepEqual(
    await evaluate(`
      local process, stdin, stdout, stderr = mtev.spawn("/bin/sh",
        { "sh", "-c", "echo one; exec >&-; read line; echo $line >&2; exit 4" })
      local first, last = stdout:read("\\n"), stdout:read("\\n")
      local running = select(2, process:wait(0))
      stdin:write("two\\n")
      return first, last, running, stderr:read("\\n"), process:wait(5)`),
    ["one\n", undefined, 110, "two\n", 4 << 8],
  );
});

Deno.test("writing to a child that never reads waits, and ends with the child", async () => {
  assert.deepEqual(
    await evaluate(`
      local process, stdin = mtev.spawn("/bin/sleep", { "sleep", "1000" })
      local written
      mtev.coroutine_spawn(function()
        stdin = stdin:own()
        written = stdin:write(("x"):rep(10000000))
        mtev.notify("written")
      end)
      local before = written
      process:kill(9)
      local key = mtev.waitfor("written", 10)
      return before, key, written, process:wait(5)`),
    [undefined, "written", -1, 9],
  );
});

Deno.test("environment and arguments carry any bytes", async () => {
  assert.deepEqual(
    await evaluate(`
      local process, stdin, stdout = mtev.spawn("/usr/bin/env",
        { "env", "-0", "A=b=c", "\\255=\\128" }, { "X=1=2", "Y=two\\nlines", "Z=\\200" })
      return stdout:read(1000), process:wait(5)`),
    ["X=1=2\0Y=two\nlines\0Z=\xc8\0A=b=c\0\xff=\x80\0", 0],
  );
});

Deno.test("wait() of several coroutines: one gets the status, the others ECHILD", async () => {
  const [text] = await evaluate(`
    local process, stdin = mtev.spawn("/bin/sh", { "sh", "-c", "read x; exit 3" })
    local got = {}
    for i = 1, 5 do
      mtev.coroutine_spawn(function()
        local status, errno = process:wait(10)
        got[#got + 1] = tostring(status) .. "/" .. tostring(errno)
        if #got == 5 then mtev.notify("all") end
      end)
    end
    stdin:close()
    mtev.waitfor("all", 10)
    table.sort(got)
    return table.concat(got, " ")`);
  assert.equal(text, "768/nil nil/10 nil/10 nil/10 nil/10");
});

Deno.test("wait() ends with its coroutine, and with its time", async () => {
  assert.deepEqual(
    await evaluate(`
      local process = mtev.spawn("/bin/sleep", { "sleep", "1000" })
      local co
      mtev.coroutine_spawn(function() co = coroutine.running() process:wait(1000) end)
      mtev.cancel_coro(co)
      local status, errno = process:wait(0.01)
      process:kill(15)
      return status, errno, process:wait(10)`),
    [undefined, 110, 15],
  );
});

Deno.test("signals: those that do not exist, the end of children that are gone", async () => {
  assert.deepEqual(
    await evaluate(`
      local process = mtev.spawn("/bin/sleep", { "sleep", "1000" })
      local ok, errno = process:kill(1000)
      local there = process:kill(0)
      process:kill()
      local status = process:wait(10)
      return ok, errno, there, status, select(2, process:kill(0))`),
    [false, 22, true, 15, 3],
  );
});

Deno.test("200 children in 20 coroutines: every status is its own, nothing stays open", async () => {
  await using runtime = await createRuntime({ stderr: () => {} });
  const source = `
    local right, left = 0, 20
    for i = 1, 20 do
      mtev.coroutine_spawn(function()
        for j = 1, 10 do
          local code = i * 10 + j
          local process, stdin, stdout, stderr =
            mtev.spawn("/bin/sh", { "sh", "-c", "echo $0; exit $0", tostring(code) })
          local line = stdout:read("\\n")
          if line == code .. "\\n" and process:wait(10) == code * 256 then right = right + 1 end
          stdin:close() stdout:close() stderr:close()
        end
        left = left - 1
        if left == 0 then mtev.notify("done") end
      end)
    end
    mtev.waitfor("done", 20)
    return right`;
  assert.deepEqual(
    await within(
      runtime.eval("mtev.sh = nil return mtev.spawn('/bin/true'):wait(5)"),
    ),
    [0],
  );
  const before = openDescriptors().size;
  assert.deepEqual(await within(runtime.eval(source)), [200]);
  assert.equal(openDescriptors().size, before);
});

Deno.test("the pipes of a child close with the coroutine that spawned it", async () => {
  assert.deepEqual(
    await evaluate(`
      local process
      mtev.coroutine_spawn(function() process = mtev.spawn("/bin/cat", { "cat" }) end)
      return process:wait(10)`),
    [0],
  );
});

Deno.test("a runtime that is disposed takes its children along", async () => {
  let pid = 0;
  {
    await using runtime = await createRuntime({ stderr: () => {} });
    const [number] = await runtime.eval(`
      keep = mtev.spawn("/bin/sleep", { "sleep", "1000" })
      return keep:pid()`);
    pid = Number(number);
    assert.ok(isAlive(pid));
  }
  assert.ok(!isAlive(pid));
});

Deno.test("a process object that is garbage kills its process", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
    function main()
      local pid = mtev.spawn("/bin/sleep", { "sleep", "1000" }):pid()
      local stat
      repeat
        collectgarbage() collectgarbage()
        local garbage = {}
        for i = 1, 100000 do garbage[i] = {} end
        mtev.sleep(0.01)
        stat = io.open("/proc/" .. pid .. "/stat")
        if stat then stat:close() end
      until not stat
      print("reaped")
      os.exit(0)
    end`);
  const result = await run(`${ROOT}bin/luamtev`, [path]);
  assert.equal(result.stderr, "");
  assert.equal(result.stdout, "reaped\n");
});

Deno.test("spawn() reports too few descriptors and works again when there are", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
    function main()
      local warm = mtev.spawn("/bin/true", { "true" })
      print(warm:wait(5))
      local fds, fd = {}
      repeat fd = mtev.open("/dev/null", O_RDONLY) fds[#fds + 1] = fd until fd < 0
      for i = 1, 10 do
        local process, errno, more = mtev.spawn("/bin/true", { "true" })
        if type(errno) ~= "number" then print("started with", i) break end
        if errno ~= 24 or more ~= nil or process:pid() ~= -1 then print("wrong", errno, more) end
        mtev.close(table.remove(fds, #fds - 1))
      end
      os.exit(0)
    end`);
  const result = await run("/bin/sh", [
    "-c",
    'ulimit -n 150; exec "$0" "$@"',
    `${ROOT}bin/luamtev`,
    path,
  ]);
  assert.equal(result.stderr, "");
  // The pipes take six descriptors, posix_spawn none.
  assert.equal(result.stdout, "0\nstarted with\t7\n");
});

Deno.test("getpid() and its relatives tell what /proc tells", async () => {
  const [pid, ppid, uid, euid, gid, egid] = await evaluate(`
    return mtev.getpid(), mtev.getppid(), mtev.getuid(), mtev.geteuid(), mtev.getgid(), mtev.getegid()`);
  const status = Deno.readTextFileSync("/proc/self/status");
  const ids = (name: string) =>
    new RegExp(`^${name}:\\s+(\\d+)\\s+(\\d+)`, "m").exec(status)!.slice(1)
      .map(Number);
  assert.equal(pid, Deno.pid);
  assert.equal(ppid, Deno.ppid);
  assert.deepEqual([uid, euid], ids("Uid"));
  assert.deepEqual([gid, egid], ids("Gid"));
});
