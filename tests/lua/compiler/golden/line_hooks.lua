-- Which lines a hook hears of: those of functions that call nothing, and those
-- that a loop comes back to.
local log = {}
local function leaf(x) return x end
local function two(x)
  local y = x
  return y
end
local function varargs(...)
  return select("#", ...)
end
local function lines(f, ...)
  log = {}
  debug.sethook(function(_, line) log[#log + 1] = line end, "l")
  f(...)
  debug.sethook()
  print(table.concat(log, " "))
end

lines(leaf, 1)
lines(function()
  for i = 1, 2 do
    leaf(i)
  end
end)
lines(function()
  local i = 0
  while i < 2 do i = i + 1 end
  repeat i = i - 1 until i == 0
end)
lines(function()
  two(1) two(2)
  print() print()
end)
lines(function()
  local n = 0
  for _, v in ipairs({1, 2}) do
    n = n + v
  end
  return leaf(leaf(n))
end)
lines(function()
  pcall(leaf, 1)
end)
lines(varargs, 1, 2)

-- A hook that hears of calls sees whom they go to.
local calls = {}
debug.sethook(function(event)
  local info = debug.getinfo(2, "nSl")
  calls[#calls + 1] = event .. " " .. tostring(info.name) .. " " .. info.linedefined .. " " .. info.currentline
end, "c")
local x = two(leaf(1))
debug.sethook(nil)
calls[#calls] = nil -- that of sethook
print(table.concat(calls, ", "))

-- Each function shows once in a traceback.
debug.sethook(function()
  debug.sethook()
  for line in debug.traceback():gmatch("[^\n]+") do
    local named = line:match(":%d+: in function '.*'")
    if named then print(named) end
  end
end, "c")
leaf(two(1))
debug.sethook()
