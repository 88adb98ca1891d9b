-- How values are shown in messages. Specification: busted.md §7.7.

local assert = require 'luassert.assert'
local match = require 'luassert.match'
local term = require 'term'
local util = require 'luassert.util'

local function format_string(value)
  if type(value) == 'string' then return "(string) '" .. value .. "'" end
end

local function number_text(value)
  if value ~= value then return 'NaN' end
  if value == math.huge then return 'Inf' end
  if value == -math.huge then return '-Inf' end
  return ('%.20g'):format(value)
end

local function format_number(value)
  if type(value) == 'number' then return '(number) ' .. number_text(value) end
end

local function format_boolean(value)
  if type(value) == 'boolean' then return '(boolean) ' .. tostring(value) end
end

local function format_nil(value)
  if value == nil then return '(nil)' end
end

local ranks = { number = 1, boolean = 2, string = 3, table = 4, ['function'] = 5, userdata = 6, thread = 7 }

--- The keys in the order in which they are shown: the list, then by type.
local function sorted_keys(t)
  local length = 0
  while rawget(t, length + 1) ~= nil do length = length + 1 end
  local keys, list = {}, {}
  for i = 1, length do list[i] = i end
  for key in next, t do
    local listed = type(key) == 'number' and key >= 1 and key <= length and key % 1 == 0
    if not listed then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b)
    local ta, tb = type(a), type(b)
    if ta ~= tb then return (ranks[ta] or 8) < (ranks[tb] or 8) end
    if ta == 'number' or ta == 'string' then return a < b end
    if ta == 'boolean' then return a and not b end
    return tostring(a) < tostring(b)
  end)
  for _, key in ipairs(keys) do list[#list + 1] = key end
  return list
end

--- `table: 0x...` of a table, whatever its metatable says.
local function address_of(t)
  local mt = debug.getmetatable(t)
  if mt == nil then return tostring(t) end
  if type(mt) == 'table' and rawget(mt, '__metatable') ~= nil then return 'table' end
  debug.setmetatable(t, nil)
  local text = tostring(t)
  debug.setmetatable(t, mt)
  return text
end

local function value_text(value)
  if type(value) == 'string' then return "'" .. value .. "'" end
  if type(value) == 'number' then return number_text(value) end
  return tostring(value)
end

local function colored_mark(mark)
  local color = assert:get_parameter('TableErrorHighlightColor')
  if mark == '' or color == nil or color == 'none' then return mark end
  for name in color:gmatch('[^.]+') do
    local paint = term.colors[name]
    if paint then mark = paint(mark) end
  end
  return mark
end

--- Dumps a table over several lines. `crumbs` are the keys that lead to the
--- first difference, outermost last.
local function dump(t, crumbs)
  local max_level = assert:get_parameter('TableFormatLevel')
  local shows_recursion = assert:get_parameter('TableFormatShowRecursion')
  local mark = assert:get_parameter('TableErrorHighlightCharacter') or ''
  local painted = colored_mark(mark)
  local open = {}

  local function write(value, level, crumbs)
    if next(value) == nil then return '{ }' end
    if shows_recursion and open[value] then return '{ ... recursive }' end
    if max_level ~= -1 and level >= max_level then return '{ ... more }' end
    open[value] = true
    local crumb = crumbs and level < #crumbs and #crumbs - level or nil
    local indent = (' '):rep(2 * level + 2)
    local out = { '{' }
    for _, key in ipairs(sorted_keys(value)) do
      local item = rawget(value, key)
      local marked = crumb and crumbs[crumb] == key
      local start = marked and indent:sub(1, math.max(0, #indent - #mark)) .. painted or indent
      local text
      if type(item) == 'table' then
        text = write(item, level + 1, marked and crumbs or nil)
      else
        text = value_text(item)
      end
      out[#out + 1] = ('\n%s[%s] = %s'):format(start, tostring(key), text)
    end
    open[value] = nil
    return table.concat(out) .. ' }'
  end

  return write(t, 0, crumbs)
end

local function format_table(value, fmtargs)
  if type(value) ~= 'table' then return nil end
  return '(' .. address_of(value) .. ') ' .. dump(value, fmtargs and fmtargs.crumbs)
end

local function format_function(value)
  if type(value) ~= 'function' then return nil end
  local info = debug.getinfo(value, 'S')
  return ('%s @ line %d in %s'):format(tostring(value), info.linedefined, info.source)
end

local function format_userdata(value)
  if type(value) == 'userdata' then return "(userdata) '" .. tostring(value) .. "'" end
end

local function format_thread(value)
  if type(value) == 'thread' then return "(thread) '" .. tostring(value) .. "'" end
end

local function format_matcher(value)
  if not match.is_matcher(value) then return nil end
  if value.name == '_' then return '(matcher) _ *anything*' end
  local arguments = assert:format(util.shallowcopy(value.arguments))
  local texts = {}
  for i = 1, arguments.n do texts[i] = arguments[i] end
  return ('(matcher) %s.%s(%s)'):format(value.mod and 'is' or 'no', value.name, table.concat(texts, ', '))
end

local function format_arguments(value)
  if not util.is_arglist(value) then return nil end
  local copy = { n = value.n }
  for i = 1, value.n do copy[i] = value[i] end
  assert:format(copy)
  return '(values list) (' .. table.concat(copy, ', ') .. ')'
end

-- The last one is asked first.
for _, formatter in ipairs {
  format_userdata, format_thread, format_function, format_table, format_nil, format_boolean, format_number,
  format_string, format_matcher, format_arguments,
} do
  assert:add_formatter(formatter)
end

assert:set_parameter('TableFormatLevel', 3)
assert:set_parameter('TableFormatShowRecursion', false)
assert:set_parameter('TableErrorHighlightCharacter', '*')
assert:set_parameter('TableErrorHighlightColor', term.isatty(io.stdout) and 'red' or 'none')

return assert
