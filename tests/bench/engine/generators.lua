-- Coroutines as generators, chained.
local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local function filter(g) return coroutine.wrap(function() for v in g do if v % 2 == 0 then coroutine.yield(v) end end end) end
local sum = 0
for round = 1, 20 do for v in filter(gen(10000)) do sum = sum + v end end
assert(sum == 20 * 5000 * 5001)
