-- The base functions: loading, environments, raw access, select, proxies.
local function try(f, ...) print(pcall(f, ...)) end
local function plain(v) return (tostring(v):gsub("0x%x+", "PTR"):gsub("builtin#%d+", "PTR")) end

print(_VERSION, _G._G == _G, getmetatable("").__index == string)
try(assert)
try(assert, nil)
try(assert, false, "m")
try(assert, 1, 2, 3)
try(assert, nil, nil)
print(pcall(function() assert(false) end))
print(pcall(function() assert(false, "m") end))
print(select(2, pcall(assert, false, { 5 }))[1])

try(select, "#", 1, nil)
try(select, 0)
try(select, -1, 1, 2, 3)
try(select, -3, 1, 2, 3)
try(select, -4, 1, 2, 3)
try(select, 5, 1)
try(select)
try(select, "x")
try(select, "2", 1, 2)
try(select, 1.9, 1, 2)

try(rawget, { 1 }, 1)
try(rawget)
try(rawget, {})
try(rawset, {})
try(rawset, {}, 1)
try(rawset, {}, nil, 1)
try(rawset, {}, 0 / 0, 1)
try(rawset, 5)
try(rawequal)
try(rawequal, 1)
try(rawequal, 1, 1)
print(rawget(setmetatable({}, { __index = function() return 1 end }), "x"))
local watched = rawset(setmetatable({}, { __newindex = error }), "x", 5)
print(watched.x)

try(setmetatable)
try(setmetatable, {})
try(setmetatable, {}, 5)
try(setmetatable, 5, {})
try(setmetatable, setmetatable({}, { __metatable = 1 }), {})
try(getmetatable)
try(getmetatable, setmetatable({}, { __metatable = "mine" }))
print(getmetatable({}), getmetatable(5), getmetatable(setmetatable({}, nil)))

try(type)
print(type(nil), type(1), type("x"), type({}), type(print), type(true), type(newproxy()))
try(tostring)
print(tostring(nil), tostring(true), tostring(1.50), tostring("x"))
print(plain({}), plain(function() end), plain(newproxy()), plain(coroutine.create(print)))
print(tostring(setmetatable({}, { __tostring = function() return "custom" end })))

try(loadstring, "x=")
try(loadstring)
try(loadstring, {})
print(loadstring("return ..., 1")(5))
print(pcall(loadstring("error('e')", "@name")))
print(pcall(loadstring("error('e')", "=name")))
print(pcall(loadstring("error('e')")))
print(pcall(loadstring("\n\nerror('e')", "a\nb")))
local function reader(...)
  local pieces, i = { ... }, 0
  return function()
    i = i + 1
    return pieces[i]
  end
end
print(load(reader("return", " 1,", "...", ""))(7))
print(load(reader("return", " 2", nil))())
print(pcall(load(reader("error('q')"))))
print(pcall(load(reader("error('q')"), "name")))
try(load, function() return {} end)
try(load, function() error("q", 0) end)
try(load)
try(load, {})
print(load(5))
print(load("return x", "n", "t", { x = 3 })())
print(load("x", "n", "b"))
print(load(string.dump(function() end), "n", "t"))
print(load(string.dump(function() return "dumped" end), "n", "b")())
print(loadfile("/nonexistent/file.lua"))
print(loadfile("/"))
try(loadfile, {})
try(dofile, "/nonexistent/file.lua")

local path = os.tmpname()
local function write(text)
  local file = io.open(path, "wb")
  file:write(text)
  file:close()
end
local function masked(...)
  local t = { ... }
  for i = 1, select("#", ...) do
    if type(t[i]) == "string" then t[i] = t[i]:gsub("/tmp/lua_%w+", "FILE") end
  end
  return unpack(t, 1, select("#", ...))
end
write("#!/usr/bin/env luamtev\nlocal a = ...\nreturn a, 2, x")
print(loadfile(path)(1))
print(dofile(path))
print(loadfile(path, "t", { x = "env" })(1))
print(loadfile(path, "b"))
write("x = = 1")
print(masked(loadfile(path)))
write("\n\nerror('here')")
print(masked(pcall(dofile, path)))
write("# only a comment")
print(loadfile(path)())
os.remove(path)

print(getfenv() == _G, getfenv(0) == _G, getfenv(1) == _G, getfenv(print) == _G, getfenv(nil) == _G)
local function f() return y end
print(setfenv(f, { y = "other" }) == f, f(), getfenv(f).y)
local function g()
  setfenv(1, { z = "level", getfenv = getfenv })
  return z, getfenv().z
end
print(g())
local function h() setfenv(2, { w = "caller" }) end
local function caller() h() return w end
print(caller())
try(getfenv, 100)
try(getfenv, -1)
try(getfenv, "x")
try(getfenv, {})
try(setfenv, 1)
try(setfenv, 1, 5)
try(setfenv, print, {})
try(setfenv, 100, {})
try(setfenv, "x", {})

try(newproxy, 5)
try(newproxy, {})
print(getmetatable(newproxy(true)) ~= nil, getmetatable(newproxy()), getmetatable(newproxy(false)))
local proxy = newproxy(true)
getmetatable(proxy).__index = function(_, key) return key .. "!" end
print(proxy.field, getmetatable(newproxy(proxy)) == getmetatable(proxy))

print(type(collectgarbage("count")), collectgarbage("count") > 0, collectgarbage(), collectgarbage("collect"))
print(collectgarbage("stop"), collectgarbage("restart"), type(collectgarbage("step")))
print(collectgarbage("setpause", 100), collectgarbage("setpause", 200), collectgarbage("setstepmul", 300),
  collectgarbage("setstepmul", 200))
try(collectgarbage, "bogus")
try(collectgarbage, 5)
try(collectgarbage, "count", {})
print(type(gcinfo()), gcinfo() > 0)

local old = tostring
tostring = function(v) return "<" .. old(v) .. ">" end
print(1, "a", nil)
tostring = function() return {} end
local ok, message = pcall(print, 1)
tostring = old
print(ok, message)
tostring = nil
ok, message = pcall(print, 1)
tostring = old
print(ok, message)

print(jit.version:match("^LuaJIT 2%.1") ~= nil, jit.version_num >= 20100, jit.os, type(jit.arch), type(jit.opt.start))
local function k() end
print(select("#", jit.off(k)), select("#", jit.on(k)), select("#", jit.flush(k)))
jit.off()
print((jit.status()))
jit.on()
print((jit.status()))
try(jit.on, 5)
try(jit.opt.start, "bogus")
try(jit.opt.start, "hotloop=5", 3, "-dce")
