/** curl as the client of an HTTP server that is written in Lua, in plain and over TLS. */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { run, TestFolder } from "../../support/luamtev.ts";
import { hasOpenssl, Pki } from "../../support/pki.ts";
import { reasonWithout } from "../../support/server_program.ts";
import { SlowProxy } from "../../support/slow_proxy.ts";

const CURL_MISSING = await reasonWithout("curl");

/** Sends bodies back, in chunks when it is told to, on connections that stay. */
const SERVER = `
  local function body_of(c, headers)
    if headers:match("\\r\\n[Ee]xpect: 100%-continue") then
      c:write("HTTP/1.1 100 Continue\\r\\n\\r\\n")
    end
    local length = headers:match("\\r\\n[Cc]ontent%-[Ll]ength: (%d+)")
    if length then return c:read(tonumber(length)) end
    local pieces = {}
    if headers:match("\\r\\n[Tt]ransfer%-[Ee]ncoding: chunked") then
      repeat
        local size = tonumber(c:read("\\r\\n"):match("^%x+"), 16)
        pieces[#pieces + 1] = c:read(size)
        c:read("\\r\\n")
      until size == 0
    end
    return table.concat(pieces)
  end
  local function serve(c)
    local requests = 0
    while true do
      local headers = c:read("\\r\\n\\r\\n")
      if not headers then break end
      local method, path = headers:match("^(%S+) (%S+) HTTP/1.1\\r\\n")
      local body = body_of(c, headers)
      requests = requests + 1
      local head = ("HTTP/1.1 200 OK\\r\\nX-Seen: %s %s\\r\\nX-Request: %d\\r\\n"):format(method, path, requests)
      if path == "/chunked" then
        c:write(head .. "Transfer-Encoding: chunked\\r\\n\\r\\n")
        for start = 1, #body, 1000 do
          local piece = body:sub(start, start + 999)
          c:write(("%x\\r\\n%s\\r\\n"):format(#piece, piece))
        end
        c:write("0\\r\\n\\r\\n")
      else
        c:write(head .. "Content-Length: " .. #body .. "\\r\\n\\r\\n" .. body)
      end
    end
    c:close()
  end
  local l = mtev.socket()
  assert(l:bind("127.0.0.1", 0) == 0 and l:listen(8) == 0)
  local _, port = l:sock_name()
  mtev.coroutine_spawn(function()
    local l = l:own()
    while true do
      local c = l:accept()
      mtev.coroutine_spawn(function()
        local c = c:own()
        if not TLS or c:ssl_upgrade_socket(TLS) == 0 then serve(c) end
      end)
    end
  end)
  return port`;

async function withServer(
  tls: Record<string, string> | undefined,
  body: (port: number) => Promise<void>,
): Promise<void> {
  await using runtime = await createRuntime({ stderr: () => {} });
  const fields = Object.entries(tls ?? {})
    .map(([key, value]) => `${key} = "${value}"`);
  const source = tls === undefined ? "" : `TLS = { ${fields.join(", ")} }\n`;
  const [port] = await runtime.eval(source + SERVER) as LuaValue[];
  await body(Number(port));
}

async function curl(...options: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("curl", [
    ...["--silent", "--show-error", "--max-time", "25", "--noproxy", "*"],
    ...options,
  ]);
  assert.equal(code, 0, stderr);
  return stdout;
}

const TEXT = "The quick brown fox jumps over the lazy dog.\n".repeat(50_000);

Deno.test({
  name:
    `curl sends and gets bodies of every kind on one connection${CURL_MISSING}`,
  ignore: CURL_MISSING !== "",
  async fn() {
    using folder = new TestFolder();
    const file = folder.write("body", TEXT);
    await withServer(undefined, async (port) => {
      const url = `http://127.0.0.1:${port}`;
      // Over 1 MB curl waits for the server to say that it may go on.
      const output = `${folder.path}/output`;
      await curl("--data-binary", `@${file}`, "--output", output, `${url}/all`);
      assert.ok(await Deno.readTextFile(output) === TEXT);
      const chunked = ["--header", "Transfer-Encoding: chunked"];
      const path = `${url}/chunked`;
      await curl(...chunked, "--upload-file", file, "--output", output, path);
      assert.ok(await Deno.readTextFile(output) === TEXT);
      const format = "%header{x-seen} %header{x-request} %{num_connects}\n";
      const ask = (method: string, path: string) => [
        ...["--request", method, "--data", "x", "--output", "/dev/null"],
        ...["--write-out", format, url + path],
      ];
      assert.equal(
        await curl(...ask("POST", "/a"), "--next", ...ask("PUT", "/b?c")),
        "POST /a 1 1\nPUT /b?c 2 0\n",
      );
    });
  },
});

Deno.test({
  name: `curl trusts and checks the server's certificate${CURL_MISSING}`,
  ignore: CURL_MISSING !== "" || !hasOpenssl, // no openssl to make certificates with
  async fn() {
    using pki = await Pki.make();
    const tls = {
      mode: "server",
      certificate_file: pki.certificate("server"),
      key_file: pki.key("server"),
    };
    await withServer(tls, async (port) => {
      await using slow = await SlowProxy.start(port);
      for (const through of [port, slow.port]) {
        const options = (name: string) => [
          ...["--cacert", pki.certificate("ca"), "--data", "hello"],
          ...["--resolve", `${name}:${through}:127.0.0.1`],
          `https://${name}:${through}/`,
        ];
        assert.equal(await curl(...options("server.test")), "hello");
        await assert.rejects(curl(...options("other.test")), /certificate/);
      }
    });
  },
});
