-- tonumber and tostring: numerals of all kinds, bases, and what is no number.
local function try(f, ...) print(pcall(f, ...)) end

for _, s in ipairs {
  "10", " 10 ", "10 x", "", " ", "0b11", "0B11", "0b", "0b2", "0b1.1", "-0b11",
  "0x1F", "0x", "0xg", "0x.8", "0x8.", "0x.", "0x1.8", "0x1p3", "0x1P+3", "0x1p",
  "0x1p99999", "0x1p-99999", "0x0p99999", "0xA.8p1", "0x-1", "00x1",
  "inf", "-inf", "+inf", "INFINITY", "infinit", "nan", "-nan", "NaN", "nan(1)",
  "1e5", "1e5x", "1e", "1e+", "e5", "1e05", "1e99999", "1e-99999", "0e99999",
  ".5", "5.", ".", "..1", "1..", "1.5f", "+ 1", "-+1", "--7", "1_000",
  "\t1\n", "1\v", "1\f", "1\0", "\1601", "1i", "1LL", "1ull", "0x1LL",
  "9007199254740993", "0x1fffffffffffff", "0x3fffffffffffff",
  "0x7fffffffffffffff", "0x1ffffffffffffffff", "0x1000000000000000000000000000",
  "0x1" .. ("0"):rep(300), "0x1" .. ("0"):rep(300) .. "p-1200",
  "0x." .. ("0"):rep(300) .. "1p1204", "0x1.00000000000008", "0x1.00000000000018",
  "0x1.000000000000080000000000000000000000001", "2.2250738585072011e-308",
} do
  local n = tonumber(s)
  print(#s > 40 and #s or ("%q"):format(s), n, n and string.format("%.17g", n))
end
for _, v in ipairs {
  0, -0.0, 1, -1, 1.5, 100, 1e5, 1e14, 1e14 - 0.5, 99999999999999.5, 1e15, -1e15,
  12345678901234.5, 12345678901235.5, 123456789012344.5, 0.1, 1e-3, 1e-4, 1e-5,
  0.00012345678901234565, 123.456, 2 ^ 24, 2 ^ 31, 2 ^ 48, 2 ^ 49 + 0.5, 2 ^ 53,
  1 / 3, 100 / 3, 5e-324, 1.7976931348623157e308, 1e100, 1e21, 1 / 0, -1 / 0, 0 / 0,
} do
  print(v, -v, tostring(v) .. "", tonumber(tostring(v)) == v)
end
for base = 2, 36, 5 do
  print(base, tonumber("10", base), tonumber("-11", base), tonumber(" 1 ", base),
    tonumber("zz", base), tonumber("7fffffffffffffffff", base),
    tonumber("1.1", base), tonumber("1e1", base), tonumber("", base),
    tonumber("-", base), tonumber("+1", base), tonumber("1 1", base))
end
print(tonumber("ff", 16), tonumber("0x10", 16), tonumber("-0x10", 16), tonumber("1.5", 10),
  tonumber(10, 16), tonumber("0010", 8), tonumber("ffffffff", 16), tonumber("zzzzzzzzzzzzzz", 36))
try(tonumber)
try(tonumber, nil)
try(tonumber, true)
try(tonumber, {}, 10)
try(tonumber, "10", 1)
try(tonumber, "10", 37)
try(tonumber, "10", 2.9)
try(tonumber, "10", {})
try(tonumber, 1e15, 16)
try(tonumber, 12.5, 16)
try(tonumber, "10", "16")
