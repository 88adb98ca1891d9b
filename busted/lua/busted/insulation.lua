-- Saving and restoring what an insulated block may change: the globals, the
-- metatable of _G and the loaded modules, all shallow. Specification:
-- busted.md §4.2.

local insulation = {}

-- Modules of the harness stay loaded: a second copy of them would not know
-- the spies and assertions of the first.
local own = {
  busted = true, luassert = true, say = true, mediator = true, cliargs = true, term = true, system = true,
}

local function is_own(name)
  return type(name) == 'string' and own[name:match('^[^.]*')] ~= nil
end

--- What is in a table, as lists: most often nothing is to be put back.
local function contents(t)
  local keys, values, n = {}, {}, 0
  for key, value in next, t do
    n = n + 1
    keys[n], values[n] = key, value
  end
  return { keys = keys, values = values, n = n }
end

local function is_same(t, saved)
  local keys, values, n = saved.keys, saved.values, 0
  for key, value in next, t do
    n = n + 1
    if not rawequal(key, keys[n]) or not rawequal(value, values[n]) then return false end
  end
  return n == saved.n
end

local function put_back(t, saved, keeps)
  if is_same(t, saved) then return end
  local before = {}
  for i = 1, saved.n do before[saved.keys[i]] = saved.values[i] end
  for key in next, t do
    if before[key] == nil and not (keeps and keeps(key)) then rawset(t, key, nil) end
  end
  for i = 1, saved.n do
    local key, value = saved.keys[i], saved.values[i]
    if not rawequal(rawget(t, key), value) then rawset(t, key, value) end
  end
end

--- Takes down the present state.
function insulation.save()
  return { globals = contents(_G), loaded = contents(package.loaded), metatable = debug.getmetatable(_G) }
end

--- Makes the present state what it was.
function insulation.restore(saved)
  debug.setmetatable(_G, saved.metatable)
  put_back(_G, saved.globals)
  put_back(package.loaded, saved.loaded, is_own)
end

return insulation
