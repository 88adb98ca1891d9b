/** WebSocket clients from Lua against Deno's server, and against one that misbehaves. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import net from "node:net";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { hasOpenssl, Pki } from "../../support/pki.ts";

async function evaluate(
  port: number,
  source: string,
  globals: Record<string, LuaValue> = {},
): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ stderr: () => {} });
  runtime.state.globals.set("PORT", port);
  for (const [name, value] of Object.entries(globals)) {
    runtime.state.globals.set(name, value);
  }
  return await runtime.eval(source);
}

/** Deno's own WebSocket server: echoes, and tells what it saw. */
class EchoServer implements AsyncDisposable {
  readonly seen: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(tls?: { cert: string; key: string }) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {}, ...tls },
      (request) => {
        const { pathname } = new URL(request.url);
        const protocol = request.headers.get("sec-websocket-protocol");
        this.seen.push(
          `${pathname} ${request.headers.get("host")} ${protocol}`,
        );
        if (pathname === "/refuse") return new Response("no", { status: 403 });
        const { socket, response } = Deno.upgradeWebSocket(
          request,
          protocol === null ? {} : { protocol },
        );
        socket.binaryType = "arraybuffer";
        socket.onmessage = ({ data }) => {
          if (data === "bye") socket.close(1000);
          else socket.send(data);
        };
        socket.onclose = ({ code }) => this.seen.push(`closed ${code}`);
        socket.onerror = () => {};
        return response;
      },
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** A server that upgrades and then sends the bytes it is told to. */
async function rawServer(
  bytes: number[],
): Promise<AsyncDisposable & { port: number }> {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(String(data))![1]!;
      const accept = createHash("sha1")
        .update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
          `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      for (const byte of bytes) socket.write(new Uint8Array([byte]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => server.close(() => resolve())),
  };
}

Deno.test("a client sends and gets text and bytes, then says goodbye", async () => {
  await using server = new EchoServer();
  const results = await evaluate(
    server.port,
    `
    local got = {}
    local binary = ("\\0\\255"):rep(40000)
    assert(mtev.websocket_client_connect("127.0.0.1", PORT, "/chat?x=1", "soup", {
      ready = function(client)
        got.early = type(client)
        return client:send(client.TEXT, "hello") and client:send(client.BINARY, binary)
      end,
      message = function(client, opcode, payload)
        got[#got + 1] = opcode .. " " .. #payload
        got.same = payload == binary
        if #got == 2 then client:close() end
        return true
      end,
      cleanup = function(client)
        got.after = client:send(client.TEXT, "too late")
        mtev.notify("gone", type(client))
      end,
    }) == true)
    local _, kind = mtev.waitfor("gone", 20)
    return got.early, got[1], got[2], got.same, got.after, kind`,
  );
  assert.deepEqual(results, [
    "userdata",
    "1 5",
    "2 80000",
    true,
    false,
    "userdata",
  ]);
  assert.equal(server.seen[0], "/chat 127.0.0.1 soup");
});

Deno.test("the server's goodbye is answered", async () => {
  await using server = new EchoServer();
  const results = await evaluate(
    server.port,
    `
    mtev.websocket_client_connect("127.0.0.1", PORT, "/", nil, {
      ready = function(client) return client:send(1, "bye") end,
      cleanup = function() mtev.notify("gone") end,
    })
    return mtev.waitfor("gone", 20)`,
  );
  assert.deepEqual(results, ["gone"]);
  while (!server.seen.includes("closed 1000")) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

Deno.test("fragments and pings that come a byte at a time", async () => {
  const frames = [
    [0x01, 3, 97, 98, 99],
    [0x89, 1, 120],
    [0x00, 1, 100],
    [0x80, 2, 101, 102],
    [0x88, 2, 3, 232],
  ];
  await using server = await rawServer(frames.flat());
  const results = await evaluate(
    server.port,
    `
    local text
    mtev.websocket_client_connect("127.0.0.1", PORT, "/", nil, {
      message = function(_, _, payload) text = payload return true end,
      cleanup = function() mtev.notify("gone", text) end,
    })
    return mtev.waitfor("gone", 20)`,
  );
  assert.deepEqual(results, ["gone", "abcdef"]);
});

Deno.test("a server that breaks the protocol is left", async () => {
  await using server = await rawServer([0x83, 0]);
  const results = await evaluate(
    server.port,
    `
    mtev.websocket_client_connect("127.0.0.1", PORT, "/", nil, {
      cleanup = function() mtev.notify("gone") end,
    })
    return mtev.waitfor("gone", 20)`,
  );
  assert.deepEqual(results, ["gone"]);
});

Deno.test("cleanup is called when there never was a connection", async () => {
  await using server = new EchoServer();
  const results = await evaluate(
    server.port,
    `
    local function try(host, path)
      local started = mtev.websocket_client_connect(host, PORT, path, nil, {
        ready = function() error("there is no connection") end,
        cleanup = function(client) mtev.notify("gone", type(client)) end,
      })
      return started, started and select(2, mtev.waitfor("gone", 20))
    end
    local a, b = try("127.0.0.1", "/refuse")
    return a, b, (try("no address", "/"))`,
  );
  assert.deepEqual(results, [true, "nil", false]);
});

Deno.test("a callback that fails, waits or says no ends the connection", async () => {
  await using server = new EchoServer();
  const results = await evaluate(
    server.port,
    `
    local problem
    local function try(ready)
      mtev.websocket_client_connect("127.0.0.1", PORT, "/", nil, {
        ready = ready,
        cleanup = function() mtev.notify("gone") end,
      })
      return (mtev.waitfor("gone", 20))
    end
    return try(function() error("oops") end), try(function() return false end),
      try(function() problem = select(2, pcall(mtev.sleep, 1)) return false end), problem,
      try(function(client)
        mtev.coroutine_spawn(function() mtev.sleep(0.001) client:close() end)
        return true
      end)`,
  );
  assert.deepEqual(results, [
    "gone",
    "gone",
    "gone",
    "attempt to yield across C-call boundary",
    "gone",
  ]);
});

Deno.test("arguments are checked as specified", async () => {
  const results = await evaluate(
    1,
    `
    local connect = mtev.websocket_client_connect
    local function message(...)
      return (select(2, pcall(connect, ...)))
    end
    return message(), message({}, 1, "/", nil, {}), message("h", 1, {}, nil, {}),
      message("h", 1, "/", nil, 5), message("h", 1, "/", nil, { ready = 5 }),
      message("h", 1, "/", nil, {}, nil)`,
  );
  assert.deepEqual(results, [
    "wrong args",
    "bad host argument",
    "bad path argument",
    "bad callback table",
    "callback ready not function",
    "table_to_hash: not a table",
  ]);
});

Deno.test({
  name: "over TLS, certificates are verified unless told otherwise",
  ignore: !hasOpenssl, // no openssl to make certificates with
  async fn() {
    using pki = await Pki.make();
    const read = (path: string) => Deno.readTextFileSync(path);
    await using server = new EchoServer({
      cert: read(pki.certificate("server")),
      key: read(pki.key("server")),
    });
    await using old = new EchoServer({
      cert: read(pki.certificate("expired")),
      key: read(pki.key("expired")),
    });
    const results = await evaluate(
      server.port,
      `
      local function try(port, config)
        local was_ready = false
        assert(mtev.websocket_client_connect("127.0.0.1", port, "/", nil, {
          ready = function() was_ready = true return false end,
          cleanup = function() mtev.notify("gone") end,
        }, config))
        mtev.waitfor("gone", 20)
        return was_ready
      end
      local ca = PKI .. "ca.crt"
      return try(PORT, { ca_chain = ca }), try(PORT, { ciphers = "DEFAULT" }),
        try(PORT, { optional_no_ca = "true" }), try(OLD, { ca_chain = ca }),
        try(OLD, { ca_chain = ca, ignore_dates = "true" })`,
      { PKI: `${pki.path}/`, OLD: old.port },
    );
    assert.deepEqual(results, [true, false, true, false, true]);
  },
});

Deno.test("a runtime that ends closes its connections", async () => {
  await using server = new EchoServer();
  await evaluate(
    server.port,
    `
    mtev.websocket_client_connect("127.0.0.1", PORT, "/", nil, {
      ready = function() mtev.notify("ready") return true end,
    })
    mtev.waitfor("ready", 20)`,
  );
});
