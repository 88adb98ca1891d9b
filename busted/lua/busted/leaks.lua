-- --leaks: names the tests that leave something behind: globals, coroutines
-- that go on, descriptors. What a block's setup opens is nobody's leak. Meaning: docs/guide/busted.md.

local host = require 'busted.host'

-- How often what is about to end has a turn: closing takes one each.
local TURNS = 5

local leaks = {}

--- What there is at the moment: words by a key that tells it from all others.
local function present()
  local things = host.open_things()
  for name in next, _G do
    if type(name) == 'string' then things['global ' .. name] = ('the global %q'):format(name) end
  end
  return things
end

--- What is there now and was not before, sorted.
local function added(before)
  local list = {}
  for key, words in pairs(present()) do
    if before[key] == nil then list[#list + 1] = words end
  end
  table.sort(list)
  return list
end

--- Calls a function and says what it left behind, under the name of a test.
function leaks.watch(name, run)
  local before = present()
  run()
  local left = added(before)
  for _ = 1, TURNS do
    if #left == 0 then break end
    mtev.sleep(0)
    left = added(before)
  end
  if #left == 0 then return end
  io.stdout:flush()
  io.stderr:write(('leak: %s: %s\n'):format(name, table.concat(left, '; ')))
end

return leaks
