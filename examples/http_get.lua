-- Fetches a URL and prints the status, the headers and the body.
-- luamtev http_get.lua http://host[:port]/path
module(..., package.seeall)

local HttpClient = require("mtev.HttpClient")

function main()
  local scheme, host, port, path = (arg[2] or ""):match("^(https?)://([^/:]+):?(%d*)(.*)$")
  if not scheme then
    print("usage: http_get.lua http://host[:port]/path")
    os.exit(2)
  end
  local tls = scheme == "https"
  local dns = mtev.dns()
  local record = not dns.is_valid_ip(host) and dns:lookup(host)
  local client = HttpClient:new({ consume = function(text) io.write(text) end }, {})
  client:set_timeout(30)
  local result, message = client:connect(
    record and record.a or host, tonumber(port) or (tls and 443 or 80), tls, host)
  if result ~= 0 then
    print("cannot connect: " .. tostring(message))
    os.exit(1)
  end
  client:do_request("GET", path == "" and "/" or path, { Host = host })
  client:get_headers()
  io.write(client.protocol, " ", client.code, "\n")
  local names = {}
  for name in pairs(client.headers) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do io.write(name, ": ", client.headers[name], "\n") end
  io.write("\n")
  client:get_body()
  client:close()
  os.exit(client.code < 400 and 0 or 1)
end
