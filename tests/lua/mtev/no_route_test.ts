/**
 * Addresses to which there is no way. The programs run in a network of their own without a single
 * interface up (`unshare`), so nothing can be sent anywhere.
 */
import assert from "node:assert/strict";
import { ROOT, run, TestFolder } from "../../support/luamtev.ts";

const ALONE = ["--map-root-user", "--net"];
const CANNOT = await (async () => {
  try {
    const { code, stderr } = await run("unshare", [...ALONE, "true"]);
    return code === 0 ? "" : ` (skipped: ${stderr.trim()})`;
  } catch {
    return " (skipped: no unshare, in Debian's util-linux)";
  }
})();

async function alone(body: string): Promise<string> {
  using folder = new TestFolder();
  const path = folder.module(`function main() ${body} os.exit(0) end`);
  const command = [`${ROOT}bin/luamtev`, path];
  const { stdout, stderr } = await run("unshare", [...ALONE, ...command]);
  return stdout + stderr;
}

Deno.test({
  name:
    `connections and datagrams without a route are refused at once${CANNOT}`,
  ignore: CANNOT !== "",
  async fn() {
    const output = await alone(`
      for _, family in ipairs{ "inet", "inet6" } do
        local address = family == "inet" and "192.0.2.1" or "2001:db8::1"
        print(mtev.socket(family):connect(address, 80))
        print(mtev.socket(family, "udp"):sendto("x", address, 53))
      end`);
    // Without an address of its own there is no source either.
    assert.match(
      output,
      /^(-1\tNetwork is unreachable\n){2}(-1\t(Network is unreachable|Cannot assign requested address)\n){2}$/,
    );
  },
});

Deno.test({
  name: `HTTP, WebSocket and DNS end where there is no route${CANNOT}`,
  ignore: CANNOT !== "",
  async fn() {
    const output = await alone(`
      local response = mtev.Api:http("192.0.2.1", 80):get("/")
      print(response:rc(), response:text())
      local function gone() mtev.notify("gone") end
      print(mtev.websocket_client_connect("192.0.2.1", 80, "/", nil, { cleanup = gone }))
      print(select("#", mtev.dns("192.0.2.1"):lookup("a.example")))`);
    assert.equal(output, "-1\tclient:connect failed\nfalse\n0\n");
  },
});
