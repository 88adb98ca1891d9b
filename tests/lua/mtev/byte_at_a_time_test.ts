/**
 * Protocols through a proxy that hands on one byte at a time, in both directions. HTTP and HTTPS
 * are in http_client_test.ts, DNS over TCP is in dnsmasq_test.ts, OpenSSL in openssl_test.ts.
 */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { evaluateNet } from "../../support/lua_net.ts";
import { hasOpenssl, Pki } from "../../support/pki.ts";
import { SlowProxy } from "../../support/slow_proxy.ts";

/** Runs a server in Lua, which returns its port, and a client through the proxy. */
async function through(
  server: string,
  client: string,
  globals: Readonly<Record<string, LuaValue>> = {},
): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ stderr: () => {} });
  for (const [name, value] of Object.entries(globals)) {
    runtime.state.globals.set(name, value);
  }
  const [port] = await runtime.eval(server);
  await using slow = await SlowProxy.start(Number(port));
  return await evaluateNet(client, { ...globals, PORT: slow.port });
}

/** A server that sends back a line, a text with an end of its own, and counted bytes. */
const ECHO = `
  local l = mtev.socket()
  assert(l:bind("127.0.0.1", 0) == 0 and l:listen(8) == 0)
  local _, port = l:sock_name()
  mtev.coroutine_spawn(function()
    local c = l:own():accept()
    if PKI then
      assert(c:ssl_upgrade_socket{
        mode = "server", certificate_file = PKI .. "server.crt", key_file = PKI .. "server.key",
      } == 0)
    end
    c:write(c:read("\\r\\n"))
    c:write(c:read("\\r\\n.\\r\\n"))
    c:write(c:read(1000))
    c:close()
  end)
  return port`;

const SPEAK = `
  local c = dial(PORT)
  if PKI then
    assert(c:ssl_upgrade_socket({ ca_chain = PKI .. "ca.crt" }, "server.test") == 0)
    assert(c:ssl_ctx().verdict == "ok")
  end
  local bytes = {}
  for index = 1, 1000 do bytes[index] = string.char(index % 256) end
  bytes = table.concat(bytes)
  c:write("line\\r\\n" .. "text\\r\\r\\n..\\r\\n.\\r\\n" .. bytes)
  return c:read("\\r\\n"), c:read("\\r\\n.\\r\\n"), c:read(1000) == bytes, c:read(1)`;

const HEARD = ["line\r\n", "text\r\r\n..\r\n.\r\n", true, undefined];

Deno.test("TCP comes through a byte at a time", async () => {
  assert.deepEqual(await through(ECHO, SPEAK), HEARD);
});

Deno.test({
  name: "TLS comes through a byte at a time",
  ignore: !hasOpenssl, // no openssl to make certificates with
  async fn() {
    using pki = await Pki.make();
    const globals = { PKI: `${pki.path}/` };
    assert.deepEqual(await through(ECHO, SPEAK, globals), HEARD);
  },
});

/** Deno's WebSocket server, which echoes messages. */
function echoMessages(tls?: { cert: string; key: string }) {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...tls },
    (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => socket.send(data);
      socket.onerror = () => {};
      return response;
    },
  );
}

const CHAT = `
  local sent = { "", "short", ("long"):rep(50), ("longer"):rep(200) }
  local got = {}
  assert(mtev.websocket_client_connect("127.0.0.1", PORT, "/", nil, {
    ready = function(client)
      for _, text in ipairs(sent) do
        if not client:send(client.BINARY, text) or not client:send(client.PING, text:sub(1, 9)) then
          return false
        end
      end
      return true
    end,
    message = function(client, _, payload)
      got[#got + 1] = payload
      if #got == #sent then client:close() end
      return true
    end,
    cleanup = function() mtev.notify("gone") end,
  }, TLS or {}))
  mtev.waitfor("gone", 20)
  local same = 0
  for index, text in ipairs(sent) do if got[index] == text then same = same + 1 end end
  return same`;

Deno.test("WebSocket messages come through a byte at a time", async () => {
  await using server = echoMessages();
  await using slow = await SlowProxy.start(server.addr.port);
  assert.deepEqual(await evaluateNet(CHAT, { PORT: slow.port }), [4]);
});

Deno.test({
  name: "WebSocket messages come through TLS a byte at a time",
  ignore: !hasOpenssl, // no openssl to make certificates with
  async fn() {
    using pki = await Pki.make();
    await using server = echoMessages({
      cert: Deno.readTextFileSync(pki.certificate("server")),
      key: Deno.readTextFileSync(pki.key("server")),
    });
    await using slow = await SlowProxy.start(server.addr.port);
    const results = await evaluateNet(
      `local TLS = { ca_chain = CA } ${CHAT}`,
      { PORT: slow.port, CA: pki.certificate("ca") },
    );
    assert.deepEqual(results, [4]);
  },
});
