/** TLS against openssl's client and server: versions, protocols, certificates of both sides. */
import assert from "node:assert/strict";
import { createRuntime } from "../../../mod.ts";
import { run } from "../../support/luamtev.ts";
import { evaluateNet } from "../../support/lua_net.ts";
import { hasOpenssl, Pki } from "../../support/pki.ts";
import { ServerProgram } from "../../support/server_program.ts";
import { SlowProxy } from "../../support/slow_proxy.ts";

const OPENSSL_MISSING = hasOpenssl ? "" : " (skipped: no openssl)";

let pki: Pki;
Deno.test.beforeAll(async () => {
  if (hasOpenssl) pki = await Pki.make();
});
Deno.test.afterAll(() => pki?.[Symbol.dispose]());

/** openssl's server that sends lines back from their end to their beginning. */
function reversingServer(...options: string[]): Promise<ServerProgram> {
  return ServerProgram.start((port) => [
    ...["openssl", "s_server", "-rev", "-accept", `127.0.0.1:${port}`],
    ...["-cert", pki.certificate("server"), "-key", pki.key("server")],
    ...options,
  ], /^ACCEPT/m);
}

Deno.test({
  name: `openssl s_server: versions and ALPN${OPENSSL_MISSING}`,
  ignore: !hasOpenssl,
  async fn() {
    for (const version of ["1.2", "1.3"]) {
      const option = `-tls${version.replace(".", "_")}`;
      await using server = await reversingServer(option, "-alpn", "echo");
      const results = await evaluateNet(
        `
        local c = dial(PORT)
        assert(c:ssl_upgrade_socket({ ca_chain = CA, alpn = "none,echo" }, "server.test") == 0)
        c:write("stressed\\n")
        local line = c:read("\\n")
        local x = c:ssl_ctx()
        return line, x.protocol, x.alpn, x.verdict`,
        { PORT: server.port, CA: pki.certificate("ca") },
      );
      const expected = ["desserts\n", `TLSv${version}`, "echo", "ok"];
      assert.deepEqual(results, expected);
    }
  },
});

Deno.test({
  name:
    `openssl s_server: the name asked for chooses its certificate${OPENSSL_MISSING}`,
  ignore: !hasOpenssl,
  async fn() {
    await using server = await reversingServer(
      ...["-servername", "below.test", "-servername_fatal"],
      ...["-cert2", pki.certificate("below"), "-key2", pki.key("below")],
    );
    const results = await evaluateNet(
      `
      local function subject(name)
        local c = dial(PORT)
        local result, message = c:ssl_upgrade_socket({ ca_chain = CA }, name)
        local subject = result == 0 and c:ssl_ctx().subject or type(message)
        c:close()  -- the server has one connection at a time
        return subject
      end
      return subject("below.test"), subject(nil), subject("other.test")`,
      { PORT: server.port, CA: pki.certificate("ca") },
    );
    assert.deepEqual(results, [
      "/C=DE/O=Test/CN=below.test",
      "/C=DE/O=Test/CN=server.test",
      "string",
    ]);
  },
});

Deno.test({
  name:
    `openssl s_server: a client certificate is shown when one is demanded${OPENSSL_MISSING}`,
  ignore: !hasOpenssl,
  async fn() {
    await using server = await reversingServer(
      ...["-Verify", "2", "-verify_return_error", "-CAfile"],
      pki.certificate("ca"),
    );
    await using slow = await SlowProxy.start(server.port);
    const results = await evaluateNet(
      `
      local function try(port, conf)
        local c = dial(port)
        conf.ca_chain = PKI .. "ca.crt"
        local line
        if c:ssl_upgrade_socket(conf) == 0 then
          c:write("was\\n")
          line = c:read("\\n")
        end
        c:close()
        return line or "refused"
      end
      local function named(name)
        return { certificate_file = PKI .. name .. ".crt", key_file = PKI .. name .. ".key" }
      end
      return try(PORT, named("client")), try(SLOW, named("client")), try(PORT, {}),
        try(PORT, named("self"))`,
      { PORT: server.port, SLOW: slow.port, PKI: `${pki.path}/` },
    );
    assert.deepEqual(results, ["saw\n", "saw\n", "refused", "refused"]);
  },
});

Deno.test({
  name:
    `openssl s_client: versions, ALPN, SNI and client certificates, also a byte at a time${OPENSSL_MISSING}`,
  ignore: !hasOpenssl,
  async fn() {
    const port = Promise.withResolvers<number>();
    await using runtime = await createRuntime({
      stdout: (text) => port.resolve(Number(text)),
      stderr: () => {},
    });
    runtime.state.globals.set("PKI", `${pki.path}/`);
    const served = runtime.eval(`
      local l = mtev.socket()
      assert(l:bind("127.0.0.1", 0) == 0 and l:listen(8) == 0)
      print((select(2, l:sock_name())))
      local seen = {}
      for i = 1, 3 do
        local c = l:accept()
        assert(c:ssl_upgrade_socket{
          mode = "server", certificate_file = PKI .. "server.crt", key_file = PKI .. "server.key",
          ca_chain = PKI .. "ca.crt", alpn = "echo",
        } == 0)
        local x = c:ssl_ctx()
        seen[i] = ("%s %s %s %s %s"):format(x.protocol, x.alpn, x.sni_name,
          (x.subject or ""):match("CN=(.*)"), c:read("\\n"))
        c:write("got it\\n")
        c:close()
      end
      return unpack(seen)`);
    served.catch(() => {}); // looked at below, unless something else fails
    await using slow = await SlowProxy.start(await port.promise);
    const connect = async (port: number, ...options: string[]) => {
      const { stdout, stderr } = await run("openssl", [
        ...["s_client", "-quiet", "-verify_return_error"],
        ...["-CAfile", pki.certificate("ca"), "-servername", "server.test"],
        ...["-verify_hostname", "server.test", "-alpn", "echo"],
        ...["-connect", `127.0.0.1:${port}`, ...options],
      ], { stdin: "hello\n" });
      assert.equal(stdout, "got it\n", stderr);
    };
    const shown = ["-cert", pki.certificate("client"), "-key"];
    await connect(await port.promise, "-tls1_2");
    await connect(await port.promise, "-tls1_3", ...shown, pki.key("client"));
    await connect(slow.port, ...shown, pki.key("client"));
    assert.deepEqual(await served, [
      "TLSv1.2 echo server.test nil hello\n",
      "TLSv1.3 echo server.test client.test hello\n",
      "TLSv1.3 echo server.test client.test hello\n",
    ]);
  },
});
