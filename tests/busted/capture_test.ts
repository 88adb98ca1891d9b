/** --capture of the real program: only what fails shows its output. */
import assert from "node:assert/strict";
import { runSpec } from "../support/mtev_busted.ts";

const SPEC = `print('file body')
describe('d', function()
  print('describe body')
  setup(function() print('setup') end)
  before_each(function() print('before') end)
  after_each(function() print('after') end)
  it('passes', function() print('hidden') os.execute('echo hidden child') io.stderr:write('hidden\\n') end)
  it('fails', function()
    print('shown')
    io.stdout:flush()
    os.execute('echo shown child; echo shown by child >&2')
    mtev.log('stderr', 'shown log\\n')
    error('x')
  end)
  it('passes too', function() print('hidden') finally(function() print('hidden') end) end)
  describe('broken', function() print('in describe') error('y') end)
end)`;

const FAILURES = `before
shown
shown child
not ok 2 - d fails
# a_spec.lua @ 8
# Failure message: a_spec.lua:13: x
after
ok 3 - d passes too
in describe
not ok 4 - d broken
# a_spec.lua @ 16
# Failure message: a_spec.lua:16: y
1..4
`;

Deno.test("--capture shows the output of failing tests and hooks alone", async () => {
  const { stdout, stderr, code } = await runSpec(SPEC, ["--capture"]);
  assert.equal(stdout, `ok 1 - d passes\n${FAILURES}`);
  assert.deepEqual([stderr, code], ["shown by child\nshown log\n", 1]);
});

Deno.test("--capture is not disturbed by much output, or by the end of the process", async () => {
  const { stdout, code } = await runSpec(
    `it('hidden', function() for i = 1, 20000 do print(('x'):rep(60)) end end)
    it('shown', function() for i = 1, 20000 do print(i) end error('x') end)
    it('exits', function() print('last words') os.exit(7) end)`,
    ["--capture"],
  );
  const lines = stdout.split("\n");
  assert.equal(lines[0], "ok 1 - hidden");
  assert.deepEqual(
    lines.slice(1, 20001),
    Array.from({ length: 20000 }, (_, i) => `${i + 1}`),
  );
  assert.deepEqual(lines.slice(20001), [
    "not ok 2 - shown",
    "# a_spec.lua @ 2",
    "# Failure message: a_spec.lua:2: x",
    "last words",
    "",
  ]);
  assert.equal(code, 7);
});

Deno.test("without --capture everything shows", async () => {
  const { stdout } = await runSpec("it('a', function() print('here') end)");
  assert.equal(stdout, "here\nok 1 - a\n1..1\n");
});
