-- Errors of those who use an assertion wrongly. Specification: busted.md §7.5.

local say = require 'say'
local raise = require 'luassert.raise'
local state = require 'luassert.state'
local util = require 'luassert.util'

local usage = {}

--- Raises an error at the user's place.
function usage.fail(message)
  raise.with(message, util.errorlevel(1))
end

--- Wants at least `n` arguments.
function usage.at_least(n, name, arguments)
  if arguments.n < n then
    raise.with(say('assertion.internal.argtolittle', { name, n, arguments.n }), util.errorlevel(1))
  end
end

--- Complains about the type of an argument.
function usage.bad_type(index, name, wanted, got)
  raise.with(say('assertion.internal.badargtype', { index, name, wanted, got }), util.errorlevel(1))
end

--- The formatted value, as some messages show it.
function usage.show(value)
  return state.format_argument(value) or tostring(value)
end

return usage
