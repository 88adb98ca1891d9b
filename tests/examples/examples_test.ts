/** Runs every module in examples/ and compares what it prints. */
import assert from "node:assert/strict";
import { PCRE2_MISSING } from "../support/libraries.ts";
import { luamtev, ROOT } from "../support/luamtev.ts";

const EXPECTED: Readonly<Record<string, string>> = {
  certificate_request: "request for /CN=example.com\n",
  hello: "hello from luamtev\n",
  json_to_xml: `<?xml version="1.0" encoding="utf8"?>
<document>
  <hosts>
    <item>a.example</item>
    <item>b.example</item>
  </hosts>
  <limits>
    <load>0.75</load>
    <memory>512 MB</memory>
  </limits>
  <note>tests &lt; 5 min &amp; green</note>
  <replicas>3</replicas>
  <service>checkout</service>
</document>
`,
  libc: `strlen: 5
a process: true
after 2020: true
pi is 3.142, 64 bits
sorted: 4 9 15 26 31
64 bits: 9007199254740993ULL 18446744073709551615ULL
no such file: No such file or directory
`,
  log_grep: `2026-11-21 10:00:02 GET /missing status=404 time=3
  1: GET
  2: /missing
  3: 404
2026-11-21 10:00:02 POST /orders status=500 time=1873
  1: POST
  2: /orders
  3: 500
2 lines
`,
  parallel_map: `primes from 1 to 1000: 168
primes from 1001 to 2000: 135
primes from 2001 to 3000: 127
primes from 3001 to 4000: 120
primes from 4001 to 5000: 119
primes from 5001 to 6000: 114
primes from 6001 to 7000: 117
primes from 7001 to 8000: 107
`,
  ping_pong: `ping 1
pong 2
ping 3
pong 4
ping 5
pong 6
the count is 7
nobody called
`,
  supervise: `start 1 ended with code 1, after: error: out of luck
start 2 ended with code 2, after: error: out of luck
the service has done its work at start 3
`,
  timer_wheel: "fired: 1 3 5 12 20\npending: 0\n",
};

/** Options of luamtev that an example is about. */
const OPTIONS: Readonly<Record<string, string[]>> = {
  parallel_map: ["--concurrent", "-n", "4"],
};

/** Examples that net_examples_test.ts runs. */
const NEED_A_PEER = [
  "certificate",
  "dns_lookup",
  "echo_server",
  "http_get",
  "tls_client",
  "tls_echo_server",
];

Deno.test("every example has an expectation", () => {
  const names = [...Deno.readDirSync(`${ROOT}examples`)]
    .map(({ name }) => name)
    .filter((name) => name.endsWith(".lua"))
    .map((name) => name.slice(0, -".lua".length));
  assert.deepEqual(
    names.sort(),
    [...Object.keys(EXPECTED), ...NEED_A_PEER].sort(),
  );
});

for (const [name, stdout] of Object.entries(EXPECTED)) {
  const missing = name === "log_grep" ? PCRE2_MISSING : "";
  Deno.test({
    name: `example ${name} prints what it should${missing}`,
    ignore: missing !== "",
    async fn() {
      const result = await luamtev([
        ...OPTIONS[name] ?? [],
        `${ROOT}examples/${name}.lua`,
      ]);
      assert.deepEqual(result, { code: 0, signal: null, stdout, stderr: "" });
    },
  });
}
