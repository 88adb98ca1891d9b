-- The library ffi: 64-bit integers, imaginary numbers and what other libraries make of them. Each line is a program of its own.
local ffi = require("ffi")
_G.ffi = ffi

ffi.cdef [[
struct S { int a; double b; }; struct P { int x, y; }; typedef struct P P_t; enum E { A, B = 5, CC }; union U { int i; float f; }; struct N { struct P p; int arr[3]; const char *s; }; struct B { int a:3; unsigned b:5; int c; bool d:1; };
typedef int (*cb_t)(int, const void*); int getpid(void); int printf(const char*, ...); int nosuch(int); struct Fwd; static const int K = 7; struct AN { int a; union { int b; float c; }; struct { int d; } e; }; int abs(int); size_t strlen(const char*); char *getenv(const char*); double sin(double); int atoi(const char*); extern int environ; int open(const char*, int, ...); int snprintf(char*, size_t, const char*, ...);
struct V { int n; int data[?]; };
void qsort(void *base, size_t nmemb, size_t size,
  int (*compar)(const uint8_t *, const uint8_t *));
]]

-- Addresses and the numbers of anonymous types are left out.
local function text(value)
  return (tostring(value):gsub("0x%x+", "PTR"):gsub("(struct) %d+", "%1 N")
    :gsub("(enum) %d+", "%1 N"))
end

local function results(...)
  local list = {}
  for i = 1, select("#", ...) do list[i] = text((select(i, ...))) end
  return table.concat(list, " | ")
end

local function check(source)
  local chunk, message = loadstring(source, "=line")
  print(source)
  print("  " .. (chunk and results(pcall(chunk)) or message))
end

for line in ([==[
return 1LL, 1ULL, 12i, 0x10LL, 0xffffffffffffffffULL, -1LL, 18446744073709551615ULL, 1.5i, 0x1p3i, 5ll, 5ULl, 3I
return 9223372036854775808LL, 99999999999999999999LL
return 1.5LL
return 1e2LL
return 0b101LL
return 5UL
return 5L
return 1LL+1, 1LL+1.9, 1LL*2ULL, -5LL/2, -5LL%3, 5ULL-6, 2LL^10, 2LL^-1, 0LL^0, 7ULL/2, (-1LL)^-3
return 1LL/0
return 1LL%0
return -(-9223372036854775807LL-1)
return 1LL==1, 1LL==1ULL, 1LL=="1", 1LL==nil, 1LL<2, 1LL<=1.5, -1LL<1ULL, 1LL == 1.5
return 1LL < {}
return 1LL < nil
return 1LL + nil
return 1LL + {}
return nil + 1LL
return 1LL .. "x"
return #1LL
return (1LL)()
return (1LL).x
return (1LL)[1]
local a = 1LL a.x = 1
return -1ULL, -(1LL)
return string.format("%d %x %u %s", 5LL, 255ULL, 3LL, 7LL)
return string.format("%d", -1LL), string.format("%x", -1LL), string.format("%u", 18446744073709551615ULL), string.format("%i", 1LL)
return string.format("%d", ffi.new("int", 7)), string.format("%d", ffi.new("double", 7.9))
return string.format("%c", 65LL), string.format("%q", 1LL)
return bit.band(1LL, 3), bit.bor(0x100000000LL, 1), bit.bxor(1ULL,3ULL), bit.bnot(0LL), bit.lshift(1LL, 40), bit.rshift(-1LL, 4), bit.arshift(-16LL, 2), bit.rol(1ULL,63), bit.ror(1ULL,1), bit.bswap(1LL), bit.tobit(0x1ffffffffLL), bit.tohex(255LL), bit.tohex(-1LL, 4), bit.tohex(-1LL,-20), bit.lshift(1, 3LL), bit.band(1,2LL)
return bit.band(1LL, {})
return bit.band(ffi.new("struct S"), 1)
return math.floor(1LL)
return math.max(1LL, 2)
return ("x"):rep(2LL)
for i = 1LL, 2 do end
for i = 1, 2LL do end
local t = {} t[1LL] = 1 return t[1LL], t[1]
local a = 1LL local t = {[a]=2} return t[a]
return 12i + 1
return 12i == 12i, 1i == 2i, -(12i)
return 12i.re
return rawequal(1LL, 1LL), select(2LL, 1, 2)
return select("#", 1LL)
return pcall(error, 1LL)
return tostring(1LL):len(), (1LL < 5 and "a"), table.concat({1LL})
return unpack({1,2}, 1LL)
return ("x"):byte(1LL)
return io.write(1LL)
return setmetatable({}, {__index=function(t,k) return k end})[5LL]
return loadstring("return 1LLx")
return loadstring("return 1LLL")
return loadstring("return 0xLL")
return loadstring("return 1iLL")
return loadstring("x = 5LL.x")
local ok, e = pcall(string.dump, loadstring("return 1LL + 12i")) return ok, loadstring(e)()
return package.loaded.ffi == ffi, package.preload.ffi
return collectgarbage("bogus")
return 1LL//2
return 2^63 == 9223372036854775808ULL, 9007199254740993LL == 9007199254740992, 1LL < 1i
return 'x' + 1LL
return '0x10' + 1LL, '1e1' + 1LL, true + 1LL
return tonumber(1LL, 10)
return tonumber(10LL, 16)
return tonumber('1LL'), tonumber('1i'), 1LL .. ''
return (1LL):foo()
local t = setmetatable({}, {__add=function() return 'meta' end}) return t + 1LL, 1LL + t
local t = setmetatable({}, {__eq=function() return 'meta' end, __lt=function() return true end, __concat=function() return 'c' end}) return t == 1LL, 1LL == t, 1LL < t, 1LL .. t, t .. 1LL
return math.abs(-1LL)
return ('%s'):format(ffi.new('int[1]')), ('%d'):format({})
return string.char(65LL)
return 5ULL/0, 5ULL%0ULL, 0LL^-1, 2ULL^-1, (-2LL)^3, 1LL^-5, 0ULL^-1, (-1LL)^-2, (-9223372036854775807LL-1)/-1, (-9223372036854775807LL-1)%-1
local t = setmetatable({}, {__add=function() return 'meta' end}) return t + 1LL
local t = setmetatable({}, {__concat=function() return 'meta' end}) local a = t .. 1LL return a
local t = setmetatable({}, {__eq=function() return true end}) return t == 1LL, 1LL == t
return string.format("%5d|%-5d|%05d|%+d|%x|%X|%o|%#x|%.3d", 42LL, 42LL, 42LL, 42LL, 255LL, 255LL, 8LL, 255LL, 5LL)
return string.format("%u", -1LL), string.format("%5u", 7ULL), string.format("%d", 18446744073709551615ULL)
return bit.tohex(255), bit.tohex(255LL, 2), bit.tohex(255LL, -2), bit.tobit(-1LL), bit.bnot(1ULL), bit.bswap(0x0102030405060708ULL), bit.rshift(-1LL, 60), bit.arshift(-1ULL, 60), bit.rol(0x8000000000000001LL, 1), bit.bxor(1, 2, 3LL), bit.band(2.5, 7LL)
return 0x7fffffffffffffffLL, 0xffffffffffffffffLL, -0x8000000000000000LL, 0LL, -0LL, 0ULL
local a = 1LL a = a + 1 for i = 1, 10 do a = a * 2ULL end return a
return not 0LL, 0LL and 1, #tostring(1LL)
return 1LL:foo()
return 1 == 1LL, 1LL ~= 1, nil == 1LL, ({1LL})[1] == 1
local n = 0 for i, v in ipairs{1LL, 2LL} do n = n + v end return n
return math.type, pcall(string.rep, "x", 3LL)
return tostring(1LL) .. "", 1LL == 1 and "eq"
local h = 14695981039346656037ULL for c in ("hello"):gmatch(".") do h = bit.bxor(h, c:byte()) * 1099511628211ULL end return h, bit.tohex(h)
for _, s in ipairs{"1LLx", "1LLL", "0xLL", "1iLL", "5LL.x", "1.5LL", "1e2LL", "5UL", "99999999999999999999LL"} do local f, e = loadstring("return " .. s) if f then return s end end return "all refused"
local t = {} t[1LL] = "a" t[1] = "b" return t[1LL], t[1]
]==]):gmatch("[^\n]+") do check(line) end
