-- Arrays filled, summed, reversed and sorted in place.
local n = 200000
local a = {}
for round = 1, 5 do
  for i = 1, n do a[i] = (i * 7919) % 10007 end
  local sum = 0
  for i = 1, n do sum = sum + a[i] end
  for i = 1, n / 2 do a[i], a[n - i + 1] = a[n - i + 1], a[i] end
  assert(sum > 0)
end
