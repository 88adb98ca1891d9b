-- Spies: functions that remember their calls, and the assertions about them.
-- Specification: busted.md §7.10.

local assert = require 'luassert.assert'
local usage = require 'luassert.usage'
local util = require 'luassert.util'

local spy = {}

local spy_mt = {}

--- Calls what the spy stands for. The call is known even when that raises.
function spy_mt.__call(self, ...)
  local calls = self.calls
  calls[#calls + 1] = util.copyargs({ n = select('#', ...), ... })
  local function keep(...)
    local returns = self.returnvals
    returns[#returns + 1] = util.copyargs({ n = select('#', ...), ... })
    return ...
  end
  return keep(self.callback(...))
end

--- The newest list that matches, or the newest at all.
local function find(list, wanted)
  local found = util.matchargs(list, wanted)
  if found then return true, found.vals end
  local last = list[#list]
  return false, last and last.vals
end

local methods = {}

--- Forgets the calls.
function methods:clear()
  self.calls, self.returnvals = {}, {}
  return self
end

--- Puts back what the spy replaced; returns it.
function methods:revert()
  if not self.reverted then
    if self.target_table and self.target_key then self.target_table[self.target_key] = self.callback end
    self.reverted = true
  end
  return self.callback
end

--- Whether it was called `times` times, as `compare` judges; how often.
function methods:called(times, compare)
  local count = #self.calls
  if compare then return compare(count, times), count end
  if times then return count == times, count end
  return count > 0, count
end

--- Whether it was called with the arguments; the call found, or the last one.
function methods:called_with(arguments) return find(self.calls, arguments) end

--- Whether it returned the values; those found, or the last ones.
function methods:returned_with(arguments) return find(self.returnvals, arguments) end

--- Creates a spy around something that can be called.
function spy.new(callback)
  callback = callback or function() end
  if not util.callable(callback) then
    usage.fail(("Cannot spy on type '%s', only on functions or callable elements"):format(type(callback)))
  end
  local new = { calls = {}, returnvals = {}, callback = callback }
  for name, method in pairs(methods) do new[name] = method end
  assert:add_spy(setmetatable(new, spy_mt))
  return new
end

--- Whether a value is a spy.
function spy.is_spy(value)
  return type(value) == 'table' and debug.getmetatable(value) == spy_mt
end

--- Replaces the function at a key of a table by a spy around it.
function spy.on(target_table, target_key)
  local new = spy.new(target_table[target_key])
  target_table[target_key] = new
  new.target_table, new.target_key = target_table, target_key
  return new
end

--- The modifier spy(s [, message]).
local function choose(state, arguments)
  if arguments and arguments.n > 0 then
    rawset(state, 'payload', arguments[1])
    if arguments[2] ~= nil then rawset(state, 'failure_message', arguments[2]) end
  end
  return state
end

--- The spy of a chain; complains if it has none.
local function payload_of(state, name)
  local payload = rawget(state, 'payload')
  if payload == nil then usage.fail(("'%s' must be chained after 'spy(aspy)'"):format(name)) end
  if not spy.is_spy(payload) then
    if type(payload) == 'function' or util.callable(payload) then
      usage.fail("When calling 'spy(aspy)', 'aspy' must not be the original function, but the spy function replacing the original")
    end
    usage.fail(("'%s' must be chained after 'spy(aspy)'"):format(name))
  end
  return payload
end

--- Shows two texts that are not to be formatted.
local function show_counts(arguments, wanted, count)
  arguments[1], arguments[2], arguments.n = tostring(wanted), tostring(count), 2
  arguments.nofmt = { true, true }
end

local function called(state, arguments)
  local payload = payload_of(state, 'called')
  local times = arguments[1]
  if not times and not state.mod then
    -- Not called at all is what is meant, and said.
    state.mod = true
    times = 0
  end
  local passed, count = payload:called(times)
  show_counts(arguments, times or '>0', count)
  return passed
end

local function comparison(name, compare)
  return function(state, arguments)
    local payload = payload_of(state, name)
    usage.at_least(1, name, arguments)
    local times = arguments[1]
    local passed, count = payload:called(times, compare)
    show_counts(arguments, times, count)
    return passed
  end
end

--- An assertion about lists of values.
local function values_assertion(name)
  return function(state, arguments)
    local payload = payload_of(state, name)
    local wanted = util.make_arglist(util.unpack(arguments))
    local passed, shown = payload[name](payload, wanted)
    arguments[1], arguments[2], arguments.n = shown, wanted, 2
    return passed
  end
end

local function add(name, callback)
  assert:register('assertion', name, callback, ('assertion.%s.positive'):format(name),
    ('assertion.%s.negative'):format(name))
end

assert:register('modifier', 'spy', choose)
add('called', called)
add('called_with', values_assertion('called_with'))
add('returned_with', values_assertion('returned_with'))
add('called_at_least', comparison('called_at_least', function(count, times) return count >= times end))
add('called_at_most', comparison('called_at_most', function(count, times) return count <= times end))
add('called_more_than', comparison('called_more_than', function(count, times) return count > times end))
add('called_less_than', comparison('called_less_than', function(count, times) return count < times end))

return setmetatable(spy, { __call = function(_, ...) return spy.new(...) end })
