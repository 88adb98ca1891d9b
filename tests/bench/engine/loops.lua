-- Nested numeric loops over floats and integers.
local sum, n = 0, 0
for i = 1, 3000 do
  for j = 1, 1000 do
    sum = sum + i * j % 7
    n = n + 1
  end
end
assert(n == 3000000 and sum > 0)
