-- Tables with string keys that are computed.
local t = {}
for i = 1, 20000 do t["key" .. i] = i end
local sum = 0
for round = 1, 10 do
  for i = 1, 20000 do
    local k = "key" .. i
    t[k] = t[k] + round
  end
end
for _, v in pairs(t) do sum = sum + v end
assert(sum == 20000 * 20001 / 2 + 55 * 20000)
