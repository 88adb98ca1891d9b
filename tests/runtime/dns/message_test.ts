/** Messages: every record type, aliases, and bytes that nobody should have sent. */
import assert from "node:assert/strict";
import * as packets from "dns-packet";
import fc from "fast-check";
import {
  type Answer,
  decodeAnswer,
  encodeQuestion,
  type PacketLibrary,
  type Question,
} from "../../../runtime/dns/message.ts";
import { isEncodable, typeNumber } from "../../../runtime/dns/names.ts";

const library = packets as unknown as PacketLibrary;

function ask(name: string, type: string, klass = 1): Question {
  return { name, type: typeNumber(type)!, class: klass };
}

function decode(
  question: Question,
  packet: object,
): Answer {
  const bytes = library.encode({
    type: "response",
    id: 7,
    questions: [{ name: question.name, type: "A" }],
    ...packet,
  });
  return decodeAnswer(library, bytes, 7, question);
}

function fields(question: Question, answers: object[]): object[] {
  const answer = decode(question, { answers });
  assert.equal(answer.kind, "records");
  return (answer.kind === "records" ? answer.records : [])
    .map(({ ttl, fields }) => ({ ttl, ...fields }));
}

Deno.test("encodeQuestion() asks for any type and class", () => {
  for (const type of ["A", "WKS", "NAPTR", "ANY", "DLV"]) {
    const bytes = encodeQuestion(library, 515, ask("a.example.", type, 3));
    const packet = library.decode(bytes);
    assert.equal(packet.id, 515);
    assert.equal(packet.questions[0]!.name, "a.example");
    const number = bytes[bytes.length - 4]! << 8 | bytes[bytes.length - 3]!;
    assert.equal(number, typeNumber(type));
    assert.equal(bytes[bytes.length - 1], 3);
  }
});

Deno.test("records have the fields of their types", () => {
  const name = "h.example";
  const one = (type: string, data: unknown) =>
    fields(ask(name, type), [{ name, type, ttl: 60, data }]);
  assert.deepEqual(one("A", "1.2.3.4"), [{ ttl: 60, a: "1.2.3.4" }]);
  assert.deepEqual(one("AAAA", "2001:db8:85a3:8d3:1319:8a2e:370:7348"), [
    { ttl: 60, aaaa: "2001:db8:85a3:8d3:1319:8a2e:370:7348" },
  ]);
  assert.deepEqual(one("MX", { preference: 10, exchange: "m.example" }), [
    { ttl: 60, preference: 10, mx: "m.example" },
  ]);
  assert.deepEqual(one("CNAME", "c.example"), [{
    ttl: 60,
    cname: "c.example",
  }]);
  assert.deepEqual(one("PTR", "p.example"), [{ ttl: 60, ptr: "p.example" }]);
  assert.deepEqual(one("NS", "n.example"), [{ ttl: 60, ns: "n.example" }]);
  assert.deepEqual(
    one("SRV", { port: 1, target: "s.example", weight: 0, priority: 0 }),
    [{ ttl: 60 }],
  );
});

Deno.test("the old types that hold a name are read, also compressed", () => {
  // MR (9) with a pointer to the question's name behind a label.
  const question = ask("h.example", "MR");
  const query = library.encode({
    type: "response",
    id: 7,
    questions: [{ name: "h.example", type: "UNKNOWN_9" }],
  });
  const bytes = new Uint8Array([
    ...query,
    ...[0xc0, 12, 0, 9, 0, 1, 0, 0, 0, 5, 0, 4, 1, 120, 0xc0, 12],
  ]);
  bytes[7] = 1; // one answer
  const answer = decodeAnswer(library, bytes, 7, question);
  assert.ok(answer.kind === "records");
  assert.deepEqual(answer.records, [
    { type: 9, ttl: 5, fields: { mr: "x.h.example" } },
  ]);
});

Deno.test("TXT is joined and escaped", () => {
  const data = [Buffer.from([65, 0, 92, 127, 200]), Buffer.from("b c")];
  const name = "t.example";
  assert.deepEqual(
    fields(ask(name, "TXT"), [{ name, type: "TXT", ttl: 1, data }]),
    [{ ttl: 1, txt: "A\\00\\\\\\7f\\c8b c" }],
  );
  const long = Array.from({ length: 5 }, () => Buffer.from("x".repeat(255)));
  assert.deepEqual(
    fields(ask(name, "TXT"), [{ name, type: "TXT", ttl: 1, data: long }]),
    [{ ttl: 1 }],
  );
});

Deno.test("aliases are followed, in any order, and circles end", () => {
  const alias = (name: string, data: string) => ({
    name,
    type: "CNAME",
    ttl: 9,
    data,
  });
  const address = { name: "c.example", type: "A", ttl: 3, data: "1.1.1.1" };
  const stray = { name: "z.example", type: "A", ttl: 3, data: "2.2.2.2" };
  const chain = [
    address,
    stray,
    alias("B.example", "c.example"),
    alias("a.example", "b.EXAMPLE"),
  ];
  assert.deepEqual(fields(ask("A.example", "A"), chain), [
    { ttl: 3, a: "1.1.1.1" },
  ]);
  assert.equal(fields(ask("a.example", "ANY"), chain).length, 4);
  assert.deepEqual(fields(ask("a.example", "CNAME"), chain), [
    { ttl: 9, cname: "b.EXAMPLE" },
  ]);
  assert.deepEqual(
    fields(ask("a.example", "A"), [
      alias("a.example", "b.example"),
      alias("b.example", "a.example"),
    ]),
    [],
  );
});

Deno.test("codes decide what kind of answer it is", () => {
  const question = ask("a.example", "A");
  const kind = (packet: object) => decode(question, packet).kind;
  assert.equal(kind({}), "records");
  assert.equal(kind({ flags: 3 }), "records"); // NXDOMAIN
  assert.equal(kind({ flags: 2 }), "failed"); // SERVFAIL
  assert.equal(kind({ flags: 5 }), "failed"); // REFUSED
  assert.equal(kind({ flags: 0x200 }), "truncated");
  assert.equal(kind({ id: 8 }), "other");
  assert.equal(kind({ type: "query" }), "other");
  assert.equal(
    kind({ questions: [{ name: "b.example", type: "A" }] }),
    "other",
  );
});

Deno.test("a compression loop is malformed, not endless", () => {
  const head = [0, 7, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0];
  const loop = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4];
  const answer = decodeAnswer(
    library,
    new Uint8Array([...head, ...loop]),
    7,
    ask("a.example", "A"),
  );
  assert.equal(answer.kind, "malformed");
});

Deno.test("no bytes make decodeAnswer() throw", () => {
  const question = ask("a.example", "ANY");
  const valid = library.encode({
    type: "response",
    id: 7,
    questions: [{ name: "a.example", type: "A" }],
    answers: [
      { name: "a.example", type: "CNAME", ttl: 1, data: "b.a.example" },
      { name: "b.a.example", type: "TXT", ttl: 1, data: ["hello"] },
      {
        name: "b.a.example",
        type: "UNKNOWN_9",
        ttl: 1,
        data: Buffer.from("x"),
      },
    ],
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), {
        maxLength: 8,
      }),
      fc.nat(valid.length),
      (changes, length) => {
        const bytes = valid.slice();
        for (const [place, value] of changes) bytes[place] = value;
        decodeAnswer(library, bytes.slice(0, length), 7, question);
      },
    ),
    { numRuns: 5000 },
  );
});

Deno.test("isEncodable() knows the limits of names", () => {
  const label = "x".repeat(63);
  for (const name of [".", "a", "a.b.", label, `${label}.${label}.b`]) {
    assert.ok(isEncodable(name), name);
  }
  for (
    const name of [
      "",
      "..",
      "a..b",
      ".a",
      `${label}x`,
      `${label}.`.repeat(4) + "x",
    ]
  ) assert.ok(!isEncodable(name), name);
});
