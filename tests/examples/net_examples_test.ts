/** The examples that need a peer: run with real clients and servers. */
import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { DnsServer } from "../support/dns_server.ts";
import { luamtev, ROOT } from "../support/luamtev.ts";
import { hasOpenssl, Pki } from "../support/pki.ts";

/** A module that prints `listening on`, its address and port, and runs for ever. */
class RunningServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, readonly port: number) {
    this.#child = child;
  }

  static async start(
    name: string,
    args: string[] = [],
  ): Promise<RunningServer> {
    const child = new Deno.Command(`${ROOT}bin/luamtev`, {
      args: [`${ROOT}examples/${name}.lua`, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
    let text = "";
    for await (
      const chunk of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += chunk;
      if (text.includes("\n")) break;
    }
    clearTimeout(deadline);
    const port = /^listening on\t127\.0\.0\.1\t(\d+)\n/.exec(text)?.[1];
    return new RunningServer(child, Number(port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

function example(name: string, args: string[]) {
  return luamtev([`${ROOT}examples/${name}.lua`, ...args]);
}

Deno.test("example echo_server sends back lines", async () => {
  await using server = await RunningServer.start("echo_server");
  const socket = net.connect(server.port, "127.0.0.1");
  socket.end("one\ntwo\n");
  let text = "";
  for await (const chunk of socket) text += chunk;
  assert.equal(text, "one\ntwo\n");
});

Deno.test("example dns_lookup prints records", async () => {
  await using server = await DnsServer.start(({ name, type }) =>
    type === "MX"
      ? [{ name, type, ttl: 5, data: { preference: 1, exchange: "m.example" } }]
      : []
  );
  const found = await example("dns_lookup", [
    "a.example",
    "MX",
    server.address,
  ]);
  assert.equal(found.stdout, "5\tmx=m.example preference=1\n");
  assert.equal(found.code, 0);
  const none = await example("dns_lookup", ["a.example", "A", server.address]);
  assert.equal(none.code, 1);
});

Deno.test("example http_get prints status, headers and body", async () => {
  const server = http.createServer((_, response) => {
    response.sendDate = false;
    response.setHeader("Content-Type", "text/plain");
    response.setHeader("Connection", "close");
    response.end("hello\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const result = await example("http_get", [`http://localhost:${port}/x`]);
  await new Promise((resolve) => server.close(resolve));
  assert.match(
    result.stdout,
    /^HTTP\/1\.1 200\nconnection: close\n(content-length: 6\n)?content-type: text\/plain\n(transfer-encoding: chunked\n)?\nhello\n$/,
  );
  assert.equal(result.code, 0);
});

Deno.test({
  name: "examples tls_echo_server, tls_client and certificate",
  ignore: !hasOpenssl, // no openssl to make certificates with
  async fn() {
    using pki = await Pki.make();
    const pair = (name: string) => [pki.certificate(name), pki.key(name)];
    const ca = pki.certificate("ca");
    await using server = await RunningServer.start(
      "tls_echo_server",
      pair("server"),
    );
    const address = ["127.0.0.1", String(server.port)];
    const client = (host: string, authority: string) =>
      example("tls_client", [...address, authority, host, "hello"]);
    assert.equal((await client("server.test", ca)).stdout, "hello\n");
    assert.equal(
      (await client("other.test", ca)).stdout,
      "refused: host header does not match CN or SANs in certificate\n",
    );
    assert.equal(
      (await client("server.test", pki.certificate("self"))).stdout,
      "refused: unable to get local issuer certificate\n",
    );
    const shown = await example("certificate", [...address, "server.test", ca]);
    assert.match(shown.stdout, /^subject\t\/C=DE\/O=Test\/CN=server\.test$/m);
    assert.match(shown.stdout, /^verdict\tok$/m);
    assert.match(shown.stdout, /^connection\tTLSv1\.3\t/m);
    assert.equal(await opensslSays(address.join(":"), ca), "from openssl\n");
  },
});

/** Sends a line with openssl's client, which is not ours, and returns the first of the answer. */
async function opensslSays(address: string, ca: string): Promise<string> {
  const child = new Deno.Command("openssl", {
    args: [
      ...["s_client", "-quiet", "-verify_return_error", "-CAfile", ca],
      ...["-servername", "server.test", "-connect", address],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("from openssl\n"));
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  clearTimeout(deadline);
  child.kill("SIGKILL");
  await writer.close().catch(() => {});
  await child.status;
  return text;
}
