-- Methods of strings follow their metatable, whatever becomes of it.
local strings = getmetatable("")
local function upper(s) return s:upper() end
local function trim(s) return s:trim() end
local function show(...) print(pcall(...)) end

-- Often, so that what the engine learns of the names is used, too.
for i = 1, 100 do upper("a") pcall(trim, "a") end
show(upper, "abc")
show(upper, 12)
show(upper, {upper = function() return "a table's" end})
show(upper, nil)
show(trim, " a ")
string.trim = function(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end
show(trim, " a ")

string.upper = function(s) return s .. "!" end
show(upper, "abc")
string.upper = nil
show(upper, "abc")
setmetatable(string, {__index = {upper = function(s) return s .. "?" end}})
show(upper, "abc")
setmetatable(string, {__index = function(_, name) return function() return name end end})
show(upper, "abc")
setmetatable(string, nil)

strings.__index = function(s, name) return function() return s .. "." .. name end end
show(upper, "abc")
strings.__index = {upper = function(s) return s .. "*" end}
show(upper, "abc")
show(trim, "abc")
strings.__index = nil
show(upper, "abc")
strings.__index = "text"
show(upper, "abc")
debug.setmetatable("", {__index = {upper = function(s) return s .. "+" end}})
show(upper, "abc")
debug.setmetatable("", nil)
show(upper, "abc")
debug.setmetatable("", strings)
strings.__index = string
show(trim, " a ")
