-- Stubs: spies around a function that answers as told. Specification:
-- busted.md §7.11.

local assert = require 'luassert.assert'
local spy = require 'luassert.spy'
local usage = require 'luassert.usage'
local util = require 'luassert.util'

local stub = {}

local function returning(...)
  local values = { n = select('#', ...), ... }
  return function() return util.unpack(values) end
end

local function check_callable(fn)
  if not util.callable(fn) then
    usage.fail(('stub.new(): Can only invoke a function or callable element, got: %s'):format(type(fn)))
  end
  return fn
end

--- Replaces object[key] by a stub: of a function, or of the values that it
--- returns. Without arguments it replaces nothing.
function stub.new(object, key, ...)
  if object == nil and key == nil then object, key = {}, '' end
  if type(object) ~= 'table' or key == nil then
    usage.fail('stub.new(): Can only create stub on a table key, call with 2 params; table, key')
  end
  local original = object[key]
  if original ~= nil and not util.callable(original) then
    usage.fail('stub.new(): The element for which to create a stub must either be callable, or be nil')
  end
  local default
  if select('#', ...) == 1 and util.callable((...)) then
    default = (...)
  else
    default = returning(...)
  end
  local answers = {} -- for certain arguments

  local function answer(...)
    local found = util.matchoncalls(answers, { n = select('#', ...), ... })
    if found then return found.fn(...) end
    return default(...)
  end

  object[key] = answer
  local new = spy.on(object, key)
  local revert = new.revert

  function new:revert()
    if not self.reverted then
      revert(self)
      object[key] = original
    end
    return original
  end

  function new.returns(...)
    default = returning(...)
    return new
  end

  function new.invokes(fn)
    default = check_callable(fn)
    return new
  end

  new.by_default = { returns = new.returns, invokes = new.invokes }

  --- Chooses the arguments for which returns(...) or invokes(fn) is meant.
  function new.on_call_with(...)
    local wanted = util.make_arglist(...)
    local copies = util.copyargs(wanted)
    local function set(fn)
      answers[#answers + 1] = { vals = copies.vals, refs = copies.vals, fn = fn }
      return new
    end
    return {
      returns = function(...) return set(returning(...)) end,
      invokes = function(fn) return set(check_callable(fn)) end,
    }
  end

  return new
end

--- The modifier stub(s [, message]) is that of spies.
assert:register('modifier', 'stub', require('luassert.namespaces').modifier.spy.callback)

return setmetatable(stub, { __call = function(_, ...) return stub.new(...) end })
