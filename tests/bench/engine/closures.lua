-- Closures that share a variable, made and called.
local function counter()
  local n = 0
  return function() n = n + 1 return n end, function() return n end
end
local sum = 0
for i = 1, 200000 do
  local bump, get = counter()
  bump() bump() bump()
  sum = sum + get()
end
local function compose(f, g) return function(x) return f(g(x)) end end
local inc = function(x) return x + 1 end
local f = inc
for i = 1, 20 do f = compose(f, inc) end
for i = 1, 30000 do sum = sum + f(0) end
assert(sum == 600000 + 21 * 30000)
