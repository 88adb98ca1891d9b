-- Calls the C library through ffi.C.
-- Run: bin/luamtev examples/libc.lua

module(..., package.seeall)

local ffi = require("ffi")

ffi.cdef([[
  typedef struct { long tv_sec; long tv_usec; } timeval;
  int gettimeofday(timeval *now, void *zone);
  int getpid(void);
  size_t strlen(const char *text);
  int snprintf(char *to, size_t size, const char *format, ...);
  void qsort(void *base, size_t count, size_t size,
    int (*compare)(const int *, const int *));
  void *malloc(size_t size);
  void free(void *memory);
  int open(const char *path, int flags, ...);
  ssize_t read(int fd, void *to, size_t size);
  int close(int fd);
  char *strerror(int number);
]])

local C = ffi.C

local function first_line(path)
  local fd = C.open(path, O_RDONLY)
  if fd < 0 then
    return nil, ffi.string(C.strerror(ffi.errno()))
  end
  local buffer = ffi.new("char[?]", 256)
  local size = tonumber(C.read(fd, buffer, 256))
  C.close(fd)
  return ffi.string(buffer, size):match("[^\n]*")
end

function main()
  print("strlen: " .. tonumber(C.strlen("hello")))
  print("a process: " .. tostring(C.getpid() > 0))

  local now = ffi.new("timeval")
  C.gettimeofday(now, nil)
  print("after 2020: " .. tostring(now.tv_sec > 1577836800))

  local text = ffi.new("char[64]")
  C.snprintf(text, 64, "%s is %.3f, %d bits", "pi", math.pi, ffi.new("int", 64))
  print(ffi.string(text))

  local numbers = ffi.new("int[5]", 31, 4, 15, 9, 26)
  C.qsort(numbers, 5, ffi.sizeof("int"), function(a, b) return a[0] - b[0] end)
  local sorted = {}
  for i = 0, 4 do sorted[#sorted + 1] = numbers[i] end
  print("sorted: " .. table.concat(sorted, " "))

  -- Memory of C's belongs to the program, or to a finalizer.
  local block = ffi.gc(ffi.cast("uint64_t *", C.malloc(16)), C.free)
  block[0], block[1] = 2 ^ 53, 0xffffffffffffffffULL
  print("64 bits: " .. tostring(block[0] + 1) .. " " .. tostring(block[1]))

  print("no such file: " .. select(2, first_line("/nowhere/at/all")))
  os.exit(0)
end
