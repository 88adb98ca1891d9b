-- string.format over a grid of conversions, flags, widths, precisions and
-- values: for each pair of conversion and value a checksum of all results,
-- and a sample to read.
local function try(...)
  print(select("#", ...), pcall(string.format, ...))
end

local values = {
  0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.75, 3.7, 0.1, 1 / 3, 65, 123456789,
  1e15, 1e21, 1e-5, 12345678901234.5, 2 ^ 31, 2 ^ 53, 2 ^ 63, -2 ^ 63, 2 ^ 64,
  1e300, 5e-324, 1.7976931348623157e308, 1 / 0, -1 / 0, 0 / 0,
}
local flags = { "", "-", "+", " ", "#", "0", "-0", "+0", "#0", "+ ", " #0" }
local widths = { "", "1", "12" }
local precisions = { "", ".", ".0", ".1", ".3", ".17", ".25" }

local function checksum(sum, text)
  for i = 1, #text do
    sum = (sum * 31 + text:byte(i)) % 4294967291
  end
  return sum
end

for conversion in ("diuxXoceEfFgGaA"):gmatch(".") do
  for _, value in ipairs(values) do
    local sum, sample = 0, {}
    for _, flag in ipairs(flags) do
      for _, width in ipairs(widths) do
        for _, precision in ipairs(precisions) do
          local format = "%" .. flag .. width .. precision .. conversion
          sum = checksum(sum, string.format(format, value))
        end
      end
    end
    for _, format in ipairs { "%", "%+14.3" } do
      sample[#sample + 1] = string.format(format .. conversion, value)
    end
    if conversion == "c" then sample = {} end
    print(conversion, value, sum, table.concat(sample, " "))
  end
end

print(string.format("%.99f", 0.1))
print(string.format("%.99e", 0.1))
print(string.format("%.60g", 2 ^ -70))
print(string.format("%99.50f|", -1e30))
print(string.format("%5s|%-5s|%.2s|%5.1s|%.0s|%s", "abc", "abc", "abc", "abc", "abc", "a\0b"))
print(string.format("%q", "a\0001\0b\r2\n\\\"\127\200"))
local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
print(checksum(0, string.format("%q", table.concat(all))))
print(string.format("%q %q %q", 1, nil, true))
print(string.format("%10s|%-10s|%d%%", true, nil, 5))
print(string.format("%s|%s", setmetatable({}, { __tostring = function() return "TS" end }), 12))
print(string.format("%p %p %p", nil, 1, true))

for _, format in ipairs {
  "%y", "%10y", "%", "%-", "%123d", "%.123d", "%--d", "%     d", "%5.", "%.d",
  "%5.d", "%F", "%D", "%l", "%ld", "%hd", "%z", "%.5c", "%5c", "%*d", "%#q",
  "%5q", "%.3q", "%+s", "%0s", "%#s", "%05s", "%v", "%1.1.1d", "%.-5d",
  "%0-5d|", "%-05d|", "%5%|", "%%", "x%%y%%", "%d%%%d",
} do
  print(format, pcall(string.format, format, 65, 66))
end
try()
try({})
try("%d")
try("%d", "x")
try("%s")
try("%d %d", 1)
try("%c")
try("%f", "1e2")
try("%d", "0x10")
try("%d", nil)
try("%x", "abc")
try("%d %y", "x")
try("%s", setmetatable({}, { __tostring = function() error("in tostring", 0) end }))
print(pcall(function() return ("%d"):format({}) end))
print(pcall(function() local s = string.format("%y", 1) return s end))
