-- The os library in the zone that TZ names (UTC when this was recorded).
local function try(f, ...) print(pcall(f, ...)) end

local t = 1700000000
for c in ("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%EOiqoJKLNQfv1"):gmatch(".") do
  print(c, os.date("!%" .. c, t), os.date("%" .. c, t))
end
for _, format in ipairs {
  "%", "%E", "%EY", "%Ey", "%EC", "%Od", "%OH", "%Ea", "%Oa", "%-d", "%_d", "%10Y", "%%", "", "x",
  "%c%", "%5d", "%0e", "%^a", "%#Z", ("%Y"):rep(200), ("%A, "):rep(300),
} do
  print(#format > 20 and #format or format, os.date("!" .. format, t))
end
local function fields(d)
  return table.concat({ d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, tostring(d.isdst) }, " ")
end
for _, time in ipairs {
  0, -1, 1, 951782400, 951868800, 1709164800, t, 2 ^ 31 - 1, 2 ^ 31, 2 ^ 32, 2 ^ 40, -2 ^ 40, 253402300800,
  -62135596800 - 86400, -62198755200, -99999999999, 1.9, -1.9, 2 ^ 55,
} do
  print(time, fields(os.date("!*t", time)), fields(os.date("*t", time)))
  print("", os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W %V %G %g %u %w %C %y", time))
end
print(os.date("!*t", 2 ^ 56), os.date("!%c", 1e18), os.date("!%c", 0 / 0), os.date("!%c", 1 / 0))
print(os.date("!%c", "5"), os.date("!%Y\0%Y", 0))
for _, d in ipairs {
  { year = 2024, month = 2, day = 30 },
  { year = 2024, month = 14, day = -5, hour = 25, min = -61, sec = 3601 },
  { year = 2050, month = 1, day = 1, hour = 0 },
  { year = 1969, month = 12, day = 31, hour = 23, min = 59, sec = 59 },
  { year = 1900, month = 1, day = 1, hour = 0 },
  { year = 9999, month = 12, day = 31 },
  { year = 0, month = 1, day = 1 },
  { year = -1, month = 1, day = 1 },
  { year = "2024", month = "1", day = "1", hour = "0" },
  { year = 2024.9, month = 1.9, day = 1.9, hour = 0 },
  { year = 2024, month = 1, day = 1, hour = {} },
  { year = 2024, month = 1, day = 1, isdst = true },
  { year = 2024, month = 1, day = 1, isdst = 5, hour = 0 },
  { year = 2024, month = 1, day = 1, isdst = false },
  { year = 2038, month = 1, day = 19, hour = 3, min = 14, sec = 8 },
} do
  local time = os.time(d)
  print(time, time and os.date("!%c", time))
end
local kept = { year = 2024, month = 14, day = 1 }
os.time(kept)
print(kept.year, kept.month)
print(os.time(setmetatable({ month = 1, day = 1 }, { __index = { year = 2000 } })))
print(math.abs(os.time() - os.time(os.date("*t"))) <= 1, os.time(nil) == os.time())
try(os.time, {})
try(os.time, { year = 2024 })
try(os.time, { year = "x", month = 1, day = 1 })
try(os.time, 5)
try(os.date, {})
try(os.date, "%Y", {})
print(pcall(function() local x = os.time({ month = 1 }) return x end))

print(type(os.clock()), os.clock() >= 0, os.difftime(5, 3), os.difftime(5))
try(os.difftime)
try(os.difftime, "x")
print(os.getenv("PATH") ~= nil, os.getenv("NO_SUCH_VARIABLE"), os.getenv(""), os.getenv("A=B"))
try(os.getenv)
try(os.getenv, {})
print(os.execute("exit 3"), os.execute("kill -15 $$"), os.execute(), os.execute("true"))
try(os.execute, {})
local name = os.tmpname()
print(name:match("^/tmp/lua_......$") ~= nil, io.open(name) ~= nil)
print(os.rename(name, name .. "x"), os.remove(name .. "x"))
local function masked(...) print((select(2, ...):gsub("/tmp/lua_%w+", "NAME")), (select(3, ...))) end
masked(os.remove(name))
masked(os.rename(name, name .. "y"))
try(os.remove, "/nonexistent/x")
try(os.remove, "/nonexistent/\0x")
try(os.remove)
try(os.rename)
try(os.rename, "x")
print(os.setlocale(), os.setlocale(nil), os.setlocale("C"), os.setlocale("xx"), os.setlocale("C", "numeric"), os.setlocale("POSIX"))
try(os.setlocale, "C", "bad")
try(os.setlocale, {})
try(os.exit, {})
try(os.exit, "x")
