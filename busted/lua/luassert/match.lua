-- match: chains of words that make matchers. Specification: busted.md §7.14.

local namespaces = require 'luassert.namespaces'
local raise = require 'luassert.raise'
local util = require 'luassert.util'

local match = {}

local matcher_mt = {}

function matcher_mt.__call(self, value)
  return (self.callback(value) and true or false) == self.mod
end

--- Whether a value is a matcher.
function match.is_matcher(value)
  return type(value) == 'table' and debug.getmetatable(value) == matcher_mt
end

--- Whether a value is a matcher that wants the original argument.
function match.is_ref_matcher(value)
  return match.is_matcher(value) and value.name == 'ref'
end

local chain_mt = {}

function chain_mt.__index(self, key)
  local tokens = rawget(self, 'tokens')
  for word in tostring(key):lower():gmatch('[^_]+') do tokens[#tokens + 1] = word end
  return self
end

--- Ends a chain: makes the matcher.
function chain_mt.__call(self, ...)
  local names, problem = util.extract_keys('matcher', rawget(self, 'tokens'))
  if not names then
    raise.with(("luassert: unknown modifier/matcher: '%s'"):format(problem), util.errorlevel(1))
  end
  local arguments = util.make_arglist(...)
  local matcher, name
  for _, key in ipairs(names) do
    if namespaces.matcher[key] then
      matcher, name = namespaces.matcher[key], key
    else
      local modifier_arguments = nil
      self = namespaces.modifier[key].callback(self, modifier_arguments, 3) or self
    end
  end
  if not matcher then
    rawset(self, 'tokens', {})
    return self
  end
  return setmetatable({
    name = name,
    mod = rawget(self, 'mod'),
    callback = matcher.callback(self, arguments, 3),
    arguments = arguments,
  }, matcher_mt)
end

match._ = setmetatable({
  name = '_', mod = true, callback = function() return true end, arguments = { n = 0 },
}, matcher_mt)

return setmetatable(match, {
  __index = function(_, key)
    return setmetatable({ mod = true, tokens = {} }, chain_mt)[key]
  end,
})
