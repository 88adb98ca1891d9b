/** Where blocks stand, however they are registered. */
import assert from "node:assert/strict";
import { runSpec } from "../support/mtev_busted.ts";

/** A body that is lost is reported at the place of its block. */
const SPEC = `local lost = function() coroutine.yield() end
it('of the file', function() coroutine.yield() end)
describe('block', function()
  it('plain', function() coroutine.yield() end)
  it("on three lines",
    function() coroutine.yield() end
  )
  local function helper(name, fn) it(name, fn) end
  helper('through a helper', function() coroutine.yield() end)
  for i = 1, 2 do it('in a loop ' .. i, function() coroutine.yield() end) end
  local again = function() coroutine.yield() end
  it('with a name', again)
  it('with the same name', again)
  it 'by currying' (function() coroutine.yield() end)
  local other = it
  other('by another name', function() coroutine.yield() end)
  test('an alias', function() coroutine.yield() end)
  local function inner() it('inside a function', function() coroutine.yield() end) end
  inner()
  do
    local it = function(name, fn) it(name, fn) end
    it('hidden by a local', function() coroutine.yield() end)
  end
  coroutine.wrap(function() it('in a coroutine', function() coroutine.yield() end) end)()
  local element
  local busted = require 'busted'
  local id = busted.subscribe({ 'register', 'it' }, function(_, fn) element = fn return nil, true end, { priority = 1 })
  it('registered', function() coroutine.yield() end)
  busted.unsubscribe(id, { 'register', 'it' })
  it('registered once more', element)
  function spec(name, fn)
    test(name, fn)
  end
  spec('a global that is another', function() coroutine.yield() end)
  mtev.sleep(0)
  it('after a wait', function() coroutine.yield() end)
  describe('in', function() it('a block', function() coroutine.yield() end) end)
  setfenv(1, setmetatable({ it = helper }, { __index = getfenv(1) }))
  it('in another environment', function() coroutine.yield() end)
  return test('a tail call', function() coroutine.yield() end)
end)
`;

/** `name: line of the place, then the lines of the traceback`. */
type Places = Record<string, string>;

async function placesOf(handler: string): Promise<Places> {
  const { stdout } = await runSpec(SPEC, ["-v"], handler);
  const places: Places = {};
  if (handler === "json") {
    for (const { name, trace } of JSON.parse(stdout).errors) {
      const lines = trace.traceback.trim().split("\n").slice(1);
      places[name] = [trace.currentline ?? "", ...lines].join("|");
    }
    return places;
  }
  const records = stdout.split(/^not ok \d+ - /m).slice(1);
  for (const record of records) {
    const [name, ...lines] = record.split("\n");
    const place = /^# \S+ @ (\d+)$/m.exec(record)?.[1] ?? "";
    const trace = lines.filter((line) => line.startsWith("# \t"));
    places[name!] = [place, ...trace.map((line) => line.slice(2))].join("|");
  }
  return places;
}

Deno.test("places that are noted are those that are looked up", async () => {
  const noted = await placesOf("TAP");
  const lookedUp = await placesOf("json");
  assert.deepEqual(noted, lookedUp);
  assert.equal(Object.keys(noted).length, 21);
  assert.equal(noted["of the file"], "2|\ta_spec.lua:2: in main chunk");
  assert.match(noted["block plain"]!, /^4\|\t\S+:4: in function <\S+:3>$/);
  assert.match(noted["block registered once more"]!, /^30\|/);
});
