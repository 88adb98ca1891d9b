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

local function copy(t)
  local result = {}
  for key, value in next, t do result[key] = value end
  return result
end

local function put_back(t, saved, keeps)
  for key in next, copy(t) do
    if saved[key] == nil and not (keeps and keeps(key)) then rawset(t, key, nil) end
  end
  for key, value in next, saved do
    if rawget(t, key) ~= value then rawset(t, key, value) end
  end
end

--- Takes down the present state.
function insulation.save()
  return { globals = copy(_G), loaded = copy(package.loaded), metatable = debug.getmetatable(_G) }
end

--- Makes the present state what it was.
function insulation.restore(saved)
  debug.setmetatable(_G, saved.metatable)
  put_back(_G, saved.globals)
  put_back(package.loaded, saved.loaded, is_own)
end

return insulation
