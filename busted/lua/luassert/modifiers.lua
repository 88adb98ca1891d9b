-- Words of a chain that change, or only decorate, what comes after. The
-- modifiers of spies and arrays are in their own files. Specification:
-- busted.md §7.3.

local assert = require 'luassert.assert'

local function same(state) return state end

local function negate(state)
  state.mod = not state.mod
  return state
end

--- message(text): what a failure says first.
local function message(state, arguments)
  if arguments then rawset(state, 'failure_message', arguments[1]) end
  return state
end

for _, word in ipairs { 'is', 'are', 'was', 'has', 'does', 'a', 'an', 'the' } do
  assert:register('modifier', word, same)
end
assert:register('modifier', 'not', negate)
assert:register('modifier', 'no', negate)
assert:register('modifier', 'message', message)

return assert
