-- The `assert` object: chains of words that end in an assertion, and the
-- functions that extend it. Specification: busted.md §7.1-§7.4, §7.9.

local say = require 'say'
local namespaces = require 'luassert.namespaces'
local raise = require 'luassert.raise'
local state = require 'luassert.state'
local util = require 'luassert.util'

local assert = {
  _COPYRIGHT = 'luamtev for Deno',
  _DESCRIPTION = 'Assertions for tests, extensible by chains of words',
  _VERSION = 'Luassert 1.8.0',
}

local level_mt = {}

-- The words of keys, and the names of chains, that were taken apart before.
-- Registering anything changes what chains mean.
local words_of_key, names_of_chain = {}, {}

local function words_of(key)
  local words = words_of_key[key]
  if words == nil then
    words = {}
    for word in key:lower():gmatch('[^_]+') do words[#words + 1] = word end
    words_of_key[key] = words
  end
  return words
end

local function names_of(tokens)
  local chain = table.concat(tokens, '_')
  local names = names_of_chain[chain]
  if names == nil then
    local problem
    names, problem = util.extract_keys('assertion', tokens)
    if not names then return nil, problem end
    names_of_chain[chain] = names
  end
  return names
end

--- The text of a custom message.
local function message_text(message)
  if util.hastostring(message) then return tostring(message) end
  return assert:format({ message, n = 1 })[1]
end

local function failure_text(self, arguments, assertion)
  local key = self.mod and assertion.positive_message or assertion.negative_message
  local custom = rawget(self, 'failure_message')
  local standard = key and say(key, assert:format(arguments))
  if custom ~= nil then custom = message_text(custom) end
  if custom and standard then return custom .. '\n' .. standard end
  return custom or standard or 'assertion failed!'
end

-- Assertions of (expected, actual), whose difference can be shown.
local comparisons = { equal = true, equals = true, same = true }

local chain_mt = {}

function chain_mt.__index(self, key)
  local tokens = rawget(self, 'tokens')
  if type(key) == 'string' then
    for _, word in ipairs(words_of(key)) do tokens[#tokens + 1] = word end
  end
  return self
end

--- Ends a chain: applies its modifiers, and calls its assertion if it has one.
function chain_mt.__call(self, ...)
  local names, problem = names_of(rawget(self, 'tokens'))
  if not names then
    raise.with(("luassert: unknown modifier/assertion: '%s'"):format(problem), util.errorlevel(1))
  end
  local assertions, modifiers = namespaces.assertion, namespaces.modifier
  local assertion
  for i = 1, #names do assertion = assertions[names[i]] or assertion end
  if assertion == nil then
    self.tokens = {}
    local arguments = util.make_arglist(...)
    for i = 1, #names do self = modifiers[names[i]].callback(self, arguments, 3) or self end
    return self
  end
  for i = 1, #names do
    local modifier = not assertions[names[i]] and modifiers[names[i]]
    if modifier then self = modifier.callback(self, nil, 3) or self end
  end
  local arguments = util.make_arglist(...)
  local passed, results = assertion.callback(self, arguments, 3)
  if (passed and true or false) == self.mod then
    if type(results) == 'table' then return util.unpack(results, 1, results.n or table.maxn(results)) end
    return ...
  end
  local known = self.mod and comparisons[assertion.name] and {
    compared = true, expected = (...), actual = (select(2, ...)),
  } or nil
  raise.with(failure_text(self, arguments, assertion), util.errorlevel(1), known)
end

function chain_mt:__tostring() return 'luassert chain' end

--- A new chain.
function assert:state()
  return setmetatable({ mod = true, tokens = {} }, chain_mt)
end

--- Adds an assertion, modifier or matcher.
function assert:register(namespace, name, callback, positive_message, negative_message)
  name = name:lower()
  namespaces[namespace] = namespaces[namespace] or {}
  namespaces[namespace][name] = {
    name = name,
    callback = callback,
    positive_message = positive_message,
    negative_message = negative_message,
  }
  names_of_chain = {}
end

--- Removes it again.
function assert:unregister(namespace, name)
  if namespaces[namespace] then namespaces[namespace][name:lower()] = nil end
  names_of_chain = {}
end

--- Adds a function (value, fmtargs) -> text or nil.
function assert:add_formatter(fn) state.add_formatter(fn) end

function assert:remove_formatter(fn) state.remove_formatter(fn) end

--- Formats a list in place; see §7.7 for its fields.
function assert:format(list)
  local nofmt, fmtargs = list.nofmt or {}, list.fmtargs or {}
  for i = 1, list.n or #list do
    if not nofmt[i] then
      local text = state.format_argument(list[i], nil, fmtargs[i])
      if text == nil then text = tostring(list[i]) end
      list[i] = text
    end
  end
  return list
end

function assert:set_parameter(name, value) state.set_parameter(name, value) end

function assert:get_parameter(name) return state.get_parameter(name) end

--- Lets the current snapshot revert a spy.
function assert:add_spy(spy) state.add_spy(spy) end

--- Opens a snapshot.
function assert:snapshot() return state.snapshot() end

--- A level for the third argument of `assert(v, message, level)`.
function assert:level(level) return setmetatable({ level = level }, level_mt) end

--- The number of a level object, or nil for anything else.
function assert:get_level(level)
  if type(level) == 'table' and debug.getmetatable(level) == level_mt then return level.level end
end

local assert_mt = {}

function assert_mt.__index(_, key)
  local chain = assert:state()
  return chain[key]
end

--- assert(v, message, level, ...): all arguments if v is true.
function assert_mt.__call(_, ...)
  local value, message, level = ...
  if value then return ... end
  if message == nil then message = 'assertion failed!' end
  raise.with(message, (assert:get_level(level) or 1) + 1)
end

return setmetatable(assert, assert_mt)
