/** What tests can do beyond busted: rows, further attempts, mocks that go. */
import assert from "node:assert/strict";
import { runSpec } from "../support/mtev_busted.ts";

Deno.test("it.each makes a test of each row", async () => {
  const { stdout } = await runSpec(`
    it.each({ { 1, 2, 3 }, { 'a', nil, 'b', n = 3 }, 'single' })('%s', function(...)
      print(select('#', ...), ...)
    end)
    describe.each({ 'x', 'y' })('block %s', function(name)
      it('knows ' .. name, function() end)
    end)`);
  assert.equal(
    stdout,
    "3\t1\t2\t3\nok 1 - 1\n3\ta\tnil\tb\nok 2 - a\n1\tsingle\nok 3 - single\n" +
      "ok 4 - block x knows x\nok 5 - block y knows y\n1..5\n",
  );
});

Deno.test("indexing any other function is an error as ever", async () => {
  const { stdout, code } = await runSpec(
    "it('a', function() assert.has_error(function() return print.x end) end)",
  );
  assert.deepEqual([stdout, code], ["ok 1 - a\n1..1\n", 0]);
});

Deno.test("a failure is a table with a message and nothing else", async () => {
  const { stdout } = await runSpec(`it('a', function()
    local _, failure = pcall(function() assert.equal(1, 2) end)
    local keys = {}
    for key in pairs(failure) do keys[#keys + 1] = key end
    assert.same({ 'message' }, keys)
  end)`);
  assert.equal(stdout, "ok 1 - a\n1..1\n");
});

const FLAKY = `
  describe('block', function()
    local attempts = 0
    before_each(function() attempts = attempts + 1 end)
    it('is flaky', function() assert.equal(2, attempts) end)
  end)`;

Deno.test("--retry tries a failing test again, and says so", async () => {
  const { stdout, stderr, code } = await runSpec(FLAKY, ["--retry=2"]);
  assert.deepEqual(
    [stdout, stderr, code],
    ["ok 1 - block is flaky\n1..1\n", "flaky: block is flaky\n", 0],
  );
});

Deno.test("--retry reports the last attempt of a test that never passes", async () => {
  const { stdout, stderr, code } = await runSpec(
    "local n = 0 it('fails', function() n = n + 1 error('attempt ' .. n) end)",
    ["--retry=2"],
  );
  assert.equal(
    stdout,
    "not ok 1 - fails\n# a_spec.lua @ 1\n# Failure message: a_spec.lua:1: attempt 3\n1..1\n",
  );
  assert.deepEqual([stderr, code], ["", 1]);
});

const MOCKED = `
  local t = { f = function() return 'real' end }
  it('replaces', function() stub(t, 'f', 'stub') assert.equal('stub', t.f()) end)
  it('looks', function() print(t.f()) end)`;

Deno.test("--restore-mocks reverts stubs after each test", async () => {
  assert.match((await runSpec(MOCKED)).stdout, /^stub$/m);
  assert.match((await runSpec(MOCKED, ["--restore-mocks"])).stdout, /^real$/m);
});

Deno.test("Ctrl-C ends the running test and prints the summary so far", async () => {
  const { stdout, code } = await runSpec(`
    it('first', function() end)
    it('is interrupted', function()
      os.execute('(sleep 0.1; kill -INT ' .. mtev.getpid() .. ') &')
      mtev.sleep(1000)
    end)
    it('does not run', function() end)`);
  assert.equal(
    stdout,
    "ok 1 - first\nnot ok 2 - is interrupted\n# a_spec.lua @ 3\n" +
      "# Failure message: a_spec.lua:5: interrupted\n1..2\n",
  );
  assert.equal(code, 130);
});
