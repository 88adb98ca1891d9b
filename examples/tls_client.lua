-- Sends a line over TLS and prints the answer; insists on a good certificate.
-- luamtev tls_client.lua address port authority.pem host text
module(..., package.seeall)

function main()
  local address, port, authority, host, text = unpack(arg, 2, 6)
  local connection = mtev.socket(address)
  assert(connection:connect(address, tonumber(port), 10) == 0)
  assert(connection:ssl_upgrade_socket({ ca_chain = authority }, host) == 0)
  -- The handshake tolerates unknown authorities and wrong dates. We do not.
  local state = connection:ssl_ctx()
  if state.verdict ~= "ok" then
    print("refused: " .. state.verdict)
    os.exit(1)
  end
  local mismatch = mtev.extras.check_host_header_against_certificate(
    host, state.subject, state.san_list)
  if mismatch then
    print("refused: " .. mismatch)
    os.exit(1)
  end
  connection:write(text .. "\n")
  io.write(connection:read("\n"))
  connection:close()
  os.exit(0)
end
