-- A formatter for strings of bytes: a hex dump. Specification: busted.md §7.7.

local function line(text)
  local hex, shown = {}, {}
  for i = 1, 16 do
    local byte = text:byte(i)
    hex[i] = byte and ('%02x'):format(byte) or '  '
    if byte then shown[i] = (byte < 32 or byte > 126) and ('\\x%02x'):format(byte) or string.char(byte) end
  end
  local columns = {}
  for i = 1, 8 do columns[1] = (columns[1] and columns[1] .. ' ' or '') .. hex[i] end
  for i = 9, 16 do columns[2] = (columns[2] and columns[2] .. ' ' or '') .. hex[i] end
  local left = {}
  for i = 1, 8 do left[i] = shown[i] or ' ' end
  local right = {}
  for i = 9, 16 do right[#right + 1] = shown[i] or ' ' end
  return ('%s   %s  %s %s\n'):format(columns[1], columns[2], table.concat(left), table.concat(right))
end

--- A hex dump of a string, nil for anything else.
return function(value)
  if type(value) ~= 'string' then return nil end
  local out = { ('Binary string length; %d bytes\n'):format(#value) }
  for i = 1, #value, 16 do out[#out + 1] = line(value:sub(i, i + 15)) end
  return table.concat(out)
end
