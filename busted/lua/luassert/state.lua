-- Snapshots: levels of what was changed in luassert and can be undone.
-- Specification: busted.md §7.13.

local state = {}

local snapshot_mt = {}
snapshot_mt.__index = snapshot_mt

local current

local function is_snapshot(value)
  return type(value) == 'table' and debug.getmetatable(value) == snapshot_mt
end

--- Undoes everything since the snapshot was made.
function snapshot_mt:revert()
  state.revert(self)
end

function snapshot_mt:__call() return self:revert() end

--- Opens a new level.
function state.snapshot()
  local new = setmetatable({
    formatters = {},
    parameters = {},
    spies = setmetatable({}, { __mode = 'k' }),
    previous = current,
  }, snapshot_mt)
  if current then current.next = new end
  current = new
  return new
end

--- Undoes a snapshot and all newer ones; the current one by default.
function state.revert(self)
  self = self or current
  if not is_snapshot(self) or self.reverted then error('Value provided is not a valid snapshot', 2) end
  if self.next then self.next:revert() end
  self.formatters, self.parameters = {}, {}
  local spies = self.spies
  self.spies = setmetatable({}, { __mode = 'k' })
  for spy in pairs(spies) do spy:revert() end
  self.reverted = true
  current = self.previous
  if current then current.next = nil end
end

--- Adds a formatter; the last one is asked first.
function state.add_formatter(fn)
  table.insert(current.formatters, 1, fn)
end

--- Removes a formatter, wherever it was added.
function state.remove_formatter(fn, level)
  level = level or current
  for i, formatter in ipairs(level.formatters) do
    if formatter == fn then
      table.remove(level.formatters, i)
      return
    end
  end
  if level.previous then state.remove_formatter(fn, level.previous) end
end

--- The text of a value by the formatters.
function state.format_argument(value, level, fmtargs)
  level = level or current
  while level do
    for _, formatter in ipairs(level.formatters) do
      local text = formatter(value, fmtargs)
      if text ~= nil then return text end
    end
    level = level.previous
  end
  return nil
end

local NIL = {}

--- Sets a parameter of the current level.
function state.set_parameter(name, value)
  if value == nil then value = NIL end
  current.parameters[name] = value
end

--- The value of a parameter.
function state.get_parameter(name, level)
  level = level or current
  while level do
    local value = level.parameters[name]
    if value ~= nil then
      if value == NIL then return nil end
      return value
    end
    level = level.previous
  end
end

--- Lets the current level revert a spy.
function state.add_spy(spy)
  current.spies[spy] = true
end

state.snapshot() -- the base, which nobody reverts

return state
