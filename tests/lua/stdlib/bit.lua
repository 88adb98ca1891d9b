-- The bit library: rounding of operands, all functions, errors.
local function try(f, ...) print(pcall(f, ...)) end

for _, v in ipairs {
  0, 1, -1, 2 ^ 31, 2 ^ 32, 2 ^ 32 + 5, -2 ^ 31 - 1, 0.5, 1.5, 2.5, -1.5, -0.7,
  3.99999999999, 1e15, 2 ^ 52, 2 ^ 60, 1 / 0, 0 / 0,
} do
  print(v, bit.tobit(v), bit.bnot(v), bit.tohex(v), bit.bswap(v), bit.lshift(1, v),
    bit.rshift(-1, v), bit.arshift(-256, v), bit.rol(0x12345678, v), bit.ror(0x12345678, v))
end
print(bit.band(0xff, 0x3c, 0x18), bit.bor(1, 2, 4, 8), bit.bxor(1, 3, 7), bit.band(5))
print(bit.band("7", "0x3"), bit.bnot("0"))
print(bit.tohex(255, 4), bit.tohex(255, -4), bit.tohex(255, 0), bit.tohex(-1), bit.tohex(255, "3"))
try(bit.band)
try(bit.band, "x")
try(bit.band, 1, nil)
try(bit.band, 1, 2, {})
try(bit.tobit)
try(bit.lshift, 1)
try(bit.tohex)
try(bit.tohex, 255, {})
try(bit.bnot, true)
print(pcall(function() local x = bit.bor(1, {}) return x end))
