/**
 * Bodies that do not simply return: they wait, end themselves, never end.
 * Whatever they do, the tests after them run.
 */
import assert from "node:assert/strict";
import { runSpec } from "../support/mtev_busted.ts";

async function expectReport(
  body: string,
  lines: readonly string[],
  args: readonly string[] = [],
): Promise<void> {
  const spec =
    `it('first', function()\n${body}\nend)\nit('last', function() end)`;
  const { code, stdout } = await runSpec(spec, args);
  assert.deepEqual(stdout.split("\n"), [...lines, "ok 2 - last", "1..2", ""]);
  assert.equal(code, lines[0]!.startsWith("ok") ? 0 : 1);
}

function notOk(message: string, line = 1): string[] {
  return [
    "not ok 1 - first",
    "# a_spec.lua @ 1",
    `# Failure message: a_spec.lua:${line}: ${message}`,
  ];
}

Deno.test("a test may wait", () =>
  expectReport(
    `local woken = 0
    mtev.coroutine_spawn(function() mtev.waitfor('go', 10) woken = 1 mtev.notify('gone') end)
    mtev.sleep(0.001)
    mtev.notify('go')
    mtev.waitfor('gone', 10)
    assert.equal(1, woken)`,
    ["ok 1 - first"],
  ));

Deno.test("--timeout raises an error in a test where it waits", () =>
  expectReport(
    "local x = 1\nmtev.sleep(1000)",
    notOk("timed out after 0.05 seconds", 3),
    ["--timeout=0.05"],
  ));

Deno.test("--timeout raises an error in a test that computes", () =>
  expectReport(
    "while true do end",
    notOk("timed out after 0.05 seconds", 2),
    ["--timeout=0.05"],
  ));

Deno.test("--timeout also ends a test that catches the error", () =>
  expectReport(
    "for _ = 1, 3 do pcall(mtev.sleep, 1000) end error('came through')",
    notOk("came through", 2),
    ["--timeout=0.05"],
  ));

Deno.test("a test that cancels its coroutine is an error", () =>
  expectReport(
    "mtev.cancel_coro(coroutine.running()) mtev.sleep(1)",
    notOk("the coroutine of the test was cancelled"),
  ));

Deno.test("a test that yields to nobody is an error", () =>
  expectReport(
    "coroutine.yield()",
    notOk("attempt to yield from outside a coroutine"),
  ));

Deno.test("a test that yields to nobody after a wait is an error", () =>
  expectReport(
    "mtev.sleep(0.001) coroutine.yield()",
    notOk("attempt to yield from outside a coroutine"),
  ));

Deno.test("an error that nobody catches in a coroutine of a test is its error", () =>
  expectReport(
    "mtev.coroutine_spawn(function() error('lost') end)",
    notOk(
      "an error in a coroutine that was started here was not caught; it is on standard error",
    ),
  ));

Deno.test("a stack overflow is an error of the test", () =>
  expectReport(
    "local function f() return 1 + f() end\nf()",
    notOk("stack overflow", 2),
  ));

Deno.test("what a hook opens stays open for the tests", async () => {
  const { stdout } = await runSpec(`
    local socket
    setup(function()
      socket = mtev.socket('127.0.0.1')
      assert.equal(0, socket:bind('127.0.0.1', 0))
    end)
    it('is there', function()
      local address, port = socket:sock_name()
      assert.is_true(port > 0)
    end)
  `);
  assert.equal(stdout, "ok 1 - is there\n1..1\n");
});

Deno.test("a test that times out says where other coroutines wait", async () => {
  const { stdout } = await runSpec(
    `local function helper() mtev.sleep(60) end
it('hangs', function()
  mtev.coroutine_spawn(function()
    helper()
  end)
  mtev.waitfor('nothing', 60)
end)
it('is busy', function() while true do end end)`,
    ["--timeout=0.05"],
  );
  const others =
    "# other coroutines wait at\n#   a_spec.lua:1, spawned at a_spec.lua:3\n";
  assert.equal(
    stdout,
    "not ok 1 - hangs\n# a_spec.lua @ 2\n" +
      `# Failure message: a_spec.lua:6: timed out after 0.05 seconds\n${others}` +
      "not ok 2 - is busy\n# a_spec.lua @ 8\n" +
      `# Failure message: a_spec.lua:8: timed out after 0.05 seconds\n${others}1..2\n`,
  );
});
