-- Matchers of one value. Specification: busted.md §7.14.

local assert = require 'luassert.assert'
local usage = require 'luassert.usage'
local util = require 'luassert.util'

local function add(name, make) assert:register('matcher', name, make) end

for _, name in ipairs { 'boolean', 'number', 'string', 'table', 'nil', 'userdata', 'function', 'thread' } do
  add(name, function()
    return function(value) return type(value) == name end
  end)
end

add('true', function()
  return function(value) return value == true end
end)

add('false', function()
  return function(value) return value == false end
end)

add('truthy', function()
  return function(value) return value ~= nil and value ~= false end
end)

add('falsy', function()
  return function(value) return not value end
end)

local function equals(_, arguments)
  usage.at_least(1, 'equals', arguments)
  return function(value) return value == arguments[1] end
end
add('equals', equals)
add('equal', equals)

add('same', function(_, arguments)
  usage.at_least(1, 'same', arguments)
  return function(value)
    if type(value) == 'table' and type(arguments[1]) == 'table' then
      return (util.deepcompare(value, arguments[1], true))
    end
    return value == arguments[1]
  end
end)

local referable = { table = true, ['function'] = true, thread = true, userdata = true }

add('ref', function(_, arguments)
  usage.at_least(1, 'ref', arguments)
  local object = arguments[1]
  if not referable[type(object)] then usage.bad_type(1, 'ref', 'object', type(object)) end
  return function(value) return rawequal(value, object) end
end)

local function matches(_, arguments)
  usage.at_least(1, 'matches', arguments)
  local pattern, init, plain = arguments[1], arguments[2], arguments[3]
  if type(pattern) ~= 'string' then usage.bad_type(1, 'matches', 'string', type(pattern)) end
  if init ~= nil and tonumber(init) == nil then usage.bad_type(2, 'matches', 'number', type(init)) end
  return function(value)
    if type(value) ~= 'number' and not util.hastostring(value) then return false end
    return tostring(value):find(pattern, tonumber(init), plain) ~= nil
  end
end
add('matches', matches)
add('match', matches)

add('near', function(_, arguments)
  usage.at_least(2, 'near', arguments)
  local expected, tolerance = tonumber(arguments[1]), tonumber(arguments[2])
  for i, number in ipairs { expected or false, tolerance or false } do
    if not number then
      usage.bad_type(i, 'near', 'number or object convertible to a number', usage.show(arguments[i]))
    end
  end
  return function(value)
    local number = tonumber(value)
    return number ~= nil and number >= expected - tolerance and number <= expected + tolerance
  end
end)

add('unique', function(_, arguments)
  local deep = arguments[1]
  return function(list)
    if type(list) ~= 'table' then return false end
    local values = {}
    for _, value in pairs(list) do values[#values + 1] = value end
    for i = 1, #values do
      for k = i + 1, #values do
        if deep and util.deepcompare(values[i], values[k]) or values[i] == values[k] then return false end
      end
    end
    return true
  end
end)
