/** TLS from Lua: both sides, and openssl on the other. */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { hasOpenssl, Pki } from "../../support/pki.ts";

const PRELUDE = `
  local function listen()
    local l = mtev.socket("inet")
    assert(l:bind("127.0.0.1", 0) == 0)
    assert(l:listen(16) == 0)
    return l, select(2, l:sock_name())
  end
  local function dial(port)
    local c = mtev.socket("inet")
    assert(c:connect("127.0.0.1", port) == 0)
    return c
  end
  -- A TLS server for one connection; runs fn(connection) or notes the error.
  local function serve(conf, fn)
    local l, port = listen()
    mtev.coroutine_spawn(function()
      local l = l:own()
      local c = l:accept()
      conf.mode = "server"
      local result, message = c:ssl_upgrade_socket(conf)
      if result == 0 then fn(c) else mtev.notify("refused", message) end
      c:close()
    end)
    return port
  end
  local function named(name)
    return { certificate_file = PKI .. name .. ".crt", key_file = PKI .. name .. ".key" }
  end
`;

let pki: Pki | undefined;
Deno.test.beforeAll(async () => {
  if (hasOpenssl) pki = await Pki.make();
});
Deno.test.afterAll(() => pki?.[Symbol.dispose]());

/** Defines a test that has certificates in the global `PKI`. */
function tlsTest(
  name: string,
  source: string,
  expected: readonly LuaValue[],
): void {
  Deno.test({
    name,
    ignore: !hasOpenssl, // no openssl to make certificates with
    async fn() {
      await using runtime = await createRuntime({ stderr: () => {} });
      runtime.state.globals.set("PKI", `${pki!.path}/`);
      assert.deepEqual(await runtime.eval(PRELUDE + source), expected);
    },
  });
}

tlsTest(
  "both sides of TLS exchange lines, names and certificates",
  `
  local seen
  local conf = named("server")
  conf.ca_chain, conf.alpn = PKI .. "ca.crt", "http/1.1"
  local port = serve(conf, function(c)
    local x = c:ssl_ctx()
    seen = x.sni_name .. " " .. x.subject .. " " .. x.verdict
    c:write("you said " .. c:read("\\n"))
  end)
  local c = dial(port)
  local conf = named("client")
  conf.ca_chain, conf.alpn = PKI .. "ca.crt", "h2,http/1.1"
  local plain = c:ssl_ctx()
  assert(c:ssl_upgrade_socket(conf, "server.test") == 0)
  c:write("hello\\n")
  local line, rest = c:read("\\n"), c:read("\\n")
  local x = c:ssl_ctx()
  return plain, line, rest, seen, x.subject, x.issuer, x.san_list, x.verdict,
    x.alpn, x.protocol, x.method, x.error, x.sni_name, #x.ciphers > 0`,
  [
    undefined,
    "you said hello\n",
    undefined,
    "server.test /C=DE/O=Test/CN=client.test ok",
    "/C=DE/O=Test/CN=server.test",
    "/O=Test/CN=Test CA",
    "server.test, *.alt.test",
    "ok",
    "http/1.1",
    "TLSv1.3",
    771,
    undefined,
    undefined,
    true,
  ],
);

tlsTest(
  "the fields of certificates and sessions",
  `
  local port = serve(named("server"), function(c) c:read("\\n") end)
  local c = dial(port)
  assert(c:ssl_upgrade_socket(nil, nil, nil, nil, nil, "x:=tlsv1.2") == 0)
  local x = c:ssl_ctx()
  local cert, session = x.peer_certificate, x.ssl_session
  local results = {
    cert.signature_algorithm, cert.type, cert.bits == nil, cert.serial == -1 or cert.serial > 0,
    cert.ocsp, cert.purpose.sslserver, cert.purpose.sslserver_ca, x.end_time - x.start_time == 365 * 86400, session.ssl_version,
    session.cipher == x.current_cipher, (pcall(function() return cert.nope end)),
    (select(2, pcall(function() return x.nope end)):gsub("^.-: ", "")),
  }
  session:release()
  results[#results + 1] = select(2, pcall(function() return session.cipher end)):gsub("^.-: ", "")
  return unpack(results)`,
  [
    "RSA-SHA256",
    "unknown",
    true,
    true,
    "http://ocsp.test/",
    1,
    0,
    true,
    "TLSv1.2",
    true,
    false,
    "mtev.eventer.ssl_ctx no such element: nope",
    "crypto.ssl_session already released",
  ],
);

tlsTest(
  "certificates are accepted and refused as specified",
  `
  local results = {}
  for _, name in ipairs{ "server", "self", "expired", "future", "below", "imposed", "lower" } do
    local port = serve(named(name), function(c) c:read("\\n") end)
    local c = dial(port)
    local result, message = c:ssl_upgrade_socket({ ca_chain = PKI .. "ca.crt" }, "other.test")
    results[#results + 1] = name .. ": " .. (result == 0 and c:ssl_ctx().verdict or message)
    c:close()
  end
  local port = serve(named("server"), function(c) c:read("\\n") end)
  local c = dial(port)
  assert(c:ssl_upgrade_socket({}) == 0)
  return table.concat(results, "\\n"), c:ssl_ctx().verdict, c:ssl_ctx().error`,
  [
    `server: ok
self: self-signed certificate
expired: certificate has expired
future: certificate is not yet valid
below: ok
imposed: certificate verify failed: certificate signature failure
lower: certificate verify failed: invalid CA certificate`,
    "unable to get local issuer certificate",
    undefined,
  ],
);

tlsTest(
  "what cannot be done is said before anything is sent",
  `
  local l, port = listen()
  local c = dial(port)
  local results = {}
  for _, conf in ipairs{
    { ciphers = "NOPE" }, { layer = "tlsv1:=tlsv1.1" }, { crl = "x" },
    { certificate_file = "/nonexistent", key_file = "/nonexistent" }, { ca_chain = PKI .. "ca.key" },
  } do
    local result, message = c:ssl_upgrade_socket(conf)
    results[#results + 1] = result .. " " .. message
  end
  results[#results + 1] = select(2, c:ssl_upgrade_socket({ mode = "server", ciphers = "NOPE" }))
  return table.concat(results, "\\n"), c:write("still plain")`,
  [
    "-1 ssl_client context creation failed\n".repeat(5) +
    "ssl_server context creation failed",
    11,
  ],
);

tlsTest(
  "versions and ciphers that do not fit end the handshake",
  `
  local function try(server, client)
    local conf = named("server")
    for key, value in pairs(server) do conf[key] = value end
    local c = dial(serve(conf, function(c) c:read("\\n") end))
    local result, message = c:ssl_upgrade_socket(client)
    c:close()
    return result, type(message)
  end
  local a, b = try({ layer = "x:=tlsv1.2" }, { layer = "x:=tlsv1.3" })
  local c, d = try({}, { layer = "x:=tlsv1.2", ciphers = "ECDHE-RSA-AES128-GCM-SHA256" })
  return a, b, c, d`,
  [-1, "string", -1, "string"],
);

tlsTest(
  "10 MB pass through TLS, then the end of the stream",
  `
  local data = ("0123456789abcdef"):rep(655360)
  local port = serve(named("server"), function(c) c:write(data) end)
  local c = dial(port)
  assert(c:ssl_upgrade_socket({}) == 0)
  mtev.sleep(0.05)  -- so that the reader falls behind
  local pieces = {}
  while true do
    local piece = c:read(100000)
    if not piece then break end
    pieces[#pieces + 1] = piece
  end
  return table.concat(pieces) == data`,
  [true],
);

tlsTest(
  "a coroutine cancelled in a handshake or a read leaves nothing",
  `
  local l, port = listen()
  local function cancelled(body)
    local co
    mtev.coroutine_spawn(function() co = coroutine.running() body() error("not cancelled") end)
    mtev.sleep(0.05)
    mtev.cancel_coro(co)
  end
  cancelled(function() dial(port):ssl_upgrade_socket({}) end)
  local port = serve(named("server"), function(c) mtev.waitfor("never", 1) end)
  cancelled(function()
    local c = dial(port)
    assert(c:ssl_upgrade_socket({}) == 0)
    c:read("\\n")
  end)
  return true`,
  [true],
);

tlsTest(
  "a peer that speaks no TLS ends the handshake",
  `
  local l, port = listen()
  mtev.coroutine_spawn(function()
    local l = l:own()
    local c = l:accept()
    c:write("220 hello\\r\\n")
    c:read("\\n")
  end)
  local c = dial(port)
  local result, message = c:ssl_upgrade_socket({})
  return result, type(message)`,
  [-1, "string"],
);

tlsTest(
  "a server that reads ahead hands the rest to the handshake",
  `
  local l, port = listen()
  mtev.coroutine_spawn(function()
    local l = l:own()
    local c = l:accept()
    assert(c:read("\\n") == "STARTTLS\\n")
    local conf = named("server")
    conf.mode = "server"
    -- By now the client's first message has come, perhaps with the line.
    assert(c:ssl_upgrade_socket(conf) == 0)
    c:write(c:read("\\n"))
  end)
  local c = dial(port)
  c:write("STARTTLS\\n")
  assert(c:ssl_upgrade_socket({}) == 0)
  c:write("secret\\n")
  return c:read("\\n")`,
  ["secret\n"],
);

tlsTest(
  "close() lets everything go out first",
  `
  local sizes = {}
  local data = ("x"):rep(1000000)
  local port = serve(named("server"), function(c)
    local size = 0
    while true do
      local piece = c:read(100000)
      if not piece then break end
      size = size + #piece
    end
    mtev.notify("size", size)
  end)
  local c = dial(port)
  assert(c:ssl_upgrade_socket({}) == 0)
  c:write(data)
  c:close()
  return select(2, mtev.waitfor("size", 10))`,
  [1000000],
);

tlsTest(
  "a write to a peer that never reads waits, and can be given up",
  `
  local port = serve(named("server"), function(c) mtev.waitfor("never", 60) end)
  local co
  local done = 0
  mtev.coroutine_spawn(function()
    co = coroutine.running()
    local c = dial(port)
    assert(c:ssl_upgrade_socket({}) == 0)
    local piece = ("x"):rep(1000000)
    while c:write(piece) == #piece do done = done + 1 end
    error("the write has ended")
  end)
  local before
  repeat  -- until nothing moves any more
    before = done
    mtev.sleep(0.2)
  until done == before and done > 0
  mtev.cancel_coro(co)
  return done < 100`,
  [true],
);
