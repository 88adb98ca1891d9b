-- Small helpers that drivers and handlers may require. Specification:
-- busted.md §1.7 (shuffle), §9.2.

local host = require 'busted.host'

local utils = {}

--- Copies the negative indexes and 0 of the global `arg` to a list.
function utils.copy_interpreter_args(arguments)
  local i = 0
  while arg and arg[i] do
    arguments[i] = arg[i]
    i = i - 1
  end
  return arguments
end

--- Splits a text at a separator (not a pattern).
function utils.split(text, separator)
  local parts, start = {}, 1
  while true do
    local from, to = text:find(separator, start, true)
    parts[#parts + 1] = text:sub(start, (from or 0) - 1)
    if not from then return parts end
    start = to + 1
  end
end

--- Shuffles a list in place; the same seed gives the same order.
function utils.shuffle(list, seed)
  if seed then math.randomseed(seed) end
  for n = #list, 2, -1 do
    local k = math.random(n)
    list[n], list[k] = list[k], list[n]
  end
  return list
end

--- Sorts elements in place by name, those without one first.
function utils.sort_by_name(list)
  local places = {}
  for i, element in ipairs(list) do places[element] = i end
  table.sort(list, function(a, b)
    if a.name == b.name then return places[a] < places[b] end
    if a.name == nil then return true end
    if b.name == nil then return false end
    return a.name < b.name
  end)
  return list
end

--- A random number of four bytes.
function utils.urandom() return host.seed() end

return utils
