-- Makes any text valid UTF-8: bytes that are none become U+FFFD. For reports
-- in XML and JSON, which a test's name or message must not break.

local REPLACEMENT = '\239\191\189'

--- The length of the UTF-8 sequence at a place, or nil when there is none
--- (nor for U+FFFE and U+FFFF, which XML does not allow).
local function sequence_length(text, at)
  local a, b, c, d = text:byte(at, at + 3)
  local function follows(byte) return byte and byte >= 0x80 and byte < 0xc0 end
  if a >= 0xc2 and a <= 0xdf then return follows(b) and 2 or nil end
  if a >= 0xe0 and a <= 0xef then
    if not (follows(b) and follows(c)) then return nil end
    if a == 0xe0 and b < 0xa0 or a == 0xed and b >= 0xa0 then return nil end
    if a == 0xef and b == 0xbf and c >= 0xbe then return nil end -- U+FFFE, U+FFFF
    return 3
  end
  if a >= 0xf0 and a <= 0xf4 then
    if not (follows(b) and follows(c) and follows(d)) then return nil end
    if a == 0xf0 and b < 0x90 or a == 0xf4 and b >= 0x90 then return nil end
    return 4
  end
end

--- The text with what is no UTF-8 replaced.
return function(text)
  if not text:find('[\128-\255]') then return text end
  local parts, at = {}, 1
  while at <= #text do
    local from = text:find('[\128-\255]', at)
    if not from then break end
    parts[#parts + 1] = text:sub(at, from - 1)
    local length = sequence_length(text, from)
    parts[#parts + 1] = length and text:sub(from, from + length - 1) or REPLACEMENT
    at = from + (length or 1)
  end
  parts[#parts + 1] = text:sub(at)
  return table.concat(parts)
end
