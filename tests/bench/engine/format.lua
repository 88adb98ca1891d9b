-- string.format and tostring.
local total = 0
for i = 1, 120000 do
  local s = string.format("%d:%s:%5.2f:%x", i, "name", i / 3, i)
  total = total + #s + #tostring(i * 0.5)
end
assert(total > 0)
