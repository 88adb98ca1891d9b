-- Times single operations of the library ffi, for docs/performance.md:
--   bin/luamtev tests/bench/ffi.lua
--   luajit -joff tests/bench/ffi.lua
local ffi = require("ffi")

ffi.cdef([[
  typedef struct { int x; double y; } bench_point;
  int abs(int x);
  size_t strlen(const char *text);
  void *malloc(size_t size);
]])

local function time(name, count, run)
  local start = os.clock()
  run(count)
  print(("%-14s %5.0f ns"):format(name, (os.clock() - start) / count * 1e9))
end

local function round()
  time("int64 add", 1e6, function(n)
    local sum = 0LL
    for _ = 1, n do sum = sum + 1 end
  end)
  time("element write", 1e6, function(n)
    local bytes = ffi.new("uint8_t[1000]")
    for i = 1, n do bytes[i % 1000] = i end
  end)
  time("element read", 1e6, function(n)
    local numbers, sum = ffi.new("int[1000]"), 0
    for i = 1, n do sum = sum + numbers[i % 1000] end
  end)
  time("malloc'ed read", 3e5, function(n)
    local numbers, sum = ffi.cast("int *", ffi.C.malloc(4000)), 0
    for i = 1, n do sum = sum + numbers[i % 1000] end
  end)
  time("field update", 1e6, function(n)
    local point = ffi.new("bench_point")
    for _ = 1, n do point.x = point.x + 1 end
  end)
  time("new struct", 3e5, function(n)
    for _ = 1, n do ffi.new("bench_point", 1, 2) end
  end)
  time("call abs", 3e5, function(n)
    local abs = ffi.C.abs
    for i = 1, n do abs(-i) end
  end)
  time("call strlen", 1e5, function(n)
    local strlen = ffi.C.strlen
    for _ = 1, n do strlen("hello world") end
  end)
end

local function main()
  round()
  print("and again")
  round()
end

if not rawget(_G, "mtev") then return main() end
return { main = function() main() os.exit(0) end }
