/** mtev.HttpClient and mtev.Api against node's server, a slow proxy, and raw bytes. */
import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { LIBCRYPTO_MISSING } from "../../support/libraries.ts";
import { evaluateNet } from "../../support/lua_net.ts";
import { hasOpenssl, Pki } from "../../support/pki.ts";
import { DnsServer } from "../../support/dns_server.ts";
import { SlowProxy } from "../../support/slow_proxy.ts";

type Closing = AsyncDisposable & { port: number };

async function listening(server: net.Server | http.Server): Promise<Closing> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A server that answers any request with these bytes and hangs up. */
function rawServer(answer: string): Promise<Closing> {
  return listening(net.createServer((socket) => {
    socket.once("data", () => socket.end(answer, "latin1"));
  }));
}

const BODY = "The quick brown fox. ".repeat(2000);

/** node's own HTTP server with a path for each way to send a body. */
function answer(request: http.IncomingMessage, response: http.ServerResponse) {
  switch (request.url) {
    case "/length":
      response.setHeader("Content-Length", BODY.length);
      response.end(request.method === "HEAD" ? undefined : BODY);
      break;
    case "/chunked":
      response.setHeader("Trailer", "X-Sum");
      response.write(BODY.slice(0, 5));
      response.write(BODY.slice(5));
      response.addTrailers({ "X-Sum": "1" });
      response.end();
      break;
    case "/close":
      response.setHeader("Connection", "close");
      response.useChunkedEncodingByDefault = false;
      response.end(BODY);
      break;
    case "/gzip":
      response.setHeader("Content-Encoding", "gzip");
      response.end(gzipSync(BODY));
      break;
    case "/deflate":
      response.setHeader("Content-Encoding", "deflate");
      response.end(deflateSync(BODY));
      break;
    case "/bomb":
      response.setHeader("Content-Encoding", "gzip");
      response.end(gzipSync(new Uint8Array(50_000_000)));
      break;
    case "/redirect":
      response.writeHead(302, { Location: "/length", "Content-Length": 0 });
      response.end();
      break;
    case "/nothing":
      response.writeHead(204);
      response.end();
      break;
    case "/cookies":
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.end();
      break;
    case "/echo": {
      let body = "";
      request.on("data", (data) => body += data);
      request.on("end", () =>
        response.end(JSON.stringify({
          method: request.method,
          headers: request.headers,
          body,
        })));
    }
  }
}

const FETCH = `
  local HttpClient = require("mtev.HttpClient")
  function fetch(path, method, limit, port)
    local pieces = {}
    local client = HttpClient:new{ consume = function(text) pieces[#pieces + 1] = text end }
    assert(client:connect("127.0.0.1", port or PORT) == 0)
    client:do_request(method or "GET", path, { Host = "localhost" })
    client:get_response(limit)
    local body = table.concat(pieces)
    client:close()
    return client, body
  end
  function problem(port)
    local ok, text = pcall(fetch, "/", "GET", nil, port)
    return ok and "no error" or (text:gsub("^[^ ]*:%d+: ", ""))
  end
`;

Deno.test("bodies come whole, however they are sent, also a byte at a time", async () => {
  await using server = await listening(http.createServer(answer));
  await using slow = await SlowProxy.start(server.port);
  for (const port of [server.port, slow.port]) {
    const results = await evaluateNet(
      `${FETCH}
      local results = {}
      for _, path in ipairs{ "length", "chunked", "close", "gzip", "deflate" } do
        local client, body = fetch("/" .. path)
        results[#results + 1] = path .. " " .. client.code .. " " .. tostring(body == BODY)
          .. " " .. client.content_bytes .. " " .. tostring(client.truncated)
      end
      local head = select(2, fetch("/length", "HEAD"))
      local redirect = fetch("/redirect")
      local nothing = fetch("/nothing")
      local cookies = fetch("/cookies").cookies
      return table.concat(results, "\\n"), head, redirect.code, redirect.headers.LOCATION,
        nothing.code, cookies[1] .. cookies[2]`,
      { PORT: port, BODY },
    );
    const ok = (name: string) => `${name} 200 true ${BODY.length} nil`;
    assert.deepEqual(results, [
      ["length", "chunked", "close", "gzip", "deflate"].map(ok).join("\n"),
      "",
      302,
      "/length",
      204,
      "a=1b=2",
    ]);
  }
});

Deno.test("a read limit cuts the body, also what a small one inflates to", async () => {
  await using server = await listening(http.createServer(answer));
  const results = await evaluateNet(
    `${FETCH}
    local client, body = fetch("/length", "GET", 100)
    local bomb, inflated = fetch("/bomb", "GET", 1000000)
    return #body, client.truncated, #inflated, bomb.truncated`,
    { PORT: server.port },
  );
  assert.deepEqual(results, [100, true, 1000000, true]);
});

Deno.test("responses that are none are errors", async () => {
  const OK = "HTTP/1.1 200 OK\r\n";
  const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
  const cases: [string, string][] = [
    ["", "no response"],
    ["SSH-2.0-x\r\n", "malformed HTTP response:\nSSH-2.0-x\r\n"],
    [`${OK}no colon\r\n\r\n`, "malformed header line"],
    [`${OK}Half: a header`, "malformed header line"],
    [`${OK}Long: ${"x".repeat(300_000)}\r\n\r\n`, "malformed header line"],
    [`${OK}${"Many: x\r\n".repeat(200_000)}\r\n`, "malformed header line"],
    [`${CHUNKED}`, "bad chunk transfer"],
    [`${CHUNKED}xyz\r\n`, "bad chunk length: xyz\r\n"],
    [`${CHUNKED}-5\r\nhello\r\n`, "bad chunk length: -5\r\n"],
    [
      `${CHUNKED}fffffffffffffffff\r\nx`,
      "bad chunk length: fffffffffffffffff\r\n",
    ],
    [`${CHUNKED}5\r\nhel`, "short chunked read"],
    [`${CHUNKED}5\r\nhelloworld\r\n`, "short chunked boundary read"],
    [`${CHUNKED}0\r\nTrailer`, "bad chunk trailers"],
    [
      `${OK}Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx`,
      "unknown content-encoding: br",
    ],
    [
      `${OK}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\xff\xff\xff`,
      "zlib: data error",
    ],
  ];
  for (const [text, expected] of cases) {
    await using server = await rawServer(text);
    const [problem] = await evaluateNet(`${FETCH} return problem(PORT)`, {
      PORT: server.port,
    });
    assert.equal(problem, expected);
  }
});

Deno.test("odd responses are read all the same", async () => {
  await using server = await rawServer(
    "HTTP/1.1 100 Continue\r\n\r\n" +
      "HTTP/1.0 200\r\nX-Folded: a\r\n  b\r\nX-LIST: 1\r\nx-list: 2\nX-Nul: \0\r\n" +
      "Content-Length: 100\r\n\r\nshort",
  );
  const results = await evaluateNet(
    `${FETCH}
    local client, body = fetch("/")
    local h = client.headers
    return client.code, client.protocol, h["x-folded"], h["X-List"], h["X-NUL"], body,
      client.truncated`,
    { PORT: server.port },
  );
  assert.deepEqual(results, [
    200,
    "HTTP/1.0",
    "a b",
    "1, 2",
    "\0",
    "short",
    true,
  ]);
});

Deno.test("requests have the headers that they should", async () => {
  await using server = await listening(http.createServer(answer));
  const [text] = await evaluateNet(
    `
    local client = require("mtev.HttpClient"):new{ consume = function(text) BODY = text end }
    client:connect("127.0.0.1", PORT)
    client:do_request("POST", "/echo", { HOST = "h", ["accept-encoding"] = "br", ACCEPT = "x/y",
      ["content-length"] = 99 }, "payload")
    client:get_response()
    return BODY`,
    { PORT: server.port },
  );
  const { method, headers, body } = JSON.parse(String(text));
  assert.equal(method, "POST");
  assert.equal(body, "payload");
  assert.deepEqual(headers, {
    host: "h",
    accept: "x/y",
    "accept-encoding": "gzip, deflate",
    "content-length": "7",
    "user-agent": "libmtev/0",
  });
});

Deno.test("set_timeout() ends a response that does not come", async () => {
  await using server = await listening(net.createServer((socket) => {
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-"));
  }));
  const results = await evaluateNet(
    `
    local client, fired = require("mtev.HttpClient"):new(), 0
    client:connect("127.0.0.1", PORT)
    client:set_timeout(0.02, function() fired = fired + 1 end)
    client:do_request("GET", "/", {})
    local ok = pcall(client.get_response, client)
    return ok, fired, client:read(1), fired`,
    { PORT: server.port },
  );
  assert.deepEqual(results, [false, 1, undefined, 1]);
});

Deno.test({
  name: `auth_digest() answers challenges${LIBCRYPTO_MISSING}`,
  ignore: LIBCRYPTO_MISSING !== "",
  fn: testDigest,
});

async function testDigest(): Promise<void> {
  // RFC 2617 §3.5 without qop, as RFC 2069 has it.
  const results = await evaluateNet(`
    local client = require("mtev.HttpClient"):new()
    local challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"'
    local plain = client:auth_digest("GET", "/dir/index.html", "Mufasa", "Circle Of Life", challenge)
    local qop = client:auth_digest("GET", "/", "u", "p", challenge .. ', qop="auth,auth-int"')
    return plain:match('response="(%x+)"'), plain:match('opaque="(.-)"'),
      qop:match("qop=(%a+), nc=(%d+)"), message(client.auth_digest, client, "GET", "/", "u", "p",
      challenge .. ', qop="auth-int"')`);
  assert.deepEqual(results, [
    "670fd8c2df070c60b045671b8b24ff02",
    "5ccc",
    "auth",
    "qop=auth-int is unsupported",
  ]);
}

Deno.test("mtev.Api decodes JSON, and says what is wrong with it", async () => {
  await using server = await listening(
    http.createServer((request, response) => {
      response.end(request.url === "/bad" ? '{"a":' : '{"a":[1]}');
    }),
  );
  const results = await evaluateNet(
    `
    local api = mtev.Api:http("127.0.0.1", PORT)
    local bad = api:get("/bad")
    return api:get("/"):json().a[1], message(bad.json, bad)`,
    { PORT: server.port },
  );
  assert.deepEqual(results, [1, "json parse error: continue @5"]);
});

Deno.test("mtev.Api does not reach a host without an address", async () => {
  await using dns = await DnsServer.start(() => ({ packet: { flags: 3 } }));
  Deno.env.set("NSCACHEIP", dns.address);
  try {
    const results = await evaluateNet(
      `local r = mtev.Api:http("nowhere.example", 80):get("/") return r:rc(), r:text()`,
    );
    assert.deepEqual(results, [-1, "DNS lookup failed"]);
  } finally {
    Deno.env.delete("NSCACHEIP");
  }
});

Deno.test({
  name: "mtev.Api speaks HTTPS, also a byte at a time",
  ignore: !hasOpenssl, // no openssl to make certificates with
  async fn() {
    using pki = await Pki.make();
    const server = https.createServer({
      cert: Deno.readTextFileSync(pki.certificate("server")),
      key: Deno.readTextFileSync(pki.key("server")),
    }, answer);
    await using secure = await listening(server);
    await using slow = await SlowProxy.start(secure.port);
    for (const port of [secure.port, slow.port]) {
      const results = await evaluateNet(
        `
        local api = mtev.Api:https("127.0.0.1", PORT, nil, { ca_chain = CA })
        local r = api:get("/length")
        return r:rc(), r:text() == BODY`,
        { PORT: port, CA: pki.certificate("ca"), BODY },
      );
      assert.deepEqual(results, [200, true]);
    }
  },
});
