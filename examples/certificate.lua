-- Shows the certificate and the TLS parameters of a server.
-- luamtev certificate.lua address port [host [authority.pem]]
module(..., package.seeall)

function main()
  local address, port, host, authority = unpack(arg, 2, 5)
  local connection = mtev.socket(address)
  local result, message = connection:connect(address, tonumber(port), 10)
  if result == 0 then
    result, message = connection:ssl_upgrade_socket({ ca_chain = authority }, host)
  end
  if result ~= 0 then
    print("cannot connect: " .. tostring(message))
    os.exit(1)
  end
  local state = connection:ssl_ctx()
  local certificate = state.peer_certificate
  local function date(seconds) return os.date("!%Y-%m-%d", seconds) end
  print("subject", state.subject)
  print("issuer", state.issuer)
  print("names", state.san_list)
  print("valid", date(state.start_time) .. " to " .. date(state.end_time))
  print("signed with", certificate.signature_algorithm)
  print("key", certificate.type, certificate.bits)
  print("verdict", state.verdict)
  print("connection", state.protocol, state.current_cipher)
  os.exit(0)
end
