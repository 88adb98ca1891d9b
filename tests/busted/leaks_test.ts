/** --leaks of the real program: who left what. */
import assert from "node:assert/strict";
import { runSpec } from "../support/mtev_busted.ts";

Deno.test("--leaks names tests that leave something behind, and no others", async () => {
  const { stdout, stderr, code } = await runSpec(
    `local kept
describe('d', function()
  setup(function() kept = mtev.socket('inet') end)
  it('clean', function()
    local e = mtev.socket('inet')
    e:close()
    mtev.coroutine_spawn(function() mtev.sleep(0) end)
    mtev.sleep(0.01)
  end)
  it('global', function() rawset(_G, 'left_behind', 1) end)
  it('coroutine', function()
    mtev.coroutine_spawn(function()
      mtev.waitfor('never')
    end)
  end)
  it('socket', function() kept = mtev.socket('inet') end)
  it('file', function() kept = { kept, io.open('a_spec.lua') } end)
  it('child', function() kept = { kept, mtev.spawn('/bin/cat', { 'cat' }, {}) } end)
  it('timer', function() mtev.coroutine_spawn(mtev.sleep, 1000) end)
  it('ends soon', function() mtev.coroutine_spawn(function() mtev.sleep(0) end) end)
  it('ends a little later', function()
    mtev.coroutine_spawn(function()
      mtev.socket('inet'):close()
      mtev.socket('inet'):close()
    end)
  end)
  it('clean again', function() end)
end)`,
    ["--leaks"],
  );
  assert.match(stdout, /1\.\.10\n$/);
  assert.equal(
    stderr.replace(/\/\S*\/a_spec/, "FOLDER/a_spec"),
    'leak: d global: the global "left_behind"\n' +
      "leak: d coroutine: a coroutine at a_spec.lua:13, spawned at a_spec.lua:12\n" +
      "leak: d socket: a descriptor (socket)\n" +
      "leak: d file: a descriptor (FOLDER/a_spec.lua)\n" +
      "leak: d child: a descriptor (pipe); a descriptor (pipe); a descriptor (pipe)\n" +
      "leak: d timer: a coroutine, spawned at a_spec.lua:19\n",
  );
  assert.equal(code, 0);
});

Deno.test("without --leaks nothing is said", async () => {
  const { stderr } = await runSpec(
    "it('a', function() rawset(_G, 'x', 1) end)",
  );
  assert.equal(stderr, "");
});
