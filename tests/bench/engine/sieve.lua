-- A sieve: an array that starts at 2, and a grid with holes that starts at 0.
local count = 0
for round = 1, 4 do
  local n = 200000
  local composite = {}
  for i = 2, n do composite[i] = false end
  for i = 2, n do
    if not composite[i] then
      for j = i * i, n, i do composite[j] = true end
    end
  end
  count = 0
  for i = 2, n do if not composite[i] then count = count + 1 end end
end
assert(count == 17984)
local grid = {}
for y = 0, 299 do
  for x = 0, 299, 2 do grid[y * 300 + x] = x + y end
end
local sum = 0
for i = 0, 300 * 300 - 1 do sum = sum + (grid[i] or 0) end
assert(sum > 0)
