/** mtev.HttpClient and mtev.Api against nginx, in plain and over TLS. */
import assert from "node:assert/strict";
import { TestFolder } from "../../support/luamtev.ts";
import { evaluateNet } from "../../support/lua_net.ts";
import { hasOpenssl, Pki } from "../../support/pki.ts";
import { reasonWithout, ServerProgram } from "../../support/server_program.ts";

const NGINX_MISSING = await reasonWithout("nginx", "nginx-light");
const TEXT = "The quick brown fox jumps over the lazy dog.\n".repeat(2000);

function configuration(folder: string, port: number, tls: string): string {
  return `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr notice;
events {}
http {
  access_log off;
  ${
    ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")
  }
  types { text/plain txt; application/json json; application/xml xml; }
  gzip_types text/plain;
  server {
    listen 127.0.0.1:${port}${tls === "" ? "" : " ssl"};
    ${tls}
    root ${folder}/files;
    location /gzip/ { alias ${folder}/files/; gzip on; }
    location /chunked/ {
      alias ${folder}/files/;
      ssi on;
      ssi_types text/plain;
      add_trailer X-Trailer last always;
    }
    location /nothing { return 204; }
    location /moved { return 302 /text.txt; }
    location /seen { return 200 "$request_method $http_x_mine $http_user_agent $content_length"; }
    location /cookies { add_header Set-Cookie a=1; add_header Set-Cookie b=2; return 200 ok; }
  }
}
`;
}

/** nginx with a few files. */
async function nginx(folder: TestFolder, tls = ""): Promise<ServerProgram> {
  folder.write("files/text.txt", TEXT);
  folder.write("files/empty.txt", "");
  folder.write("files/value.json", '{"list":[1,2,{"deep":true}]}');
  folder.write("files/value.xml", "<root><a b='c'>text</a></root>");
  return await ServerProgram.start((port) => {
    const path = folder.write(
      "nginx.conf",
      configuration(folder.path, port, tls),
    );
    return ["nginx", "-p", folder.path, "-e", "stderr", "-c", path];
  }, /using the "epoll" event method/);
}

Deno.test({
  name:
    `nginx: each way of sending a body, all on one connection${NGINX_MISSING}`,
  ignore: NGINX_MISSING !== "",
  async fn() {
    using folder = new TestFolder();
    await using server = await nginx(folder);
    const results = await evaluateNet(
      `
      local pieces
      local client = require("mtev.HttpClient"):new{
        consume = function(text) pieces[#pieces + 1] = text end,
      }
      assert(client:connect("127.0.0.1", PORT) == 0)
      local results = {}
      local function ask(method, path, headers, payload)
        pieces = {}
        headers = headers or {}
        headers.Host = "localhost"
        client:do_request(method, path, headers, payload)
        client:get_response()
        local body = table.concat(pieces)
        results[#results + 1] = ("%s %s %d %s"):format(method, path, client.code,
          body == TEXT and "all" or tostring(#body))
        return client.headers, body
      end
      assert(not ask("GET", "/text.txt")["content-encoding"])
      local headers = ask("GET", "/gzip/text.txt")
      assert(headers["content-encoding"] == "gzip" and headers["transfer-encoding"] == "chunked")
      assert(client.raw_bytes < 2000 and client.content_bytes == #TEXT)
      headers = ask("GET", "/chunked/text.txt", { TE = "trailers" })
      assert(headers["transfer-encoding"] == "chunked" and not headers["content-encoding"])
      local date = ask("HEAD", "/text.txt")["last-modified"]
      ask("GET", "/text.txt", { ["If-Modified-Since"] = date })
      ask("GET", "/empty.txt")
      headers = ask("GET", "/text.txt", { Range = "bytes=4-8" })
      assert(headers["content-range"] == "bytes 4-8/" .. #TEXT)
      ask("GET", "/nothing")
      assert(ask("GET", "/moved").location:find("/text.txt", 1, true))
      ask("GET", "/none")
      local _, seen = ask("POST", "/seen", { ["X-Mine"] = "y" }, "payload")
      ask("GET", "/cookies")
      return table.concat(results, "\\n"), seen, table.concat(client.cookies, ";")`,
      { PORT: server.port, TEXT },
    );
    const lines = String(results[0]).split("\n");
    assert.deepEqual(lines.filter((line) => !/ (302|404) /.test(line)), [
      "GET /text.txt 200 all",
      "GET /gzip/text.txt 200 all",
      "GET /chunked/text.txt 200 all",
      "HEAD /text.txt 200 0",
      "GET /text.txt 304 0",
      "GET /empty.txt 200 0",
      "GET /text.txt 206 5",
      "GET /nothing 204 0",
      "POST /seen 200 18",
      "GET /cookies 200 2",
    ]);
    assert.equal(lines.length, 12);
    assert.deepEqual(results.slice(1), ["POST y libmtev/0 7", "a=1;b=2"]);
  },
});

Deno.test({
  name:
    `nginx: bodies that end with the connection, and read limits${NGINX_MISSING}`,
  ignore: NGINX_MISSING !== "",
  async fn() {
    using folder = new TestFolder();
    await using server = await nginx(folder);
    const results = await evaluateNet(
      `
      local function fetch(path, version, limit)
        local pieces = {}
        local client = require("mtev.HttpClient"):new{
          consume = function(text) pieces[#pieces + 1] = text end,
        }
        assert(client:connect("127.0.0.1", PORT) == 0)
        client:do_request("GET", path, { Host = "localhost" }, nil, version)
        client:get_response(limit)
        client:close()
        return client, table.concat(pieces)
      end
      local old, whole = fetch("/chunked/text.txt", "1.0")
      local _, start = fetch("/text.txt", nil, 100)
      local _, inflated = fetch("/gzip/text.txt", nil, 100)
      return whole == TEXT, old.headers["content-length"], old.headers.connection,
        start == TEXT:sub(1, 100), inflated == start`,
      { PORT: server.port, TEXT },
    );
    assert.deepEqual(results, [true, undefined, "close", true, true]);
  },
});

Deno.test({
  name: `nginx: mtev.Api decodes what it serves, also over TLS${NGINX_MISSING}`,
  ignore: NGINX_MISSING !== "" || !hasOpenssl,
  async fn() {
    using folder = new TestFolder();
    using pki = await Pki.make();
    await using plain = await nginx(folder);
    using secured = new TestFolder();
    await using secure = await nginx(
      secured,
      `ssl_certificate ${pki.certificate("server")};
       ssl_certificate_key ${pki.key("server")};
       ssl_client_certificate ${pki.certificate("ca")};
       ssl_verify_client optional;
       location /client { return 200 "$ssl_client_verify $ssl_client_s_dn $ssl_server_name"; }`,
    );
    const results = await evaluateNet(
      `
      local tls = { ca_chain = CA, certificate_file = CERTIFICATE, key_file = KEY }
      local results = {}
      for _, api in ipairs{
        mtev.Api:http("127.0.0.1", PLAIN), mtev.Api:https("127.0.0.1", SECURE, nil, tls),
      } do
        results[#results + 1] = tostring(api:get("/value.json"):check():json().list[3].deep)
        results[#results + 1] = api:get("/value.xml"):xml():root():contents()
        results[#results + 1] = tostring(api:get("/gzip/text.txt"):text() == TEXT)
        results[#results + 1] = api:post("/seen", "x"):text()
        results[#results + 1] = tostring((pcall(api:get("/none").check, api:get("/none"))))
      end
      local client = mtev.Api:https("127.0.0.1", SECURE, nil, tls):get("/client"):text()
      return table.concat(results, ","), client`,
      {
        PLAIN: plain.port,
        SECURE: secure.port,
        TEXT,
        CA: pki.certificate("ca"),
        CERTIFICATE: pki.certificate("client"),
        KEY: pki.key("client"),
      },
    );
    const each = "true,text,true,POST  libmtev/0 1,false";
    assert.deepEqual(results, [
      `${each},${each}`,
      "SUCCESS CN=client.test,O=Test,C=DE ",
    ]);
  },
});
