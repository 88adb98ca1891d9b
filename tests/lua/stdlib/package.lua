-- require, module and the package table.
local function try(f, ...) print(pcall(f, ...)) end
package.path, package.cpath = "./?.lua;/nonexistent/?/init.lua", "./?.so;/nonexistent/loadall.so"

print((package.config:gsub("\n", "|")), #package.loaders, package.loaded._G == _G, package.loaded.string == string)
for _, name in ipairs { "string", "table", "math", "io", "os", "bit", "package", "jit" } do
  print(name, require(name) == _G[name])
end
try(require, "nope.x.y")
try(require, "nope")
try(require)
try(require, {})

package.preload.a = function(...) print("loading", ...) return nil end
print(require "a", package.loaded.a, require "a")
package.preload.b = function() return false end
print(require "b", package.loaded.b)
package.preload.c = function() require "c" end
try(require, "c")
try(require, "c")
package.preload.d = function() package.loaded.d = 5 end
print(require "d")
package.preload.e = 5
try(require, "e")
package.preload.f = function() error("in module", 0) end
try(require, "f")
try(require, "f")
print(pcall(function() require "nope" end))

local folder = os.tmpname()
os.remove(folder)
os.execute("mkdir " .. folder)
local function write(name, text)
  local file = io.open(folder .. "/" .. name, "wb")
  file:write(text)
  file:close()
end
local function masked(ok, message, ...)
  if type(message) == "string" then message = message:gsub("/tmp/lua_%w+", "DIR") end
  print(ok, message, ...)
end
package.path = folder .. "/?.lua"
write("bad.lua", "x = = 1")
masked(pcall(require, "bad"))
write("err.lua", "error('boom')")
masked(pcall(require, "err"))
masked(pcall(require, "err"))
write("good.lua", "#!shebang\nprint(...) return {1}")
print(require "good"[1], require "good" == package.loaded.good)
os.execute("mkdir " .. folder .. "/sub")
write("sub/mod.lua", "module(..., package.seeall)\nvalue = 7\nfunction show() print(value, _NAME, _PACKAGE, _M == sub.mod) end")
require "sub.mod"
sub.mod.show()
print(package.loaded["sub.mod"] == sub.mod)
masked(pcall(package.searchpath, "sub.mod", package.path))
write("nat.so", "")
package.cpath = folder .. "/?.so"
print((pcall(require, "nat")))
os.execute("rm -r " .. folder)

package.path, package.cpath = "?;;x?y;z", ""
try(require, "q.r")
package.path = 5
try(require, "zz")
package.path = {}
try(require, "zz")
package.path = ""
package.loaders[5] = function(name) return "\n\tcustom " .. name end
try(require, "zz")
package.loaders[5] = function() return 7 end
try(require, "zz")
package.loaders[5] = nil
table.insert(package.loaders, 1, function(name) if name == "mine" then return function(...) return { ... } end end end)
print(require "mine"[1], #require "mine")
local loaders = package.loaders
package.loaders = nil
try(require, "zz")
package.loaders = loaders
package.preload = nil
try(require, "zz")
package.preload = {}

try(package.searchpath, "a.b", "?;?.x")
try(package.searchpath, "a.b", "?;?.x", "")
try(package.searchpath, "a-b", "?", "-", "+")
try(package.searchpath, "a")
try(package.loadlib)
print((package.loadlib("./x.so", "f")))
local t = {}
package.seeall(t)
print(getmetatable(t).__index == _G, pcall(package.seeall))

try(module)
try(module, "string.format")
strs = 5
print(pcall(function() module("strs") end))
print(pcall(function() module("strs.x") end))
local function m()
  module("mm.nn", package.seeall, function(made) print(made._NAME) end)
  print(_NAME, _PACKAGE, _M == mm.nn)
  inside = 1
end
m()
print(mm.nn.inside, inside, package.loaded["mm.nn"] == mm.nn)
