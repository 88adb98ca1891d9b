/**
 * A socket that a hook had opened belonged to nobody whom its tests are, so
 * that they could not use it; and a test whose first wait was for a promise
 * (libxml2 being loaded) was taken for one that yields to nobody.
 */
import assert from "node:assert/strict";
import { runSpec } from "../support/mtev_busted.ts";

Deno.test("tests use what hooks opened, and wait for promises", async () => {
  const { stdout, stderr, code } = await runSpec(
    `local listener, port
    setup(function()
      listener = mtev.socket('inet')
      listener:bind('127.0.0.1', 0)
      listener:listen(5)
      local _, bound = listener:sock_name()
      port = bound
    end)
    teardown(function() listener:close() end)
    for i = 1, 2 do
      it('accepts ' .. i, function()
        mtev.coroutine_spawn(function()
          local e = mtev.socket('inet')
          e:connect('127.0.0.1', port)
          e:write('hello\\n')
          e:close()
        end)
        local e = listener:accept()
        assert.equal('hello\\n', e:read('\\n'))
        e:close()
      end)
    end
    it('loads', function() assert.equal('a', mtev.parsexml('<a/>'):root():name()) end)
    it('yields to nobody', function() mtev.sleep(0) coroutine.yield() end)`,
  );
  assert.equal(
    stdout,
    "ok 1 - accepts 1\nok 2 - accepts 2\nok 3 - loads\nnot ok 4 - yields to nobody\n" +
      "# a_spec.lua @ 24\n" +
      "# Failure message: a_spec.lua:24: attempt to yield from outside a coroutine\n1..4\n",
  );
  assert.deepEqual([stderr, code], ["", 1]);
});
