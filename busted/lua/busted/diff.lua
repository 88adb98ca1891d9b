-- What differs between two values, as lines: `-` is expected, `+` is there.
-- Tables show the keys that differ and how many are equal, long texts the
-- lines that do. The order of keys is stable.

local MAX_LINES = 60    -- of a whole diff
local MAX_TEXT = 300    -- lines of a text that are compared line by line

local ranks = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local ta, tb = type(a), type(b)
  if ta ~= tb then return (ranks[ta] or 4) < (ranks[tb] or 4) end
  if ta == 'number' or ta == 'string' then return a < b end
  return tostring(a) < tostring(b)
end

local function show(value)
  if type(value) == 'string' then
    return (('%q'):format(value):gsub('\\\n', '\\n'):gsub('%c', function(c) return ('\\%d'):format(c:byte()) end))
  end
  if type(value) == 'number' then return ('%.17g'):format(value) end
  if type(value) == 'table' then
    if next(value) == nil then return '{}' end
    local parts, more = {}, false
    for key, item in next, value do
      if #parts == 4 then
        more = true
        break
      end
      local text = type(item) == 'table' and '{…}' or show(item)
      parts[#parts + 1] = type(key) == 'number' and text or ('%s = %s'):format(tostring(key), text)
    end
    table.sort(parts)
    return '{ ' .. table.concat(parts, ', ') .. (more and ', … }' or ' }')
  end
  return tostring(value)
end

local function lines_of(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('(.-)\n') do lines[#lines + 1] = line end
  return lines
end

--- The longest common subsequence of two lists of lines, as a table of lengths.
local function common(a, b)
  local lengths = {}
  for i = #a + 1, 1, -1 do
    local row, below = {}, lengths[i + 1]
    lengths[i] = row
    for k = #b + 1, 1, -1 do
      if i > #a or k > #b then
        row[k] = 0
      elseif a[i] == b[k] then
        row[k] = below[k + 1] + 1
      else
        row[k] = math.max(below[k], row[k + 1])
      end
    end
  end
  return lengths
end

--- Compares texts line by line; equal lines next to a difference are shown.
local function diff_texts(expected, actual, out, indent)
  local a, b = lines_of(expected), lines_of(actual)
  local lengths = common(a, b)
  local i, k, equal = 1, 1, {}
  local function flush(next_to)
    if #equal > 2 then out[#out + 1] = ('  %s… %d equal lines'):format(indent, #equal - (next_to and 1 or 0)) end
    if next_to and #equal > 2 then out[#out + 1] = '  ' .. indent .. equal[#equal] end
    if #equal <= 2 then
      for _, line in ipairs(equal) do out[#out + 1] = '  ' .. indent .. line end
    end
    equal = {}
  end
  while i <= #a or k <= #b do
    if i <= #a and k <= #b and a[i] == b[k] then
      equal[#equal + 1] = a[i]
      i, k = i + 1, k + 1
    elseif i <= #a and (k > #b or lengths[i + 1][k] >= lengths[i][k + 1]) then
      flush(true)
      out[#out + 1] = '- ' .. indent .. a[i]
      i = i + 1
    else
      flush(true)
      out[#out + 1] = '+ ' .. indent .. b[k]
      k = k + 1
    end
  end
  flush(false)
end

local function is_long_text(value)
  if type(value) ~= 'string' then return false end
  local _, count = value:gsub('\n', '')
  return count > 0 and count <= MAX_TEXT
end

local deepcompare = require('luassert.util').deepcompare
local diff

local function diff_tables(expected, actual, out, indent, open)
  open[expected], open[actual] = true, true
  local keys, seen, equal = {}, {}, 0
  for _, t in ipairs { expected, actual } do
    for key in next, t do
      if not seen[key] then
        seen[key] = true
        keys[#keys + 1] = key
      end
    end
  end
  table.sort(keys, before)
  for _, key in ipairs(keys) do
    local a, b = rawget(expected, key), rawget(actual, key)
    if deepcompare(a, b) then
      equal = equal + 1
    else
      diff(a, b, out, indent, open, type(key) == 'string' and key or '[' .. tostring(key) .. ']')
    end
  end
  if equal > 0 then out[#out + 1] = ('  %s… %d equal'):format(indent, equal) end
  open[expected], open[actual] = nil, nil
end

function diff(a, b, out, indent, open, name)
  local label = name and name .. ' = ' or ''
  if type(a) == 'table' and type(b) == 'table' and not open[a] and not open[b] then
    out[#out + 1] = '  ' .. indent .. label .. '{'
    diff_tables(a, b, out, indent .. '  ', open)
    out[#out + 1] = '  ' .. indent .. '}'
  elseif is_long_text(a) and is_long_text(b) then
    if name then out[#out + 1] = '  ' .. indent .. name .. ':' end
    diff_texts(a, b, out, name and indent .. '  ' or indent)
  else
    if a ~= nil or not name then out[#out + 1] = '- ' .. indent .. label .. show(a) end
    if b ~= nil or not name then out[#out + 1] = '+ ' .. indent .. label .. show(b) end
  end
end

--- The lines of the difference between what was expected and what is there.
return function(expected, actual)
  local out = {}
  diff(expected, actual, out, '', {})
  if #out > MAX_LINES then
    local rest = #out - MAX_LINES
    for i = #out, MAX_LINES + 1, -1 do out[i] = nil end
    out[#out + 1] = ('  … %d more lines'):format(rest)
  end
  return out
end
