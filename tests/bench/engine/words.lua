-- Words counted and sorted by a comparison function.
local letters = {}
local seed = 42
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local list = {}
for i = 1, 30000 do
  local w = ""
  for j = 1, random(3) do w = w .. string.char(96 + random(20)) end
  list[i] = w
end
local counts, unique = {}, {}
for round = 1, 20 do
  for i = 1, #list do
    local w = list[i]
    if not counts[w] then counts[w] = 0 unique[#unique + 1] = w end
    counts[w] = counts[w] + 1
  end
end
table.sort(unique, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)
assert(counts[unique[1]] >= counts[unique[#unique]])
