-- Errors that a pcall takes, through all that may stand between it and `error`.
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = tostring((select(i, ...))) end
  print(table.concat(t, " "))
end
local function fail(value) error(value, 0) end
local boom = {name = "boom"}
setmetatable(boom, {__tostring = function() return "a boom" end})

show(pcall(error))
show(pcall(error, nil))
show(pcall(error, boom))
show(pcall(error, "text"))
show(pcall(error, "text", 1))
show(pcall(error, "text", 2))
show(pcall(error, 12))
show(pcall(pcall, error, "inner"))
show(pcall(fail, "value"))
show(pcall(function() error("positioned") end))
show(pcall(function() error("caller's", 2) end))
show(pcall(function() return error("tail") end))
show(pcall(function() for _ in error, "iterator" do end end))
show(pcall(function() local _ = setmetatable({}, {__index = function(_, k) fail(k) end}).field end))
show(pcall(function() return setmetatable({}, {__add = function() fail("add") end}) + 1 end))
show(pcall(function() return setmetatable({}, {__lt = function() fail("lt") end}) < setmetatable({}, {}) end))
local compared = setmetatable({}, {__lt = function() fail("lt") end, __le = function() fail("le") end,
  __eq = function() fail("eq") end, __concat = function() fail("concat") end, __call = function() fail("call") end,
  __tostring = function() fail("tostring") end, __len = function() fail("len") end, __newindex = function() fail("newindex") end})
local other = setmetatable({}, getmetatable(compared))
show(pcall(function() return compared < other end))
show(pcall(function() return compared >= other end))
show(pcall(function() return compared == other end))
show(pcall(function() return compared .. "x" end))
show(pcall(function() return compared() end))
show(pcall(function() compared.x = 1 end))
show(pcall(tostring, compared))

-- Host functions that call back.
show(pcall(string.gsub, "abc", "%w", function(c) fail("gsub " .. c) end))
show(pcall(table.sort, {3, 2, 1}, function() fail("sort") end))
show(pcall(table.sort, {3, 2, 1}, error))
show(pcall(load or loadstring, function() fail("load") end))
show(pcall(loadstring("error('a chunk', 0)")))
show(pcall(xpcall, function() fail("handled") end, function(m) return m .. "!" end))
show(pcall(xpcall, function() fail("handled") end, function(m) fail("handler") end))
show(xpcall(function() show(pcall(fail, "in pcall")) fail("in xpcall") end, function(m) return m .. "?" end))
package.preload.broken = function() fail("required") end
show(pcall(require, "broken"))
show(select("#", pcall(dofile, "/nonexistent")))

-- Coroutines.
local co = coroutine.create(function() fail("in a coroutine") end)
show(pcall(coroutine.resume, co))
show(coroutine.status(co))
show(pcall(coroutine.wrap(function() fail("in a wrap") end)))
local suspended = coroutine.wrap(function()
  show(pcall(function() coroutine.yield(1) fail("after a yield") end))
  show(pcall(function() show(pcall(fail, "deep")) coroutine.yield(2) fail(boom) end))
  show(pcall(fail, "once more"))
  fail("at the end")
end)
show(suspended()) show(suspended()) show(pcall(suspended))

-- Deep, often, and with other work between.
local function deep(n) if n == 0 then fail("deep") end return 1 + deep(n - 1) end
show(pcall(deep, 100))
show(pcall(deep, 5000))
local count = 0
for i = 1, 300 do
  local ok, value = pcall(function() local t = {pcall(fail, i)} if i % 2 == 0 then fail(t[2]) end return t[2] end)
  if not ok then count = count + value end
end
show(count)
local function finally(f, after) local results = {pcall(f)} after() if not results[1] then error(results[2], 0) end return unpack(results, 2) end
show(pcall(finally, function() finally(function() fail("inside") end, function() show("first") end) end, function() show("second") end))
show(pcall(assert, false, boom), pcall(assert, nil), pcall(assert, false, "text"))
