/** mtev.dns against dnsmasq: every kind of record it serves, aliases, answers too long for UDP. */
import assert from "node:assert/strict";
import { TestFolder } from "../../support/luamtev.ts";
import { evaluateNet } from "../../support/lua_net.ts";
import { reasonWithout, ServerProgram } from "../../support/server_program.ts";
import { SlowProxy } from "../../support/slow_proxy.ts";

const DNSMASQ_MISSING = await reasonWithout("dnsmasq", "dnsmasq-base");
/** Addresses of one name: far more than a datagram of 512 bytes holds. */
const MANY = 200;

async function dnsmasq(folder: TestFolder): Promise<ServerProgram> {
  const hosts = folder.write(
    "hosts",
    Array.from({ length: MANY }, (_, i) => `10.1.0.${i + 1} big.test\n`)
      .join(""),
  );
  return await ServerProgram.start((port) => [
    "dnsmasq",
    "--keep-in-foreground",
    "--conf-file=/dev/null",
    "--no-resolv",
    "--no-hosts",
    "--user=root",
    "--pid-file=",
    "--log-facility=-",
    "--listen-address=127.0.0.1",
    "--bind-interfaces",
    `--port=${port}`,
    "--local=/test/",
    "--local-ttl=77",
    `--addn-hosts=${hosts}`,
    "--host-record=a.test,192.0.2.7,2001:db8::7",
    "--host-record=a.test,192.0.2.8",
    "--cname=alias.test,a.test",
    "--cname=second.test,alias.test",
    "--mx-host=m.test,mail.test,10",
    "--mx-host=m.test,spare.test,20",
    "--txt-record=t.test,one,two",
    "--srv-host=_x._tcp.test,a.test,80,1,2",
    "--ptr-record=9.2.0.192.in-addr.arpa,nine.test",
  ], /started, version/);
}

Deno.test({
  name: `dnsmasq: records of each type${DNSMASQ_MISSING}`,
  ignore: DNSMASQ_MISSING !== "",
  async fn() {
    using folder = new TestFolder();
    await using server = await dnsmasq(folder);
    const results = await evaluateNet(
      `
      local dns = mtev.dns("127.0.0.1:" .. PORT)
      local function ask(...)
        local lines = {}
        for _, record in ipairs{ dns:lookup(...) } do
          local fields = {}
          for key, value in pairs(record) do fields[#fields + 1] = key .. "=" .. value end
          table.sort(fields)
          lines[#lines + 1] = table.concat(fields, " ")
        end
        table.sort(lines)
        return table.concat(lines, "\\n")
      end
      return ask("a.test"), ask("A.Test.", "AAAA"), ask("second.test", "a"),
        ask("second.test", "CNAME"), ask("m.test", "MX"), ask("t.test", "TXT"),
        ask("_x._tcp.test", "SRV"), ask("9.2.0.192.in-addr.arpa", "PTR"),
        select("#", dns:lookup("none.test")), select("#", dns:lookup("a.test", "MX"))`,
      { PORT: server.port },
    );
    assert.deepEqual(results, [
      "a=192.0.2.7 ttl=77\na=192.0.2.8 ttl=77",
      "aaaa=2001:db8::7 ttl=77",
      "a=192.0.2.7 ttl=77\na=192.0.2.8 ttl=77",
      "cname=alias.test ttl=77",
      "mx=mail.test preference=10 ttl=77\nmx=spare.test preference=20 ttl=77",
      "ttl=77 txt=onetwo",
      "ttl=77",
      "ptr=nine.test ttl=77",
      0,
      0,
    ]);
  },
});

Deno.test({
  name:
    `dnsmasq: an answer too long for UDP comes over TCP, also a byte at a time${DNSMASQ_MISSING}`,
  ignore: DNSMASQ_MISSING !== "",
  async fn() {
    using folder = new TestFolder();
    await using server = await dnsmasq(folder);
    await using slow = await SlowProxy.start(server.port, { datagrams: true });
    for (const port of [server.port, slow.port]) {
      const results = await evaluateNet(
        `
        local seen, count = {}, 0
        for _, record in ipairs{ mtev.dns("127.0.0.1:" .. PORT):lookup("big.test") } do
          if not seen[record.a] then count = count + 1 end
          seen[record.a] = true
        end
        return count`,
        { PORT: port },
      );
      assert.deepEqual(results, [MANY]);
    }
    assert.ok(slow.bytes > MANY * 16, `${slow.bytes} bytes over TCP`);
  },
});
