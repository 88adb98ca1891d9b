/** resolv.conf, hosts files, variables and addresses of servers. */
import assert from "node:assert/strict";
import {
  hostAddresses,
  parseConfiguration,
  parseServer,
  readSystemFile,
} from "../../../runtime/dns/configuration.ts";
import { formatIp } from "../../../runtime/net/ip_address.ts";

function servers(file: string, environment: Record<string, string> = {}) {
  return parseConfiguration(file, environment).servers
    .map(({ ip, port }) => `${formatIp(ip)} ${port}`);
}

Deno.test("parseServer() takes an address with and without a port", () => {
  const text = (address: string) => {
    const server = parseServer(address);
    return server && `${formatIp(server.ip)} ${server.port}`;
  };
  assert.equal(text("127.0.0.1"), "127.0.0.1 53");
  assert.equal(text("127.0.0.1:5353"), "127.0.0.1 5353");
  assert.equal(text("::1"), "::1 53");
  assert.equal(text("[::1]:5353"), "::1 5353");
  assert.equal(text("[::1]"), "::1 53");
  for (
    const wrong of [
      "",
      "localhost",
      "1.2.3",
      "127.0.0.1:",
      "127.0.0.1:0",
      "127.0.0.1:65536",
      "[127.0.0.1]:53",
      "[::1",
      "[]:53",
      "1.2.3.4:5:6",
    ]
  ) assert.equal(text(wrong), undefined, wrong);
});

Deno.test("parseConfiguration() reads resolv.conf", () => {
  const file = `# comment
nameserver 10.0.0.1 ; behind
  nameserver   ::1
nameserver fe80::1%eth0
nameserver
search example.com
options ndots:2 timeout:1 attempts:2
`;
  assert.deepEqual(servers(file), ["10.0.0.1 53", "::1 53"]);
  const { timeoutMs, attempts } = parseConfiguration(file, {});
  assert.deepEqual([timeoutMs, attempts], [1000, 2]);
});

Deno.test("parseConfiguration() has defaults for everything", () => {
  assert.deepEqual(servers(""), ["127.0.0.1 53"]);
  const { timeoutMs, attempts } = parseConfiguration(
    "options timeout:0 attempts:x",
    {},
  );
  assert.deepEqual([timeoutMs, attempts], [4000, 5]);
  assert.equal(
    parseConfiguration("options attempts:9999", {}).attempts,
    10,
  );
});

Deno.test("parseConfiguration() prefers the variables", () => {
  const file = "nameserver 10.0.0.1\noptions timeout:9";
  assert.deepEqual(servers(file, { NAMESERVERS: "1.1.1.1, 2.2.2.2" }), [
    "1.1.1.1 53",
    "2.2.2.2 53",
  ]);
  assert.deepEqual(servers(file, { NSCACHEIP: "3.3.3.3" }), ["3.3.3.3 53"]);
  assert.equal(
    parseConfiguration(file, { RES_OPTIONS: "timeout:2" }).timeoutMs,
    2000,
  );
});

Deno.test("hostAddresses() finds names in any case, in order", () => {
  const file = `127.0.0.1 localhost # comment beside
::1\tLocalHost ip6-localhost
#1.1.1.1 localhost
bad localhost
10.0.0.1 other`;
  const find = (name: string) => hostAddresses(file, name).map(formatIp);
  assert.deepEqual(find("LOCALHOST."), ["127.0.0.1", "::1"]);
  assert.deepEqual(find("comment"), []);
  assert.deepEqual(find("nowhere"), []);
});

Deno.test("readSystemFile() has no text for a file that is not there", () => {
  assert.equal(readSystemFile("/nonexistent/file"), "");
});
