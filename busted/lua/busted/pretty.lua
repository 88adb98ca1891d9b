-- Writes any Lua value as text for an error report, tables over several lines
-- with sorted keys. Layout: busted.md §8.4.

local reserved = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return
    then true until while]]):gmatch('%a+') do
  reserved[word] = true
end

local function quote(text)
  if text:find('\n', 1, true) then
    local level = ''
    while text:find(']' .. level .. ']', 1, true) do level = level .. '=' end
    return '[' .. level .. '[\n' .. text .. ']' .. level .. ']'
  end
  return (('%q'):format(text):gsub('\r', '\\r'))
end

local function write_key(key)
  if type(key) == 'string' then
    if key:match('^[%a_][%w_]*$') and not reserved[key] then return key end
    return '["' .. key:gsub('[%c"\\]', function(c) return ('\\%03d'):format(c:byte()) end) .. '"]'
  end
  if type(key) == 'number' then return '[' .. tostring(key) .. ']' end
  return '["' .. tostring(key) .. '"]'
end

local ranks = { string = 1, number = 2, boolean = 3 }

local function before(a, b)
  local ta, tb = type(a), type(b)
  if ta ~= tb then return (ranks[ta] or 4) < (ranks[tb] or 4) end
  if ta == 'string' or ta == 'number' then return a < b end
  return tostring(a) < tostring(b)
end

local write

local function write_table(t, indent, open)
  if open[t] then return '<cycle>' end
  open[t] = true
  local inner = indent .. '  '
  local lines, list = {}, #t
  for i = 1, list do lines[i] = inner .. write(rawget(t, i), inner, open) end
  local keys = {}
  for key in next, t do
    local listed = type(key) == 'number' and key >= 1 and key <= list and key % 1 == 0
    if not listed then keys[#keys + 1] = key end
  end
  table.sort(keys, before)
  for _, key in ipairs(keys) do
    lines[#lines + 1] = inner .. write_key(key) .. ' = ' .. write(rawget(t, key), inner, open)
  end
  open[t] = nil
  return '{\n' .. table.concat(lines, ',\n') .. (#lines > 0 and '\n' or '') .. indent .. '}'
end

function write(value, indent, open)
  local kind = type(value)
  if kind == 'table' then return write_table(value, indent, open) end
  if kind == 'string' then return quote(value) end
  if kind == 'number' or kind == 'boolean' or kind == 'nil' then return tostring(value) end
  return '"' .. tostring(value) .. '"'
end

--- The text of a value. Errors in metamethods are not caught.
return function(value)
  if type(value) == 'table' then return write_table(value, '', {}) end
  return tostring(value)
end
