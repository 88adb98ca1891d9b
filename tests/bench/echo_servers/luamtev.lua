-- Echoes lines, on luamtev. Prints its port.
module(..., package.seeall)

function main()
  local listener = mtev.socket("inet")
  assert(listener:bind("127.0.0.1", 0) == 0 and listener:listen(128) == 0)
  print((select(2, listener:sock_name())))
  while true do
    local connection = listener:accept()
    mtev.coroutine_spawn(function()
      local c = connection:own()
      local line = c:read("\n")
      while line do
        c:write(line)
        line = c:read("\n")
      end
      c:close()
    end)
  end
end
