-- Small tables, allocated and dropped.
local function make(depth)
  if depth == 0 then return {} end
  return {make(depth - 1), make(depth - 1)}
end
local function count(t)
  if not t[1] then return 1 end
  return 1 + count(t[1]) + count(t[2])
end
local total = 0
for i = 1, 24 do total = total + count(make(14)) end
assert(total == 24 * 32767)
