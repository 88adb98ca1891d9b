-- The library ffi: C declarations and types. Each line is a program of its own.
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
local b = ffi.new("struct B", {-1, 31, 5, true}) return b.a, b.b, b.c, b.d, ffi.sizeof(b), ffi.offsetof("struct B", "b"), ffi.offsetof("struct B", "c")
local a = ffi.new("struct AN") a.b = 0x3f800000 a.e.d = 4 return a.c, a.e.d, ffi.sizeof(a), ffi.offsetof("struct AN", "c")
return ffi.typeof("int"), ffi.typeof(1LL), ffi.typeof(ffi.typeof("int")), tostring(ffi.typeof("int") == ffi.typeof("int"))
return ffi.typeof("int x")
return ffi.typeof("int;")
return ffi.typeof("")
return ffi.typeof("int[")
return ffi.typeof("struct $ *", ffi.typeof("struct S"))
return ffi.typeof("$ *", "x")
return ffi.typeof("$ *")
return ffi.typeof("int", 1)
return ffi.sizeof("foo")
return ffi.sizeof(1)
return ffi.sizeof(nil)
return ffi.istype("int", 1LL), ffi.istype("int64_t", 1LL), ffi.istype("int", 1), ffi.istype("struct S", ffi.new("struct S")), ffi.istype("struct S", ffi.cast("struct S*", 0)), ffi.istype("struct S*", ffi.cast("struct S*", 0)), ffi.istype("const int", ffi.new("int")), ffi.istype("int[3]", ffi.new("int[3]")), ffi.istype("int[4]", ffi.new("int[3]")), ffi.istype("long", 1LL), ffi.istype("long long", 1LL), ffi.istype("void*", ffi.new("int*"))
return ffi.cdef()
return ffi.cdef(1)
return ffi.cdef("int")
return ffi.cdef("int x")
return ffi.cdef("int f(")
return ffi.cdef("foo x;")
return ffi.cdef("struct S { int q; };")
return ffi.cdef("typedef int P_t;")
return ffi.cdef("int abs(double);")
return ffi.cdef("struct Q1 { int a; int a; };")
return ffi.cdef("struct Q2 { struct Fwd f; };")
return ffi.cdef("struct Q3 { int a[]; int b; };")
return ffi.cdef("\n\nint x y;")
return ffi.cdef("int a @;")
return ffi.cdef("int 'a;")
return ffi.cdef("int x[-1];")
return ffi.cdef("int x[1/0];")
return ffi.cdef("typedef unsigned float uf;")
return ffi.cdef("int int x;")
return ffi.cdef("struct { int x; };")
return ffi.cdef("int (*fp)(int); int (*(*fpp)(void))[3]; extern int xx __asm__(\"yy\");")
return ffi.cdef("int f1(int x) { return x; }")
return ffi.cdef("int m(int a[3], int b[], void f(int), struct S s, const char * const * restrict p);"), ffi.typeof("int(int a[3], void f(int))")
return ffi.cdef("#pragma pack(push, 1)\nstruct pk4 { char a; int b; };\n#pragma pack(pop)\nstruct pk5 { char a; int b; };"), ffi.sizeof("struct pk4"), ffi.sizeof("struct pk5")
return ffi.cdef("#define X 1\n")
return ffi.cdef("# 1 \"x.h\"\nint ok1;\n")
local v = ffi.new("struct V", 3, {3, {1,2,3}}) return v.n, v.data[2], ffi.sizeof(v)
local a = ffi.new("int[2][3]", {{1,2,3},{4,5,6}}) return a[1][2], a[1], ffi.sizeof(a[0])
local t = ffi.typeof("int[?]") return t(3), ffi.typeof("int")(5), ffi.typeof("struct S")(1, 2).b
return ffi.typeof("struct S").x
return ffi.typeof("enum E").B
return ffi.typeof("struct S")()
return #ffi.typeof("int")
return ffi.typeof("int") == 1
return ffi.new("const int", 5), ffi.sizeof("const int")
return ffi.typeof("int (*)(int)"), ffi.typeof("struct S[2]"), ffi.new("struct S[2]"), ffi.new("const char *[2]")[0]
return ffi.typeof("struct {int a;}"), ffi.new("struct {int a;}", 3).a
return ffi.cdef"typedef struct node { struct node *next; int v; } node;", ffi.new("node").next, ffi.new("node")
return ffi.istype(1, 1)
return ffi.alignof("int[?]"), ffi.alignof("struct N")
return ffi.cdef("int z1, *z2, z3[4], z4(int);"), ffi.typeof("int *(*)[4]")
return ffi.cdef("typedef int T1, *T2, T3[2];"), ffi.typeof("T2"), ffi.typeof("T3"), ffi.typeof("T3[5]"), ffi.typeof("const T2")
return ffi.sizeof(ffi.new('int[?]', 3)), ffi.sizeof('struct S&')
return ffi.typeof('struct S') == ffi.typeof('struct S'), ffi.typeof('int') ~= ffi.typeof('long')
return ffi.typeof('int*')(nil), ffi.typeof('void(*)(void)')(nil)
local x = ffi.sizeof("void") local y = ffi.sizeof("struct Fwd") return x, y, ffi.offsetof("struct S","zz"), ffi.alignof("double"), ffi.sizeof("int[?]", 5)
local r = ffi.typeof("foo") return r
local r = ffi.cdef("foo x") return r
return ffi.cdef("struct $ { int q; };", "dyn"), ffi.new("struct dyn", 5).q
return ffi.typeof("enum E") == ffi.typeof("enum E"), ffi.typeof("const int") == ffi.typeof("int"), ffi.typeof("int*") == ffi.typeof("int*")
return ffi.istype("struct P", ffi.new("struct P[1]")[0]), ffi.istype(ffi.typeof("struct P"), ffi.new("struct P")), ffi.istype("enum E", ffi.new("enum E")), ffi.istype("int", ffi.new("enum E")), ffi.istype("char", ffi.new("signed char")), ffi.istype("uint8_t", ffi.new("char")), ffi.istype("const char*", ffi.cast("char*",0)), ffi.istype("char*", ffi.cast("const char*",0)), ffi.istype("int*", ffi.new("int[2]")), ffi.istype("int[?]", ffi.new("int[?]", 2))
ffi.cdef"typedef struct { int x; } anon1; anon1 *fa(void);" return (tostring(ffi.typeof("anon1")):gsub("%d+","N")), (tostring(ffi.typeof("anon1*")):gsub("%d+","N"))
ffi.cdef"struct bfa { int a:4; int :0; int b:4; unsigned char c:3; unsigned d:30; short e; };" return ffi.sizeof("struct bfa"), ffi.offsetof("struct bfa", "b"), ffi.offsetof("struct bfa","c")
return ffi.offsetof("struct bfa","d")
return ffi.offsetof("struct bfa","e")
ffi.cdef"struct bq { uint64_t a:40; };"
ffi.cdef"struct bw { int a:33; };"
ffi.cdef"typedef int (*ft)(void); struct fp { ft f; int (*g)(int, int); };" return tostring(ffi.new("struct fp").g)
ffi.cdef"__extension__ typedef unsigned long long int ulll; typedef signed sss; typedef long int li; typedef short int si; typedef long unsigned int lui; const char *const names[];" return ffi.typeof("ulll"), ffi.typeof("sss"), ffi.typeof("li"), ffi.typeof("si"), ffi.typeof("lui")
return ffi.sizeof("int[2*3]"), ffi.sizeof("char[sizeof(int)*2]"), ffi.sizeof("char[(3>2)?4:5]"), ffi.sizeof("char['A']"), ffi.sizeof("char[-(-3)]"), ffi.sizeof("char[~0+2]"), ffi.sizeof("char[0x10|1]"), ffi.sizeof("char[010]"), ffi.sizeof("char[1<<3&15]"), ffi.sizeof("char[!0]"), ffi.sizeof("char[7/2]"), ffi.sizeof("char[7%4]"), ffi.sizeof("char[1==1&&2||0]"), ffi.sizeof("char[(int)3]"), ffi.sizeof("char[B]")
return ffi.typeof("int(*)[?]")
return ffi.typeof("int(int)(int)")
return ffi.typeof("void[3]")
return ffi.typeof("int() [3]")
return ffi.typeof("struct S &"), ffi.typeof("char const *"), ffi.typeof("int long"), ffi.typeof("unsigned"), ffi.typeof("int unsigned"), ffi.typeof("long double"), ffi.typeof("double long")
return ffi.typeof("char char")
return ffi.typeof("signed unsigned int")
return ffi.typeof("short long")
return ffi.typeof("struct")
return ffi.typeof("struct S { int x; }")
return ffi.typeof("int)")
return ffi.typeof("int *")(ffi.new("int[2]")) ~= nil, ffi.typeof("double")(2) + 0.5
return ffi.sizeof("struct {}"), ffi.sizeof("union {}"), ffi.sizeof("int[0]"), ffi.sizeof("struct {char a; short b; char c;}"), ffi.sizeof("struct {char a; long double b;}")
return ffi.sizeof("int"), ffi.sizeof("struct S"), ffi.sizeof("int[?]", 5), ffi.sizeof("char[3]"), ffi.sizeof(1LL), ffi.alignof("struct S"), ffi.offsetof("struct S", "b"), ffi.sizeof("struct V", 3)
ffi.cdef"typedef struct __attribute__((packed)) { char a; int b; } pk; struct pk3 { char a; int b __attribute__((aligned(16))); };" return ffi.sizeof("pk"), ffi.sizeof("struct pk3")
ffi.cdef"#pragma pack(push, 1)\nstruct pk4 { char a; int b; };\n#pragma pack(pop)\nstruct pk5 { char a; int b; };" return ffi.sizeof("struct pk4"), ffi.sizeof("struct pk5")
ffi.cdef"typedef struct link { struct link *next; int v; } link;" local n = ffi.new("link", nil, 5) n.next = n return n.next.v, ffi.new("link").next == nil
for _, c in ipairs{"int", "char", "const char *", "int (*)(int)", "int[3][4]", "int (*)[3]", "int *[3]", "unsigned long", "struct S &", "int (*(*)(int))(char)", "const struct S * const", "volatile int *", "complex", "long double", "bool", "unsigned short"} do print(ffi.typeof(c)) end
]==]):gmatch("[^\n]+") do check(line) end
