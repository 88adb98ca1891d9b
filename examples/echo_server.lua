-- An echo server: sends back every line. Each connection has a coroutine.
-- luamtev echo_server.lua [port]
module(..., package.seeall)

-- arg[1] is the name of this file.
local function serve(connection)
  local line = connection:read("\n")
  while line do
    connection:write(line)
    line = connection:read("\n")
  end
  connection:close()
end

function main()
  local listener = mtev.socket("inet")
  listener:setsockopt("SO_REUSEADDR", 1)
  assert(listener:bind("127.0.0.1", tonumber(arg[2]) or 0) == 0)
  assert(listener:listen(128) == 0)
  print("listening on", listener:sock_name())
  while true do
    local connection = listener:accept()
    if connection then
      -- The connection belongs to the coroutine that takes it over.
      mtev.coroutine_spawn(function() serve(connection:own()) end)
    end
  end
end
