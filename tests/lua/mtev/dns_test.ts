/** mtev.dns from Lua: shapes of results, errors, several at once, cancelling. */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { DnsServer } from "../../support/dns_server.ts";

async function evaluate(source: string): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ stderr: () => {} });
  return await runtime.eval(source);
}

Deno.test("dns:lookup() returns a table for each record", async () => {
  await using server = await DnsServer.start(({ name, type }) =>
    type === "MX"
      ? [10, 20].map((preference) => ({
        name,
        type,
        ttl: preference,
        data: { preference, exchange: `mx${preference}.example` },
      }))
      : [{ name, type: "A", ttl: 300, data: "192.0.2.1" }]
  );
  const results = await evaluate(`
    local dns = mtev.dns("${server.address}")
    local one, two, three = dns:lookup("mail.example.", "mx")
    local a = dns:lookup("host.example")
    return one.mx, one.preference, one.ttl, two.mx, three, a.a, a.ttl`);
  assert.deepEqual(results, [
    "mx10.example",
    10,
    10,
    "mx20.example",
    undefined,
    "192.0.2.1",
    300,
  ]);
});

Deno.test("dns:lookup() returns nothing when there is nothing", async () => {
  await using server = await DnsServer.start(() => []);
  const results = await evaluate(
    `return select("#", mtev.dns("${server.address}"):lookup("a.example"))`,
  );
  assert.deepEqual(results, [0]);
});

Deno.test("dns:lookup() raises what the specification says, once", async () => {
  await using server = await DnsServer.start(({ name }) => [
    { name, type: "A", ttl: 1, data: "192.0.2.1" },
  ]);
  const results = await evaluate(`
    local dns = mtev.dns("${server.address}")
    local function message(...)
      local _, text = pcall(dns.lookup, dns, ...)
      return text
    end
    local long = ("x"):rep(64)
    return message("a", "bogus"), message("a", "A", "bogus"), message("a..b"),
      message("a", long), message("a", "A", long), dns:lookup("a").a,
      dns:lookup("a", "a", "in").a, select("#", dns:lookup("a", nil))`);
  assert.deepEqual(results, [
    "dns: bad rr type\n",
    "dns: bad class\n",
    "dns: submission error\n",
    "rtype parameter too long",
    "ctype parameter too long",
    "192.0.2.1",
    "192.0.2.1",
    1,
  ]);
});

Deno.test("one resolver serves 100 coroutines at once", async () => {
  await using server = await DnsServer.start(({ name }) => [{
    name,
    type: "TXT",
    ttl: 1,
    data: [name],
  }]);
  const results = await evaluate(`
    local dns, right = mtev.dns("${server.address}"), 0
    for i = 1, 100 do
      mtev.coroutine_spawn(function()
        local name = "n" .. i .. ".example"
        if dns:lookup(name, "TXT").txt == name then right = right + 1 end
        mtev.notify("done")
      end)
    end
    for i = 1, 100 do mtev.waitfor("done", 20) end
    return right`);
  assert.deepEqual(results, [100]);
});

Deno.test("a coroutine cancelled in a lookup leaves nothing", async () => {
  await using server = await DnsServer.start(() => undefined);
  // What it left would be found by the sanitizer of descriptors.
  await evaluate(`
    local co
    mtev.coroutine_spawn(function()
      co = coroutine.running()
      mtev.dns("${server.address}"):lookup("a.example")
      error("it was cancelled")
    end)
    mtev.sleep(0.02)
    mtev.cancel_coro(co)
    mtev.sleep(0)`);
});

Deno.test("mtev.dns() makes a plain coroutine managed", async () => {
  const results = await evaluate(`
    local before, after
    coroutine.wrap(function()
      before = pcall(mtev.socket)
      mtev.dns()
      after = pcall(mtev.socket)
    end)()
    return before, after`);
  assert.deepEqual(results, [false, true]);
});

Deno.test("the objects for addresses know what is one", async () => {
  const results = await evaluate(`
    local valid, family, raw = mtev.inet_pton("::1")
    return valid, family, type(raw), mtev.inet_pton("x"),
      select("#", mtev.inet_pton("x")), mtev.getip_ipv4("127.0.0.1")`);
  assert.deepEqual(results, [
    true,
    "inet6",
    "userdata",
    false,
    1,
    "127.0.0.1",
  ]);
});
