-- The string library but for patterns and formats.
local function try(f, ...) print(pcall(f, ...)) end
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end

local s = "a\0b\255"
print(#s, s:byte(1, -1))
print(s:byte(), s:byte(2), s:byte(-1), s:byte(10), s:byte(0), (s:byte(3, 2)))
print(select("#", s:byte(10)), select("#", s:byte(3, 2)), select("#", (""):byte()), s:byte(1.9), s:byte("2"), s:byte(-100, 2))
for i = -6, 6 do
  for j = -6, 6 do print(i, j, ("%q"):format(("abcd"):sub(i, j)), ("abcd"):byte(i, j)) end
end
print(("abc"):sub(2), ("abc"):sub(-2), ("abc"):sub("2"), ("abc"):sub(1.9, 2.9), ("hello"):sub(-3, -2))
print(("hello"):sub(2 ^ 31), ("hello"):sub(-2 ^ 31), ("hello"):sub(2 ^ 40, 2 ^ 41), ("hello"):sub(1, 2 ^ 31 - 1),
  ("hello"):sub(1, 2 ^ 40), ("hello"):sub(math.huge), ("hello"):sub(-math.huge), ("hello"):sub(0 / 0))
print(("x"):rep(0) == "", ("x"):rep(-1) == "", ("ab"):rep(3), ("ab"):rep(3, ","), ("ab"):rep(1, ","), ("ab"):rep(0, ","),
  ("x"):rep(2.7), (""):rep(1e9) == "", (""):rep(5, ","), ("x"):rep("3"))
print(("abc"):reverse(), hex(("a\0b\200"):reverse()), (""):reverse() == "", string.reverse(123))
local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
all = table.concat(all)
print(hex(all:upper()))
print(hex(all:lower()))
for class in ("acdglpsuwxzACDGLPSUWXZ"):gmatch(".") do
  local t = {}
  for i = 0, 255 do t[#t + 1] = string.char(i):find("^%" .. class) and "1" or "0" end
  print(class, table.concat(t))
end
print(string.char(72, 105), #string.char(), string.char(0, 255):byte(1, -1))
print(string.char(1.9):byte(), string.char("65"), string.char(-0.5):byte(), #string.char(unpack({ 65, 66, 67 })))
print(("x"):len(), string.len("a\0b\0"), string.len(12.5), ("%5.1f"):format(2))
print(("x").nothing, pcall(function() return ("x"):nothing() end))
try(string.char, 256)
try(string.char, -1)
try(string.char, "x")
try(string.char, 65, nil)
try(string.char, {})
try(string.byte)
try(string.byte, "x", "y")
try(string.sub, "x")
try(string.sub, "x", "y")
try(string.sub, "x", 1, {})
try(string.rep)
try(string.rep, "x")
try(string.rep, "x", {})
try(string.rep, "ab", 3, {})
try(string.len, {})
try(string.upper)
try(string.lower, {})
try(string.reverse, true)
print(pcall(function() ("x"):rep(1e6):byte(1, -1) end))
print(pcall(function() return ("x"):rep({}) end))
print(pcall(function() return ("x").rep() end))
