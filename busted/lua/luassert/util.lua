-- Comparing, copying and lists that may hold nil. Specification: busted.md
-- §7.6 (comparison), §7.15 (names that other code uses).

local util = {}

-- How often a table may come back on both sides before a pair of cyclic
-- structures is taken for equal.
local MAX_VISITS = 3

--- The length of a list that has, or has not, a field `n`.
local function length(t) return t.n or #t end

--- Compares deeply. Returns whether equal, and where not the keys that lead to
--- the first difference, innermost first.
function util.deepcompare(a, b, ignore_mt, visits, visited)
  local ta, tb = type(a), type(b)
  if ta ~= 'table' or tb ~= 'table' then return a == b end
  local mt_a, mt_b = debug.getmetatable(a), debug.getmetatable(b)
  if mt_a and mt_a == mt_b and type(mt_a) == 'table' and rawget(mt_a, '__eq') then
    if not ignore_mt then return a == b end
  end
  if rawequal(a, b) then return true end
  visits = visits or { {}, {} }
  local seen_a, seen_b = (visits[1][a] or 0) + 1, (visits[2][b] or 0) + 1
  if math.min(seen_a, seen_b) > MAX_VISITS then return true end
  visits[1][a], visits[2][b] = seen_a, seen_b
  local function leave(...)
    visits[1][a], visits[2][b] = seen_a - 1, seen_b - 1
    return ...
  end
  for key, value in next, a do
    local other = b[key]
    if other == nil then return leave(false, { key }) end
    local same, crumbs = util.deepcompare(value, other, nil, visits)
    if not same then
      crumbs = crumbs or {}
      crumbs[#crumbs + 1] = key
      return leave(false, crumbs)
    end
  end
  for key in next, b do
    if a[key] == nil then return leave(false, { key }) end
  end
  return leave(true)
end

--- A copy of a table, one level deep.
function util.shallowcopy(t)
  if type(t) ~= 'table' then return t end
  local copy = {}
  setmetatable(copy, debug.getmetatable(t))
  for key, value in next, t do rawset(copy, key, value) end
  return copy
end

--- A copy of a table and all tables in it; metatables are shared unless
--- `deepmt`. Spies and matchers are not copied.
function util.deepcopy(t, deepmt, cache)
  if type(t) ~= 'table' then return t end
  local spy = package.loaded['luassert.spy']
  local match = package.loaded['luassert.match']
  if type(spy) == 'table' and spy.is_spy(t) then return t end
  if type(match) == 'table' and match.is_matcher(t) then return t end
  cache = cache or {}
  if cache[t] then return cache[t] end
  local copy = {}
  cache[t] = copy
  for key, value in next, t do
    rawset(copy, util.deepcopy(key, deepmt, cache), util.deepcopy(value, deepmt, cache))
  end
  local mt = debug.getmetatable(t)
  if type(mt) == 'table' then
    debug.setmetatable(copy, deepmt and util.deepcopy(mt, deepmt, cache) or mt)
  end
  return copy
end

--- Deep copies of arguments and the originals: { vals =, refs = }.
function util.copyargs(arguments)
  local copies = { vals = util.make_arglist(), refs = util.make_arglist() }
  local n = length(arguments)
  copies.vals.n, copies.refs.n = n, n
  for i = 1, n do
    copies.vals[i] = util.deepcopy(arguments[i])
    copies.refs[i] = arguments[i]
  end
  return copies
end

local function is_matcher(value)
  local match = package.loaded['luassert.match']
  return type(match) == 'table' and match.is_matcher(value)
end

local function is_ref_matcher(value)
  local match = package.loaded['luassert.match']
  return type(match) == 'table' and match.is_ref_matcher(value)
end

--- Whether the arguments of one recorded call are as specified.
local function matches_call(call, specs)
  local vals, refs = call.vals or call, call.refs or call
  if length(vals) ~= length(specs) then return false end
  for i = 1, length(specs) do
    local spec = specs[i]
    if is_matcher(spec) then
      local value = vals[i]
      if is_ref_matcher(spec) then value = refs[i] end
      if not spec(value) then return false end
    elseif not util.deepcompare(vals[i], spec) then
      return false
    end
  end
  return true
end

--- The newest call in a list that matches the specified arguments.
function util.matchargs(calls, specs)
  for i = #calls, 1, -1 do
    if matches_call(calls[i], specs) then return calls[i] end
  end
end

--- The first of the specifications { vals =, ... } that a call matches.
function util.matchoncalls(calls, arguments)
  for i = 1, #calls do
    local specs = calls[i].refs or calls[i].vals or calls[i]
    if matches_call({ vals = arguments, refs = arguments }, specs) then return calls[i] end
  end
end

--- table.insert for lists with nils, whose field `n` is kept.
function util.tinsert(t, ...)
  local count = select('#', ...)
  local n = length(t)
  local position, value = n + 1, (...)
  if count >= 2 then position, value = ... end
  for i = n, position, -1 do t[i + 1] = t[i] end
  t[position] = value
  t.n = math.max(n + 1, position)
end

--- table.remove for lists with nils.
function util.tremove(t, position)
  local n = length(t)
  position = position or n
  if position < 1 or position > n then return nil end
  local value = t[position]
  for i = position, n do t[i] = t[i + 1] end
  t.n = n - 1
  return value
end

--- Whether a value can be called.
function util.callable(value)
  if type(value) == 'function' then return true end
  local mt = debug.getmetatable(value)
  return type(mt) == 'table' and rawget(mt, '__call') ~= nil
end

--- Whether a value has a text of its own.
function util.hastostring(value)
  if type(value) == 'string' then return true end
  local mt = debug.getmetatable(value)
  return type(mt) == 'table' and rawget(mt, '__tostring') ~= nil
end

--- The level, as `error` counts in the caller, of the first frame that is not
--- luassert's own.
function util.errorlevel(level)
  level = (level or 1) + 1
  local own = debug.getinfo(1, 'S').source:match('^(.*/)')
  while true do
    local info = debug.getinfo(level, 'Sl')
    if info == nil then return level - 1 end
    if info.what ~= 'C' and info.currentline > 0 and info.source:sub(1, #own) ~= own then return level - 1 end
    level = level + 1
  end
end

--- Groups the words of a chain into registered names, from the end to the
--- start. Returns the names in order; or nil and what was left over.
function util.extract_keys(namespace, tokens)
  local names = require 'luassert.namespaces'
  local actions, modifiers = names[namespace], names.modifier
  local found = {}
  local i = #tokens
  while i > 0 do
    local candidate = tokens[i]
    while true do
      local longer = i > 1 and tokens[i - 1] .. '_' .. candidate or nil
      if longer and actions[longer] then
        candidate, i = longer, i - 1
        break
      end
      if actions[candidate] or modifiers[candidate] then break end
      if not longer then return nil, candidate end
      candidate, i = longer, i - 1
    end
    table.insert(found, 1, candidate)
    i = i - 1
  end
  return found
end

local arglist_mt = {}

--- A list of arguments, which messages show as one value.
function util.make_arglist(...)
  return setmetatable({ n = select('#', ...), ... }, arglist_mt)
end

function util.is_arglist(value)
  return type(value) == 'table' and debug.getmetatable(value) == arglist_mt
end

--- Makes a list of arguments an ordinary table.
function util.cleararglist(t)
  if util.is_arglist(t) then debug.setmetatable(t, nil) end
  return t
end

--- { n =, ... }
function util.pack(...) return { n = select('#', ...), ... } end

--- unpack that honours `n`.
function util.unpack(t, from, to) return unpack(t, from or 1, to or t.n or #t) end

return util
