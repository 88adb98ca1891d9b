local function where(f, ...) return (select(2, pcall(f, ...))) end
local real = error
local out = {}
out[1] = where(function() error("one") end)
out[2] = where(function() return error("two") end)
out[3] = where(function() error("three", 2) end) 
out[4] = where(function() error("four", 0) end)
out[5] = where(error, "five")
do
  local seen
  error = function(...) seen = select("#", ...) return where(real, "six") end
  error("x")
  out[6] = where(real, "seven")
  error = real
end
out[7] = where(function() pcall(function() error() end) real("eight") end)
out[8] = where(function() error("nine", "1") end)
out[9] = where(function()
  error(table.concat{"t",
    "en"})
end)
out[10] = where(function() local x; x = error("eleven") end)
out[11] = where(coroutine.wrap(function() coroutine.yield() error("twelve") end))
local co = coroutine.wrap(function() for i = 1, 2 do coroutine.yield() end error("thirteen") end)
co() co()
out[12] = where(co)
for i = 1, 12 do print(i, out[i]) end
