-- The library ffi: C functions, callbacks, metatypes and memory. Each line is a program of its own.
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
return ffi.new("enum E", "B"), tonumber(ffi.new("enum E", "CC")), ffi.new("enum E", 5), ffi.cast("enum E", 77), ffi.C.B, ffi.C.K
local f = ffi.C.getpid return f, f() > 0
return ffi.C.undeclared
ffi.C.abs = 1
ffi.C.K = 1
return ffi.C, type(ffi.C), ffi.C.abs(-3), ffi.C.strlen("hello"), ffi.C.sin(0), ffi.C.atoi("42")
return ffi.C.abs()
return ffi.C.abs(1, 2)
return ffi.C.abs("x")
return ffi.C.abs({})
return ffi.C.abs(nil)
return ffi.C.strlen(5)
return ffi.C.strlen(nil == 1)
return ffi.C.strlen(ffi.new("int[3]"))
local b = ffi.new("char[100]") return ffi.C.snprintf(b, 100, "%d %s %g %d %p", ffi.cast("int", 5), "str", 1.5, 7LL, nil), ffi.string(b)
local b = ffi.new("char[100]") return ffi.C.snprintf(b, 100, "%s", {})
return ffi.string("abc"), ffi.string("abc", 2), ffi.string(ffi.new("char[3]", "abc"), 3)
return ffi.string(1)
return ffi.string(ffi.new("int[1]"))
return ffi.string(ffi.new("int[1]", 65), 4)
return ffi.string(ffi.new("struct S"))
local b = ffi.new("char[10]") ffi.copy(b, "hello") ffi.copy(b, "J", 1) return ffi.string(b), ffi.copy(b, "x")
return ffi.copy("x", "y")
return ffi.copy(ffi.new("char[3]"), 1)
local b = ffi.new("char[4]") ffi.fill(b, 3, 65) return ffi.string(b), ffi.fill(b, 1), ffi.string(b)
return ffi.cdef("enum { X1 = 1, X2 = X1 + 3, X3 };"), ffi.C.X3
return ffi.cdef("static const int Q = 1 + 2 * 3 << 1 | (4 > 3 ? 8 : 0);"), ffi.C.Q
local mt = ffi.metatype("struct P", {__index={len=function(s) return s.x+s.y end}, __add=function(a,b) return ffi.new("struct P", a.x+b.x, a.y+b.y) end, __call=function(s, n) return s.x*n end, __len=function() return 9 end, __tostring=function(s) return "P!" end, __eq=function(a,b) return a.x==b.x end, __lt=function(a,b) return a.x<b.x end, __concat=function(a,b) return "cat" end, __unm=function(a) return "neg" end, __new=function(ct, x, y) return ffi.new(ct, x*10, y) end, __newindex=function(s,k,v) rawset(_G,"NI",k) end}) local p = mt(1,2) return p:len(), (p+p).x, p(3), #p, tostring(p), p == mt(1,5), p < mt(2,0), p .. "x", "x" .. p, -p, p.x, p.zz, mt, p ~= nil
return ffi.metatype("struct P", {})
return ffi.metatype("int", {})
return ffi.metatype("struct S", 1)
return ffi.gc(ffi.new("int"), function() end)
return ffi.gc(1, print)
return ffi.gc(ffi.new("int"))
return ffi.gc(ffi.new("int"), 5)
local cb = ffi.cast("cb_t", function(a, b) return a + 1 end) local r = cb(41, nil) cb:set(function() return 5 end) local q = cb(1,nil) cb:free() return r, q, cb
local cb = ffi.cast("cb_t", function(a, b) return a + 1 end) cb:free() return cb(1, nil)
local cb = ffi.cast("cb_t", function() error("boom") end) return cb(1, nil)
return ffi.cast("cb_t", function(a, b) return a + 1 end)(1)
return ffi.load("m"), ffi.load("m").sin(1)
return ffi.load()
local a = ffi.new("uint8_t[5]", {5,3,1,4,2}) ffi.C.qsort(a, 5, 1, function(x, y) return x[0] - y[0] end) return a[0], a[1], a[4] 
ffi.C.qsort(ffi.new("uint8_t[2]"), 2, 1, function(x, y) coroutine.yield() end)
local t = coroutine.wrap(function() ffi.C.qsort(ffi.new("uint8_t[2]"), 2, 1, function(x, y) coroutine.yield() return 0 end) end) return t()
return ffi.new("int (*)(int)", print), ffi.new("cb_t")
return ffi.cast("cb_t", nil), ffi.cast("void(*)(struct S)", print)
ffi.cdef"double pow(double,double); int toupper(int); struct div_t_ { int quot, rem; }; struct div_t_ div(int,int);" local d = ffi.C.div(7,2) return ffi.C.pow(2,10), ffi.C.toupper(97), d.quot, d.rem, d
return ffi.cdef"typedef enum { RED, GREEN = 1<<3 } color;", ffi.new("color", "GREEN"), ffi.C.GREEN, ffi.cast("color", 9), ffi.new("color"), ffi.cast("int", ffi.new("color","GREEN"))
return ffi.cdef"enum big { BB = 0xffffffff, CX = -1 };", ffi.C.BB, ffi.C.CX
return ffi.new("char[?]", 3, "abcdef"), ffi.string(ffi.new("char[?]", 3, "abcdef"),3)
return ffi.fill(ffi.new("char[1]"))
return ffi.fill("abc", 1)
return ffi.copy(ffi.new("char[3]"), ffi.new("char[2]"))
local a = ffi.new("int[3]") ffi.copy(a, ffi.new("int[3]", 4, 5, 6), 8) return a[0], a[1], a[2] 
return ffi.C.abs(3LL), ffi.C.abs(3.99), ffi.C.abs(-2^31), ffi.C.sin(true)
return ffi.C.atoi(ffi.new('const char*', 'x'))
return ffi.errno('x')
return ffi.string(ffi.cast('void*', 0), 0), ffi.string('abc\0def')
return ffi.string(ffi.new('char[8]', 'abc'), -1)
local s = ffi.new('struct N') s.s = ffi.new('char[4]', 'xyz') return ffi.string(s.s)
local mt = ffi.metatype("struct M", {__index=setmetatable({}, {__index=function(t,k) return k end}), __lt=function(a,b) return true end, __add=function(a,b) return "add" end}) local a, b = mt(1), mt(2) return a.foo, a < b, a + 1, 1 + a, 1LL + a, a + 1LL, ffi.cast("struct M*", a).bar, ffi.cast("struct M*", a) + a
local a = ffi.new("struct M") return a <= a
local mt = ffi.metatype("struct M2", {__index=function(s,k) return k.."!" end, __new=function(ct, v) return ffi.new(ct, v+1) end}) return mt(1).v, mt(1).q, mt.zork, ffi.new("struct M2", 1).v, ffi.new(mt, 5).v
local r = ffi.C.abs("x") return r
local f = ffi.C.abs local r = f("x") return r
local f = ffi.C.abs local r = f(1,2) return r
local r = ffi.string(1) return r
return select("#", ffi.copy(ffi.new("char[4]"), "abc")), select("#", ffi.fill(ffi.new("char[3]"), 1)), select("#", ffi.cdef("int q1;")), select('#', ffi.offsetof("struct S", "q"))
local b = ffi.new("char[60]") ffi.C.snprintf(b, 60, "%s %.2f %d %c %lld", "a", 1.234, ffi.new("int", -7), ffi.new("int", 65), 123456789012LL) return ffi.string(b)
ffi.cdef"struct sc { static const int X = 4; enum { Y = 6 }; int z; };" return ffi.typeof("struct sc").X, ffi.new("struct sc").Y, ffi.C.Y
return ffi.metatype("struct S", {__gc = function() end})
return ffi.metatype(ffi.new("struct S"), {})
return ffi.metatype("int*", {})
return (function(...) return select("#", ...), ... end)(ffi.C.abs(-1))
ffi.errno(7) local before = ffi.errno(5) return before, ffi.errno()
ffi.cdef"long strtol(const char *, char **, int); int close(int);" ffi.errno(0) local v = ffi.C.strtol("12x", nil, 10) local e = ffi.errno() ffi.C.close(-1) return v, e, ffi.errno()
ffi.cdef"struct timeval_ { long tv_sec; long tv_usec; }; int gettimeofday(struct timeval_ *, void *);" local t = ffi.new("struct timeval_") local r = ffi.C.gettimeofday(t, nil) return r, t.tv_sec > 1600000000LL, t.tv_usec < 1000000
ffi.cdef"void *malloc(size_t); void free(void *); void *memset(void *, int, size_t);" local p = ffi.cast("int *", ffi.C.malloc(16)) ffi.C.memset(p, 0, 16) p[0], p[3] = 5, -7 local a, b, c = p[0], p[1], p[3] ffi.C.free(p) return a, b, c
ffi.cdef"struct q { char name[16]; struct { int w, h; } size; union { int i; float f; }; };" local q = ffi.new("struct q", {name="box", size={3, 4}, f=1}) return ffi.string(q.name), q.size.w * q.size.h, q.i, ffi.sizeof(q)
ffi.cdef"enum { Y1 = 1, Y2 = Y1 + 3, Y3 }; static const int QQ = 1 + 2 * 3 << 1 | (4 > 3 ? 8 : 0);" return ffi.C.Y3, ffi.C.QQ
local co = coroutine.wrap(function() ffi.C.qsort(ffi.new("uint8_t[2]"), 2, 1, function() coroutine.yield() return 0 end) end) co()
local l = ffi.load("m") return type(l), l.sin(0), l.sin(1) == math.sin(1)
local f, e = pcall(ffi.load, "nosuchlib") return f, e
]==]):gmatch("[^\n]+") do check(line) end
