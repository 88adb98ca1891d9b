-- The assertions that are built in; those of spies are in spy.lua.
-- Specification: busted.md §7.5.
--
-- A callback gets the arguments (with `n`) and may put them into the order in
-- which the message shows them: what was passed first, then what is expected.

local assert = require 'luassert.assert'
local usage = require 'luassert.usage'
local util = require 'luassert.util'

local function set_message(state, message)
  if message ~= nil then rawset(state, 'failure_message', message) end
end

--- Makes the list what the message shows, as { actual, expected }.
local function show(arguments, actual, expected)
  arguments[1], arguments[2], arguments.n = actual, expected, 2
end

local function unique(state, arguments)
  local list, deep = arguments[1], arguments[2]
  local message = arguments[2]
  if type(deep) == 'boolean' or deep == nil then
    message = arguments[3]
  else
    deep = arguments[3]
  end
  set_message(state, message)
  arguments.n = 1
  local values = {}
  for _, value in pairs(list) do values[#values + 1] = value end
  for i = 1, #values do
    for k = i + 1, #values do
      if deep and util.deepcompare(values[i], values[k]) or values[i] == values[k] then return false end
    end
  end
  return true
end

local function to_number(value)
  local number = tonumber(value)
  if number or type(value) ~= 'table' and type(value) ~= 'userdata' then return number end
  return util.hastostring(value) and tonumber(tostring(value)) or nil
end

local function near(state, arguments)
  usage.at_least(3, 'near', arguments)
  local numbers = {}
  for i = 1, 3 do
    numbers[i] = to_number(arguments[i])
    if numbers[i] == nil then
      usage.bad_type(i, 'near', 'number or object convertible to a number', usage.show(arguments[i]))
    end
  end
  set_message(state, arguments[4])
  local expected, actual, tolerance = numbers[1], numbers[2], numbers[3]
  show(arguments, usage.show(arguments[2]), usage.show(arguments[1]) .. ' +/- ' .. tostring(arguments[3]))
  arguments.nofmt = { true, true }
  return actual >= expected - tolerance and actual <= expected + tolerance
end

--- Takes the message out of the arguments from the third on: the first that is
--- neither boolean nor a number.
local function take_match_message(state, arguments)
  for i = 3, arguments.n do
    local value = arguments[i]
    if value ~= nil and type(value) ~= 'boolean' and tonumber(value) == nil then
      set_message(state, value)
      util.tremove(arguments, i)
      return
    end
  end
end

--- Finds a pattern. Returns whether it was found, and the captures (the whole
--- match if there are none; the pattern itself if `plain`).
local function find(text, pattern, init, plain)
  local results = util.pack(text:find(pattern, init, plain))
  if results[1] == nil then return false end
  if plain then return true, { pattern, n = 1 } end
  if results.n == 2 then return true, { text:sub(results[1], results[2]), n = 1 } end
  local captures = { n = results.n - 2 }
  for i = 3, results.n do captures[i - 2] = results[i] end
  return true, captures
end

local function matches(state, arguments)
  usage.at_least(2, 'matches', arguments)
  take_match_message(state, arguments)
  local pattern, actual, init, plain = arguments[1], arguments[2], arguments[3], arguments[4]
  if type(pattern) ~= 'string' then usage.bad_type(1, 'matches', 'string', type(pattern)) end
  if type(actual) ~= 'number' and not util.hastostring(actual) then
    usage.bad_type(2, 'matches', 'string or object convertible to a string', usage.show(actual))
  end
  if init ~= nil and tonumber(init) == nil then usage.bad_type(3, 'matches', 'number', type(init)) end
  show(arguments, actual, pattern)
  local found, captures = find(tostring(actual), pattern, tonumber(init), plain)
  if found and not state.mod then captures = nil end
  return found, captures or (not found and { n = 0 } or nil)
end

local function equals(state, arguments)
  usage.at_least(2, 'equals', arguments)
  set_message(state, arguments[3])
  local expected, actual = arguments[1], arguments[2]
  show(arguments, actual, expected)
  return expected == actual
end

local function same(state, arguments)
  usage.at_least(2, 'same', arguments)
  set_message(state, arguments[3])
  local expected, actual = arguments[1], arguments[2]
  local result, crumbs = true, nil
  if type(expected) == 'table' and type(actual) == 'table' then
    result, crumbs = util.deepcompare(expected, actual, true)
  else
    result = expected == actual
  end
  show(arguments, actual, expected)
  arguments.fmtargs = { { crumbs = crumbs }, { crumbs = crumbs } }
  return result
end

local function truthy(state, arguments)
  usage.at_least(1, 'truthy', arguments)
  set_message(state, arguments[2])
  arguments.n = 1
  return arguments[1] ~= false and arguments[1] ~= nil
end

local function falsy(state, arguments)
  usage.at_least(1, 'falsy', arguments)
  set_message(state, arguments[2])
  arguments.n = 1
  return not arguments[1]
end

local function is_boolean_value(wanted)
  return function(state, arguments)
    set_message(state, arguments[2])
    show(arguments, arguments[1], wanted)
    return arguments[1] == wanted
  end
end

local function is_type(name)
  return function(state, arguments)
    set_message(state, arguments[2])
    show(arguments, arguments[1], 'type ' .. name)
    arguments.nofmt = { [2] = true }
    return type(arguments[1]) == name
  end
end

local function returned_arguments(_, arguments)
  local expected, actual = arguments[1], arguments.n - 1
  arguments[1], arguments[2], arguments.n = expected, actual, 2
  arguments.nofmt = { true, true }
  return expected == actual
end

--- The text of an error without its position, and other values as they are.
local function without_position(value)
  if type(value) ~= 'string' then return value end
  return (value:gsub('^.-:%d+: ', '', 1))
end

--- Calls the function of the arguments. Returns whether it raised, and what
--- it raised, or returned first.
local function call_protected(name, arguments)
  local fn = arguments[1]
  if not util.callable(fn) then usage.bad_type(1, name, 'function or callable object', type(fn)) end
  local ok, value = pcall(fn)
  if ok then return false, value end
  return true, without_position(value)
end

--- Shows what was caught and what was expected.
local function show_errors(arguments, raised, actual, expected)
  local expects = expected ~= nil
  arguments[1] = raised and actual or '(no error)'
  if not raised then arguments[1] = '(no error)' end
  arguments[2] = expects and expected or '(error)'
  arguments.n, arguments.nofmt = 2, { not raised, not expects }
end

local function equals_error(actual, expected)
  if type(expected) == 'string' then
    if util.hastostring(actual) then return tostring(actual) == expected end
    return false
  elseif type(expected) == 'number' then
    if type(actual) == 'string' then return tonumber(actual) == expected end
    return actual == expected
  elseif type(expected) == 'table' and type(actual) == 'table' then
    return (util.deepcompare(actual, expected, true))
  end
  return actual == expected
end

local function has_error(state, arguments)
  local results = util.shallowcopy(arguments)
  debug.setmetatable(results, nil)
  local raised, actual = call_protected('error', arguments)
  local expected = arguments[2]
  set_message(state, arguments[3])
  results[1] = actual
  show_errors(arguments, raised, actual, expected)
  local passed = raised and (expected == nil or equals_error(actual, expected))
  return passed, results
end

local function error_matches(state, arguments)
  usage.at_least(2, 'error_matches', arguments)
  local fn = arguments[1]
  if not util.callable(fn) then usage.bad_type(1, 'error_matches', 'function or callable object', type(fn)) end
  take_match_message(state, arguments)
  local pattern, init, plain = arguments[2], arguments[3], arguments[4]
  if pattern ~= nil and type(pattern) ~= 'string' then usage.bad_type(2, 'error_matches', 'string', type(pattern)) end
  if init ~= nil and tonumber(init) == nil then usage.bad_type(3, 'error_matches', 'number', type(init)) end
  local raised, actual = call_protected('error_matches', arguments)
  show_errors(arguments, raised, actual, pattern)
  if not raised then return false end
  if actual == nil or pattern == nil then return actual == nil and pattern == nil end
  local kind = type(actual)
  if not (kind == 'string' or kind == 'number' or kind == 'boolean' or util.hastostring(actual)) then return false end
  local found, captures = find(tostring(actual), pattern, tonumber(init), plain)
  return found, captures
end

local function add(name, callback, key)
  assert:register('assertion', name, callback, ('assertion.%s.positive'):format(key),
    ('assertion.%s.negative'):format(key))
end

add('true', is_boolean_value(true), 'same')
add('false', is_boolean_value(false), 'same')
for _, name in ipairs { 'boolean', 'number', 'string', 'table', 'nil', 'userdata', 'function', 'thread' } do
  add(name, is_type(name), 'same')
end
add('returned_arguments', returned_arguments, 'returned_arguments')
add('same', same, 'same')
add('matches', matches, 'matches')
add('match', matches, 'matches')
add('near', near, 'near')
add('equals', equals, 'equals')
add('equal', equals, 'equals')
add('unique', unique, 'unique')
add('error', has_error, 'error')
add('errors', has_error, 'error')
for _, name in ipairs { 'error_matches', 'error_match', 'matches_error', 'match_error' } do
  add(name, error_matches, 'error')
end
add('truthy', truthy, 'truthy')
add('falsy', falsy, 'falsy')

return assert
