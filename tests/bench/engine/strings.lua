-- Strings built piece by piece and by table.concat.
local total = 0
for round = 1, 12 do
  local s = ""
  for i = 1, 15000 do s = s .. string.char(97 + i % 26) end
  total = total + #s
  local parts = {}
  for i = 1, 30000 do parts[#parts + 1] = "item " .. i .. ", " end
  local text = table.concat(parts)
  total = total + #text
  for i = 1, #s do total = total + s:byte(i) end
end
assert(total > 0)
