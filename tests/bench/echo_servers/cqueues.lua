-- Echoes lines, on cqueues. Prints its port.
local cqueues = require("cqueues")
local socket = require("cqueues.socket")

local loop = cqueues.new()
local listener = socket.listen("127.0.0.1", 0)
listener:listen()
print((select(3, listener:localname())))
io.stdout:flush()
loop:wrap(function()
  while true do
    local c = listener:accept()
    c:setmode("b", "bn")
    c:onerror(function(_, _, code) return code end)
    loop:wrap(function()
      local line = c:read("*L")
      while line do
        c:write(line)
        line = c:read("*L")
      end
      c:close()
    end)
  end
end)
assert(loop:loop())
