-- Operators overloaded with metamethods.
local V = {}
V.__index = V
local function new(x, y) return setmetatable({x = x, y = y}, V) end
V.__add = function(a, b) return new(a.x + b.x, a.y + b.y) end
V.__mul = function(a, k) return new(a.x * k, a.y * k) end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
local p, d = new(0, 0), new(1, 2)
for i = 1, 400000 do p = p + d * 0.5 end
assert(p == new(200000, 400000))
