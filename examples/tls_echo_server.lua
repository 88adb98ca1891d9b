-- An echo server over TLS: sends back every line.
-- luamtev tls_echo_server.lua certificate.pem key.pem [port]
module(..., package.seeall)

local function serve(connection)
  local result, message = connection:ssl_upgrade_socket{
    mode = "server", certificate_file = arg[2], key_file = arg[3],
  }
  if result ~= 0 then return mtev.log("error", "handshake: %s\n", tostring(message)) end
  local line = connection:read("\n")
  while line do
    connection:write(line)
    line = connection:read("\n")
  end
  connection:close()
end

function main()
  local listener = mtev.socket("inet")
  assert(listener:bind("127.0.0.1", tonumber(arg[4]) or 0) == 0)
  assert(listener:listen(128) == 0)
  print("listening on", listener:sock_name())
  while true do
    local connection = listener:accept()
    if connection then
      mtev.coroutine_spawn(function() serve(connection:own()) end)
    end
  end
end
