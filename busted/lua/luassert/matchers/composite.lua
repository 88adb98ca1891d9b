-- Matchers of matchers. Specification: busted.md §7.14.

local assert = require 'luassert.assert'
local match = require 'luassert.match'
local usage = require 'luassert.usage'

--- Registers a matcher that asks others. `decide` gets how many of them there
--- are and how many accept.
local function add(name, short, decide)
  assert:register('matcher', name, function(_, arguments)
    usage.at_least(1, short, arguments)
    for i = 1, arguments.n do
      if not match.is_matcher(arguments[i]) then usage.bad_type(i, short, 'matcher', type(arguments[i])) end
    end
    return function(value)
      local accepting = 0
      for i = 1, arguments.n do
        if arguments[i](value) then accepting = accepting + 1 end
      end
      return decide(arguments.n, accepting)
    end
  end)
end

add('all_of', 'all', function(n, accepting) return accepting == n end)
add('any_of', 'any', function(_, accepting) return accepting > 0 end)
add('none_of', 'none', function(_, accepting) return accepting == 0 end)
