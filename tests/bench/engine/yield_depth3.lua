-- Yields at depth 3.
local yield = coroutine.yield
local function deep(n) if n <= 1 then return (yield(n)) end return (deep(n - 1)) end
local co = coroutine.wrap(function() while true do deep(3) end end)
for i = 1, 400000 do co(i) end
