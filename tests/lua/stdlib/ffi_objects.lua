-- The library ffi: objects, initialisers, conversions and pointers. Each line is a program of its own.
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
return tonumber(5LL), tonumber(2^53+0LL), tonumber(18446744073709551615ULL), tonumber(12i), tonumber(ffi.new("int",3)), tonumber(ffi.new("int*"))
return type(1LL), getmetatable(1LL), tostring(ffi.new("int",3)), tostring(ffi.new("double",3)), tostring(ffi.new("bool",1)), tostring(ffi.new("float",1.5))
return ffi.new("int[3]"), ffi.new("int[3]", 1, 2, 3)[2], ffi.new("int[3]", {1,2})[1], ffi.new("int[?]", 3), ffi.new("struct S")
return ffi.new("int[2]", 1, 2, 3)
return ffi.new("int[2]", {1, 2, 3})
return ffi.new("int", "x")
return ffi.new("int", {})
return ffi.new("int", {1})
return ffi.new("int", {1,2})
return ffi.new("int", nil)
return ffi.new("int", true), ffi.new("bool", 3), ffi.new("bool", "x")
return ffi.new("char*", "x")
return ffi.new("const char*", "x")
return ffi.new("struct S", 1, 2).b, ffi.new("struct S", {1}).a, ffi.new("struct S", {b=3}).b, ffi.new("struct S", {1,b=3}).b
return ffi.new("struct S", 1, 2, 3)
return ffi.new("struct S", {x=1}).a
return ffi.new("struct S").x
local s = ffi.new("struct S") s.x = 1
local s = ffi.new("struct S") s.a = "x"
local s = ffi.new("struct S") s.a = nil
local s = ffi.new("struct S") return s[1]
local s = ffi.new("struct S") return s + 1
local s = ffi.new("struct S") return s .. "x"
local s = ffi.new("struct S") return #s
local s = ffi.new("struct S") return s()
local s = ffi.new("struct S") return -s
local s = ffi.new("struct S") return s < s
local s = ffi.new("struct S") return s == s, s == ffi.new("struct S"), s == nil, s == 1
local s = ffi.new("struct S") return tonumber(s)
return ffi.new("enum E", "ZZ")
return ffi.new("enum E", "B") == "B", ffi.new("enum E", "B") == 5, ffi.new("enum E","B") == "A"
return ffi.new("enum E", "B") == "ZZ"
local n = ffi.new("struct N", {{1,2},{3,4,5},"x"}) 
local n = ffi.new("struct N", {{1,2},{3,4,5}}) return n.p.x, n.p.y, n.arr[2], n.s, n.p, n.arr, n.s == nil
local n = ffi.new("struct N", {p={y=4}, arr={7}}) return n.p.y, n.arr[0], n.arr[1], n.arr[2]
local b = ffi.new("struct B") b.a = 5 b.b = 33 return b.a, b.b
return ffi.new("struct Fwd")
return ffi.new("foo")
return ffi.new("struct nope")
return ffi.new("void")
return ffi.new("int(int)")
return ffi.new("int[?]")
return ffi.new("int[?]", -1)
return ffi.new()
return ffi.new(5)
return ffi.new({})
return ffi.new(nil)
return ffi.cast("int*", 0), ffi.cast("void*", 16), ffi.cast("intptr_t", ffi.cast("void*", 16)), tonumber(ffi.cast("intptr_t", ffi.cast("void*", 16))), ffi.cast("uint8_t", 257), ffi.cast("int", ffi.cast("void*",16)), ffi.cast("const char*", "abc"), ffi.cast("int", true)
return ffi.cast("struct S", 1)
return ffi.cast("int*", {})
return ffi.cast("int*", "abc")
return ffi.cast("int[3]", 1)
local a = ffi.new("int[4]", 1,2,3,4) local p = a + 1 return p[0], p[2], p - a, (p + 1)[0], a == a, a + 0 == a, p > a, p <= a, p, (1 + a)[0], *nil
local a = ffi.new("int[4]", 1,2,3,4) local p = a + 1 return p[0], p[2], p - a, (p + 1)[0], a == a, a + 0 == a, p > a, p <= a, p, (1 + a)[0]
local a = ffi.new("int[4]") return a + a
local a = ffi.new("int[4]") return a * 2
local a = ffi.new("int[4]") return a - ffi.new("char[4]")
local a = ffi.new("int[4]") return a + 1LL, a[1LL], a["x"]
local a = ffi.new("int[4]") return a.x
local a = ffi.new("int[4]") a[0] = "x"
local a = ffi.new("int[4]") a[0] = {} 
local a = ffi.new("int[4]") return #a
local p = ffi.new("int*") return p == nil, nil == p, p ~= nil, not p, p, p == ffi.cast("void*", 0), p == 0
local p = ffi.cast("void*", 1) return p[0]
local p = ffi.cast("void*", 8) return p + 1
local p = ffi.cast("struct S*", 8) return p.zz
local s = ffi.new("struct S", 4, 5) local p = ffi.cast("struct S*", s) p.a = 9 return s.a, p[0].b, p.b, p[0]
local p = ffi.cast("const int*", ffi.new("int[1]")) p[0] = 1
local p = ffi.new("struct P") p.q = 5 return NI
local p = ffi.new("struct P", 3, 4) return p == nil
local p = ffi.new("struct P", 3, 4) return p == 1
return ffi.new("complex", 1, 2), ffi.new("complex", 1).im, ffi.new("complex",3,4)[0], ffi.new("complex",1,2)+1
return (12i).re, (12i).im, (12i)[1], tostring(ffi.new("complex float", 1.5, -2))
local v = ffi.new("struct V", 3) return v.data[2], v.data
local a = ffi.new("struct P[2]", {{1,2},{3,4}}) return a[1].y, a[0], ffi.new("struct P[3]", {1,2})[2].x
return ffi.new("int[3]", 7)[2], ffi.new("int[3]", {7})[2], ffi.new("int[3]", {7,8})[2], ffi.new("int[3]", {[0]=7,8})[0], ffi.new("int[3]", {[0]=7,8})[1]
local s = ffi.new("struct S") local c = ffi.new("struct S", s) return ffi.new("struct S", ffi.cast("struct S*", s)).a
return ffi.new("struct S", ffi.new("struct P"))
local s = ffi.new("struct N") s.p = {5,6} s.arr = {1} s.p = ffi.new("struct P", 8, 9) return s.p.x, s.arr[2]
local s = ffi.new("struct N") s.arr = 5 return s.arr[0]
local s = ffi.new("struct N") s.p = 5 
return ffi.cast("int*", ffi.new("int[2]", 5))[0], ffi.new("int*", ffi.new("int[2]"))
return ffi.new("int*", ffi.new("char[2]"))
return ffi.new("void*", ffi.new("char[2]")), ffi.new("int*", ffi.cast("void*", 0)), ffi.new("char*", ffi.cast("const char*", 0))
return ffi.new("int*", 5)
return ffi.new("int", ffi.new("int*"))
return ffi.new("int", 5LL), ffi.new("int64_t", ffi.new("int", -1)), ffi.new("double", 5LL), ffi.new("int", ffi.new("struct S"))
return ffi.new("void*", 1)
return ffi.new("void*", "abc")
return ffi.new("int", print)
return ffi.new("void*", print)
return ffi.new("int", coroutine.create(print))
local u = ffi.new("uint64_t[1]", 5) return u[0], type(u[0]), ffi.new("int64_t[1]")[0], ffi.new("uint32_t[1]", -1)[0], ffi.new("float[1]", 0.1)[0], ffi.new("bool[1]", true)[0], ffi.new("char[1]", 200)[0], ffi.new("uint8_t[1]", 200)[0], ffi.new("enum E[1]")[0], ffi.new("int*[1]")[0]
return ffi.cast("int64_t", 5) == 5, ffi.cast("uint8_t", 5) == 5, ffi.new("double", 5) == 5, ffi.new("double", 5) + 1, ffi.new("int", 5) + 1, ffi.new("uint8_t", 5) * 2ULL, ffi.new("bool", true) + 1
return ffi.new("bool", true) == true, ffi.new("bool", true) == 1, ffi.new("bool", 3), tonumber(ffi.new("bool",2))
return ffi.new("struct V")
return ffi.new("int[4][?]", 2), ffi.new("struct {int a; char b[?];}", 2)
return ffi.cast("void(*)(int, ...)", print)
local n = ffi.new("node[1]") n[0].next = n return n[0].next.v, n[0].next == n, n[0].next.next.next == n
local n = ffi.new("node") n.next = n return n.next == n, n.next.next.v
return ffi.new("uint8_t", 3) == ffi.new("int", 3), ffi.new("float", .5) == .5, 1LL == 1i
return ffi.new("char[2]", 65, 66, 67)
return ffi.new("char[4]", {"x"})
return ffi.new("const char*[2]", {"x", "y"})[1]
return ffi.new("struct P[2]", ffi.new("struct P", 5, 6))[1].x, ffi.new("struct P[2]", {ffi.new("struct P", 5, 6)})[0].y
local p = ffi.new("struct P", 1, 2) local a = ffi.new("struct P[1]") a[0] = p p.x = 77 return a[0].x
return ffi.new("int[10]", 5, {})
return ffi.new('float', 0.1), ffi.new('float', 1), ffi.new('double', 0.1), ffi.new('char', 65), ffi.new('int16_t', -5), ffi.new('enum E', 1)
local s = ffi.new('struct N') s.s = 'abc' return s.s
local c = ffi.new('const struct S', 1) c.a = 5
local c = ffi.new('struct S') c[0] = 5
local c = ffi.new('struct S') return c[0].a
local c = ffi.new('struct S') return c[nil]
local c = ffi.new('struct S') return c[true]
local c = ffi.new('int[3]') return c[true]
local c = ffi.new('int[3]') return c[1.9], c[-0.5]
local c = ffi.new('int[3]') c[nil] = 1
local c = ffi.new('int[3]') return c['1']
return tonumber(ffi.cast("int", 4294967295)), tonumber(ffi.cast("int8_t", 300)), tonumber(ffi.cast("uint32_t", 2^33+5)), tonumber(ffi.cast("uint32_t",-1)), tonumber(ffi.cast("uint8_t",-1)), tonumber(ffi.cast("int16_t",1e10)), tonumber(ffi.cast("int",0/0)), tonumber(ffi.cast("uint32_t",1e300)), tonumber(ffi.cast("uint8_t", 4294967295))
local r = ffi.new("int", "x") return r
local r = ffi.new("struct Fwd") return r
local r = ffi.cast("int*", {}) return r
local r = ffi.new("int[3]", {1,2,3,4}) return r
local a = ffi.new("int[3]") local p = ffi.cast("int*", a) return p.x
local a = ffi.new("int[3]") return a[ffi.new("struct S")] 
local a = ffi.new("struct P[2]", 1, 2)
local a = ffi.new("struct P[2]", {1,2}) return a[0].x
local a = ffi.new("struct P[2]", {{1,2}}) return a[1].x
local a = ffi.new("struct P", {{1}, 2}) return a.x
return ffi.new("char*", ffi.cast("const char*", 0))
return ffi.new("int*", ffi.cast("unsigned int*", 0)), ffi.new("void*", ffi.cast("const char*", 0))
return ffi.new("struct S*", ffi.new("struct S")), ffi.new("struct S*", ffi.cast("void*", 0))
return ffi.new("struct P*", ffi.new("struct S"))
local p = ffi.new("int*[1]") p[0] = ffi.new("char[1]")
local s = ffi.new("struct P") s.x = 5LL s.y = ffi.new("double", 2.7) return s.x, s.y
local n = ffi.new("struct P[1]") n[0] = 5
local n = ffi.new("struct P[1]") n[0] = {5} return n[0].x
return ffi.new("struct P", 1, 2) == ffi.new("struct P", 1, 2), ffi.cast("struct P*", 8) == ffi.cast("void*", 8), ffi.cast("int*", 8) == ffi.cast("char*", 8), ffi.cast("int*", 8) < ffi.cast("char*", 9)
return ffi.cast("int*", 8) < ffi.cast("int*", 12), ffi.cast("int*", 8) - ffi.cast("int*", 16)
return 1.5i, -2i, 0i, 1e3i, 0x10i, 1e100i, ffi.new("complex", 0/0, -1), ffi.new("complex", -0.5, 1/0)
local s = ffi.new("struct S") for i=1,3 do s.a = s.a + i end return s.a
return ffi.new("int[?]", "3")[2] 
return ffi.new("int[?]", "x")[2] 
return ffi.new("union { int i; float f; }", {f=1}).i, ffi.new("union { int i; float f; }", {2}).i
return ffi.new("char[4]", ffi.new("char[4]", "abc"))[1], ffi.new("int[2]", ffi.new("int[2]", 3, 4))[1] 
return ffi.new("char[4]", 97)[3], ffi.new("uint8_t[4]", "abc")[1], ffi.new("int[4]", "abc")[1] 
return ffi.new("bool", 0.5), tonumber(ffi.new("bool", 0.5)), ffi.new("bool[1]", {0})[0], ffi.new("bool[2]")[1] 
return ffi.new("struct { bool b; }", {true}).b, ffi.new("bool", nil)
local p = ffi.new("struct P") p.x = "5" return p.x
local p = ffi.new("int", 5) p[0] = 1
local p = ffi.new("int", 5) return p[0] 
local p = ffi.new("int", 5) return p.x
return ffi.new("int", 3)()
return ffi.cast("struct P*", ffi.new("char[8]")).x, ffi.cast("uint16_t*", ffi.new("uint8_t[4]", 1, 2, 3, 4))[1] 
local a = ffi.new("int[3]", {1,2,3}) local p = a + 0 p = p + 1 local q = p - 1 return q[0], p[-1], p == a + 1, q == a, a ~= q, p - q
return ffi.cast("intptr_t", ffi.cast("void*", 0x1234)) + 1, tostring(ffi.cast("void*", 0x1234)), ffi.cast("uintptr_t", ffi.cast("char*", 0x7fffffffffff))
return ffi.cast("char*", 5) + 3LL, 3 + ffi.cast("int*", 8), ffi.cast("int*", 8) - 1
return ffi.cast("int*", 8) + 1.9
return tostring(setmetatable({}, {__index=ffi.new("struct P", 7)}).x)
return ffi.cast("union U", 1)
local u = ffi.new("union U", {i=5}) return u.i, ffi.new("union U", 1).i
return ffi.new("union U", 1, 2)
return ffi.abi("64bit"), ffi.abi("le"), ffi.abi("be"), ffi.abi("win")
return ffi.os, type(ffi.arch)
local a = ffi.new("uint8_t[256]") for i = 0, 255 do a[i] = i end local n = 0 for i = 0, 255 do n = n + a[i] end return n
local m = ffi.new("double[3][3]") for i = 0, 2 do m[i][i] = 1 end return m[0][0], m[0][1], m[2][2]
]==]):gmatch("[^\n]+") do check(line) end
