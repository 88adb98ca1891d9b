-- All results as one JSON object at the end. Format: busted.md §6.6.

local busted = require 'busted'
local valid_utf8 = require 'busted.utf8'

local escapes = {
  ['"'] = '\\"', ['\\'] = '\\\\', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n', ['\r'] = '\\r', ['\t'] = '\\t',
}

local function quote(text)
  text = text:gsub('[%c"\\\127]', function(c) return escapes[c] or ('\\u%04x'):format(c:byte()) end)
  return '"' .. valid_utf8((text:gsub('%z', '\\u0000'))) .. '"'
end

local encode

local function encode_table(value, out)
  if #value > 0 or next(value) == nil then
    out[#out + 1] = '['
    for i, item in ipairs(value) do
      if i > 1 then out[#out + 1] = ',' end
      encode(item, out)
    end
    out[#out + 1] = ']'
    return
  end
  local keys = {}
  for key, item in pairs(value) do
    -- Functions have no text, and fields that are nil are not there.
    if type(key) == 'string' and type(item) ~= 'function' then keys[#keys + 1] = key end
  end
  table.sort(keys)
  out[#out + 1] = '{'
  for i, key in ipairs(keys) do
    if i > 1 then out[#out + 1] = ',' end
    out[#out + 1] = quote(key) .. ':'
    encode(value[key], out)
  end
  out[#out + 1] = '}'
end

function encode(value, out)
  local kind = type(value)
  if kind == 'table' then
    encode_table(value, out)
  elseif kind == 'number' then
    out[#out + 1] = value == value and math.abs(value) < math.huge and ('%.14g'):format(value) or 'null'
  elseif kind == 'boolean' then
    out[#out + 1] = tostring(value)
  else
    out[#out + 1] = quote(tostring(value))
  end
end

return function()
  local handler = require 'busted.outputHandlers.base'()

  function handler.suiteEnd()
    local out = {}
    encode({
      pendings = handler.pendings,
      successes = handler.successes,
      failures = handler.failures,
      errors = handler.errors,
      duration = handler.getDuration(),
    }, out)
    io.stdout:write(table.concat(out), '\n')
    io.stdout:flush()
    return nil, true
  end

  busted.subscribe({ 'suite', 'end' }, handler.suiteEnd)

  return handler
end
