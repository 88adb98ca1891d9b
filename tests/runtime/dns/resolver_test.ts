/** Lookups against servers on loopback that answer, lie, stay silent or are not there. */
import assert from "node:assert/strict";
import type { Eventer } from "../../../runtime/eventer/eventer.ts";
import {
  type DnsConfiguration,
  parseServer,
  type Server,
} from "../../../runtime/dns/configuration.ts";
import type { DnsRecord } from "../../../runtime/dns/message.ts";
import { Resolver } from "../../../runtime/dns/resolver.ts";
import {
  bindSocket,
  openSocket,
  rawAddress,
  socketName,
} from "../../../runtime/net/socket.ts";
import { close } from "../../../runtime/posix/descriptors.ts";
import { DnsServer, TRUNCATED } from "../../support/dns_server.ts";
import { eventerTest } from "../../support/eventer.ts";

const AUTO = { autoRun: true };
const QUESTION = { name: "a.example", type: 1, class: 1 };
const RECORD = { name: "a.example", type: "A", ttl: 42, data: "1.2.3.4" };
const FOUND = [{ type: 1, ttl: 42, fields: { a: "1.2.3.4" } }];

function configuration(
  servers: readonly { address: string }[],
  options: Partial<DnsConfiguration> = {},
): DnsConfiguration {
  return {
    servers: servers.map(({ address }) => parseServer(address) as Server),
    timeoutMs: 10_000,
    attempts: 3,
    ...options,
  };
}

function lookup(
  eventer: Eventer,
  config: DnsConfiguration,
  question: typeof QUESTION = QUESTION,
  hosts: string | undefined = undefined,
): Promise<DnsRecord[]> {
  const { promise, resolve } = Promise.withResolvers<DnsRecord[]>();
  new Resolver(eventer, config, hosts).lookup(question, resolve);
  return promise;
}

/** An address of this host where nobody answers: bound, so that nobody else gets it. */
function silent(): Disposable & { address: string } {
  const fd = openSocket("inet", "udp");
  bindSocket(fd, rawAddress("inet", "127.0.0.1", 0)!);
  const name = socketName(fd);
  assert.ok(name !== undefined && name.family !== "unix");
  return {
    address: `127.0.0.1:${name.port}`,
    [Symbol.dispose]: () => void close(fd),
  };
}

eventerTest("lookup() gives the records", async (eventer) => {
  await using server = await DnsServer.start(() => [
    RECORD,
    { ...RECORD, data: "5.6.7.8" },
  ]);
  const records = await lookup(eventer, configuration([server]));
  assert.deepEqual(records.map(({ fields }) => fields.a), [
    "1.2.3.4",
    "5.6.7.8",
  ]);
}, AUTO);

eventerTest(
  "lookup() gives nothing for a name that is not there",
  async (eventer) => {
    await using server = await DnsServer.start(() => ({
      packet: { flags: 3 },
    }));
    assert.deepEqual(await lookup(eventer, configuration([server])), []);
    assert.equal(server.queries.length, 1);
  },
  AUTO,
);

eventerTest("a cut-off answer is asked for again over TCP", async (eventer) => {
  const answers = Array.from({ length: 100 }, () => RECORD);
  await using server = await DnsServer.start(({ tcp }) =>
    tcp ? answers : { packet: { flags: TRUNCATED } }
  );
  assert.equal((await lookup(eventer, configuration([server]))).length, 100);
  assert.deepEqual(server.queries.map(({ tcp }) => tcp), [false, true]);
}, AUTO);

eventerTest("a server that fails over TCP is asked again", async (eventer) => {
  await using server = await DnsServer.start(({ tcp, count }) => {
    if (tcp) return undefined;
    return count < 2 ? { packet: { flags: TRUNCATED } } : [RECORD];
  });
  assert.deepEqual(await lookup(eventer, configuration([server])), FOUND);
}, AUTO);

eventerTest("a lost datagram is sent again", async (eventer) => {
  await using server = await DnsServer.start(({ count }) =>
    count === 0 ? undefined : [RECORD]
  );
  const config = configuration([server], { timeoutMs: 30 });
  assert.deepEqual(await lookup(eventer, config), FOUND);
}, AUTO);

eventerTest(
  "the next server is asked when one fails or is absent",
  async (eventer) => {
    const absent = silent();
    absent[Symbol.dispose](); // nobody there: connection refused
    await using failing = await DnsServer.start(() => ({
      packet: { flags: 2 },
    }));
    await using garbled = await DnsServer.start(({ id }) => ({
      bytes: new Uint8Array([id >> 8, id, 0x80, 0, 9, 9, 9, 9, 9, 9, 9, 9]),
    }));
    await using good = await DnsServer.start(() => [RECORD]);
    const servers = [absent, failing, garbled, good];
    assert.deepEqual(await lookup(eventer, configuration(servers)), FOUND);
  },
  AUTO,
);

eventerTest("lookup() ends when nobody ever answers", async (eventer) => {
  using server = silent();
  const config = configuration([server], { timeoutMs: 5 });
  assert.deepEqual(await lookup(eventer, config), []);
}, AUTO);

eventerTest("an answer to something else is not taken", async (eventer) => {
  await using server = await DnsServer.start(({ id, count }) => {
    if (count === 0) return { packet: { id: id ^ 1, answers: [RECORD] } };
    if (count === 1) {
      const questions = [{ name: "evil.example", type: "A" }];
      return { packet: { questions, answers: [RECORD] } };
    }
    return [{ ...RECORD, data: "9.9.9.9" }];
  });
  const config = configuration([server], { timeoutMs: 30 });
  const [record] = await lookup(eventer, config);
  assert.deepEqual(record?.fields, { a: "9.9.9.9" });
}, AUTO);

eventerTest("a lookup that is given up never calls", async (eventer) => {
  await using server = await DnsServer.start(() => undefined);
  const resolver = new Resolver(eventer, configuration([server]));
  const fail = () => {
    throw new Error("A lookup that was given up called back");
  };
  resolver.lookup(QUESTION, fail).cancel();
  const later = resolver.lookup(QUESTION, fail);
  // Once it has asked, nothing of it may be left either.
  while (server.queries.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  later.cancel();
}, AUTO);

eventerTest("the hosts file answers for addresses", async (eventer) => {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, "10.1.1.1 a.example\n::2 a.example\n");
    await using server = await DnsServer.start(() => []);
    const config = configuration([server]);
    const ask = (type: number) =>
      lookup(eventer, config, { ...QUESTION, type }, file);
    assert.deepEqual(await ask(1), [
      { type: 1, ttl: 0, fields: { a: "10.1.1.1" } },
    ]);
    assert.deepEqual(await ask(28), [
      { type: 28, ttl: 0, fields: { aaaa: "::2" } },
    ]);
    assert.deepEqual(await ask(16), []);
    assert.equal(server.queries.length, 1);
  } finally {
    Deno.removeSync(file);
  }
}, AUTO);

Deno.test("lookup() refuses a name that cannot be asked for", async () => {
  const { Eventer } = await import("../../../runtime/eventer/eventer.ts");
  await using eventer = new Eventer();
  const resolver = new Resolver(
    eventer,
    configuration([{ address: "127.0.0.1" }]),
  );
  assert.throws(
    () => resolver.lookup({ ...QUESTION, name: "a..b" }, () => {}),
    RangeError,
  );
});
