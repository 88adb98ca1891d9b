-- The math library: special values of every function, and the sequences of
-- math.random for given seeds.
local function try(f, ...) print(pcall(f, ...)) end

for _, a in ipairs { 0, -0.0, 0.5, -0.5, 2.5, -2.5, 3, 1e308, 5e-324, 1 / 0, -1 / 0, 0 / 0 } do
  for _, name in ipairs {
    "abs", "ceil", "floor", "sqrt", "exp", "log", "log10", "sin", "cos", "tan", "asin",
    "acos", "atan", "sinh", "cosh", "tanh", "deg", "rad", "frexp", "modf",
  } do
    print(name, a, math[name](a))
  end
end
print(math.max(0 / 0, 1), math.max(1, 0 / 0), math.min(0 / 0, 1), math.min(1, 0 / 0))
print(math.max(-0.0, 0), math.max(0, -0.0), math.min(0, -0.0), math.min(-0.0, 0), math.max(1, "2"))
print(math.fmod(5, 3), math.fmod(-5, 3), math.fmod(5, 0), math.fmod(5, 1 / 0), math.fmod(-6, 3))
print(math.pow(2, 0.5), math.pow(-8, 1 / 3), math.pow(1, 0 / 0), math.pow(1, 1 / 0), math.pow(-1, 1 / 0))
print(math.pow(0 / 0, 0), math.pow(0, -1), math.atan2(1, -1), math.atan2(-0.0, -1))
print(math.ldexp(1, 2000), math.ldexp(1, -1074), math.ldexp(0.75, -1074), math.ldexp(1, 1.9),
  math.ldexp(5e-324, 1074), math.ldexp(5e-324, 2000), math.ldexp(1.5, -1075))
print(math.log(8, 2), math.log(100, 10), math.log(27, 3), math.log(0, 2), math.log(8, 1))
print(math.pi, math.huge, math.mod)
print(math.floor("3.7"), math.ceil(" 0x10 "))

for _, seed in ipairs { 0, 1, 42, 12345, -7, 1.5, 2 ^ 40, 1e300 } do
  math.randomseed(seed)
  local t = {}
  for i = 1, 6 do t[i] = math.random(1000) end
  for i = 1, 3 do t[#t + 1] = string.format("%.17g", math.random()) end
  t[#t + 1] = math.random(-2 ^ 31, 2 ^ 31)
  t[#t + 1] = math.random(10, 20)
  print(seed, table.concat(t, " "))
end
math.randomseed(7)
local sum = 0
for i = 1, 100000 do sum = (sum * 3 + math.random(0, 999)) % 4294967291 end
print(sum)
print(math.random(0) <= 1, math.random(2, 1) >= 1)

try(math.floor)
try(math.floor, "x")
try(math.floor, {})
try(math.max)
try(math.max, 1, {})
try(math.log, 2, {})
try(math.pow, 1)
try(math.frexp, "x")
try(math.ldexp, 1)
try(math.random, "x")
try(math.random, 1, {})
try(math.randomseed)
