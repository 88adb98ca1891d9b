-- array(t).has.holes(): lists with nil in between. Specification: busted.md
-- §7.3, §7.5.

local assert = require 'luassert.assert'
local usage = require 'luassert.usage'

local KEY = '__luassert_array'

local function array(state, arguments)
  if not (arguments and arguments.n > 0 and type(arguments[1]) == 'table') then
    if arguments then usage.fail('No array provided to the array-modifier') end
    return state
  end
  if rawget(state, KEY) then usage.fail('Array already set') end
  rawset(state, KEY, arguments[1])
  return state
end

local function holes(state, arguments)
  local list = rawget(state, KEY)
  if not list then usage.fail('No array provided to the array-modifier') end
  local length = arguments[1]
  if type(length) ~= 'number' then
    length = 0
    for key in next, list do
      if type(key) == 'number' and key > length then length = key end
    end
  end
  for i = 1, length do
    if list[i] == nil then
      arguments[1], arguments.n = i, 1
      return true, { i, n = 1 }
    end
  end
  arguments.n = 0
  return false
end

assert:register('modifier', 'array', array)
assert:register('assertion', 'holes', holes, 'assertion.array_holes.positive', 'assertion.array_holes.negative')

return assert
