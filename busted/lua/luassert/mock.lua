-- Mocks: spies or stubs for all functions of a table. Specification:
-- busted.md §7.12.

local spy = require 'luassert.spy'
local stub = require 'luassert.stub'

local mock = {}

--- Calls `visit` for each spy in a table and the tables in it.
local function each_spy(object, visit, seen)
  seen = seen or {}
  if spy.is_spy(object) then
    visit(object)
  elseif type(object) == 'table' and not seen[object] then
    seen[object] = true
    local values = {}
    for _, value in pairs(object) do values[#values + 1] = value end
    for _, value in ipairs(values) do each_spy(value, visit, seen) end
  end
  return object
end

local function replace(object, dostub, value, has_value, seen)
  if type(object) ~= 'table' or spy.is_spy(object) or seen[object] then return object end
  seen[object] = true
  local keys = {}
  for key in pairs(object) do keys[#keys + 1] = key end
  for _, key in ipairs(keys) do
    local item = object[key]
    if type(item) == 'function' then
      if not dostub then
        spy.on(object, key)
      elseif has_value then
        stub(object, key, value)
      else
        stub(object, key)
      end
    else
      replace(item, dostub, value, has_value, seen)
    end
  end
  return object
end

--- Replaces the functions of a table in place; a function becomes a spy.
function mock.new(object, dostub, ...)
  if type(object) == 'function' then return spy.new(object) end
  return replace(object, dostub, (...), select('#', ...) > 0, {})
end

--- Clears all spies within.
function mock.clear(object)
  return each_spy(object, function(one) one:clear() end)
end

--- Reverts all spies within.
function mock.revert(object)
  return each_spy(object, function(one) one:revert() end)
end

return setmetatable(mock, { __call = function(_, ...) return mock.new(...) end })
