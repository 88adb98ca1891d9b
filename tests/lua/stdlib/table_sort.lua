-- table.sort: results, and for comparators of all kinds which elements are
-- compared, in which order, and when an invalid order is noticed.
local function sequence(name, n, seed, compare)
  local t, log = {}, {}
  local x = seed * 7919 + 13
  for i = 1, n do
    x = (x * 1103515245 + 12345) % 2147483648
    t[i] = math.floor(x / 65536) % (n + 1)
  end
  local ok, message = pcall(table.sort, t, function(a, b)
    log[#log + 1] = a .. ":" .. b
    return compare(a, b, #log)
  end)
  print(name, n, ok, message, #log, table.concat(log, " "):sub(1, 150), table.concat(t, ","))
end

local comparators = {
  { "less", function(a, b) return a < b end },
  { "less or equal", function(a, b) return a <= b end },
  { "greater", function(a, b) return a > b end },
  { "always", function() return true end },
  { "never", function() return false end },
  { "alternating", function(_, _, n) return n % 2 == 0 end },
  { "every third", function(_, _, n) return n % 3 == 0 end },
  { "parity", function(a, b) return a % 2 < b % 2 end },
  { "unequal", function(a, b) return a ~= b end },
  { "error", function(a, b, n) if n == 5 then error("stop", 0) end return a < b end },
}
for _, comparator in ipairs(comparators) do
  for _, n in ipairs { 0, 1, 2, 3, 4, 5, 6, 10, 30, 100 } do
    sequence(comparator[1], n, n, comparator[2])
    sequence(comparator[1], n, n + 1000, comparator[2])
  end
end

local function try(t, ...)
  local ok, message = pcall(table.sort, t, ...)
  local shown = {}
  for i = 1, #t do shown[i] = type(t[i]) == "table" and "{}" or tostring(t[i]) end
  print(ok, message, table.concat(shown, " "))
end
try { 3, 1, 2 }
try { "b", "a", "\200", "", "B", "a\0", "ab" }
try { 3, 0, -0.0, 0, -1, 1 / 0, -1 / 0 }
try { 2, 0 / 0, 1, 0 / 0, 3 }
try { 3, 1, "x", 2 }
try { {}, {}, {} }
try { true, false }
try { 1, {} }
try { {}, 1 }
try({ 2, 1 }, nil)
try({}, 5)
try({ 1, 2 }, "x")
local class = { __lt = function(a, b) return a[1] < b[1] end }
local objects = {}
for i, v in ipairs { 5, 2, 8, 1 } do objects[i] = setmetatable({ v }, class) end
table.sort(objects)
print(objects[1][1], objects[2][1], objects[3][1], objects[4][1])
try { setmetatable({}, class), {} }
print(pcall(table.sort))
print(pcall(table.sort, 5))
print(pcall(function() table.sort({ 3, 1, 2 }, function(a, b) return a.x < b.x end) end))
local big = {}
for i = 1, 5000 do big[i] = (i * 7919) % 5003 end
table.sort(big)
for i = 2, #big do assert(big[i - 1] <= big[i]) end
table.sort(big, function(a, b) return a > b end)
for i = 2, #big do assert(big[i - 1] >= big[i]) end
print(coroutine.wrap(function()
  return pcall(table.sort, { 2, 1 }, function(a, b) coroutine.yield() return a < b end)
end)())
