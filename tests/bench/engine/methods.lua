-- Objects with methods, two levels of inheritance.
local Shape = {}
Shape.__index = Shape
function Shape.new(x) return setmetatable({x = x, n = 0}, Shape) end
function Shape:area() return self.x * self.x end
function Shape:bump() self.n = self.n + 1 return self end
local Square = setmetatable({}, {__index = Shape})
Square.__index = Square
function Square.new(x) return setmetatable({x = x, n = 0}, Square) end
function Square:side() return self.x end
local total = 0
local a, b = Shape.new(2), Square.new(3)
for i = 1, 1500000 do
  total = total + a:area() + b:area() + b:side()
  a:bump() b:bump()
end
assert(a.n == 1500000 and total == 1500000 * 16)
