/** IP addresses as text: against node:net's own parser, and there and back. */
import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import {
  formatIp,
  parseIp,
  parseIpv4,
} from "../../../runtime/net/ip_address.ts";

Deno.test("parseIp() reads what inet_pton reads", () => {
  const text = (ip: string) => parseIp(ip)?.join(" ");
  assert.equal(text("127.0.0.1"), "127 0 0 1");
  assert.equal(text("::1"), "0 ".repeat(15) + "1");
  assert.equal(text("::"), "0 ".repeat(15) + "0");
  assert.equal(text("1::"), "0 1" + " 0".repeat(14));
  assert.equal(
    text("::ffff:1.2.3.4"),
    "0 ".repeat(10) + "255 255 1 2 3 4",
  );
  assert.equal(
    text("1:2:3:4:5:6:7:8"),
    "0 1 0 2 0 3 0 4 0 5 0 6 0 7 0 8",
  );
});

Deno.test("parseIp() refuses what is no literal address", () => {
  for (
    const text of [
      "",
      "x",
      "1.2.3",
      "1.2.3.4.5",
      "256.1.1.1",
      "01.2.3.4",
      "1.2.3.4 ",
      "1..2.3",
      "+1.2.3.4",
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "::1:2:3:4:5:6:7:8",
      "12345::",
      "g::",
      "1.2.3.4::",
      "::1.2.3",
      "fe80::1%lo",
      "::1\0",
    ]
  ) assert.equal(parseIp(text), undefined, JSON.stringify(text));
});

Deno.test("parseIp() agrees with node:net on made-up addresses", () => {
  const piece = fc.constantFrom(
    ..."0 1 9 10 255 256 ff FFFF 12345 : :: . 1.2.3.4 g".split(" "),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      assert.equal(parseIp(text)?.length === 4, isIPv4(text), text);
      assert.equal(parseIp(text)?.length === 16, isIPv6(text), text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("formatIp() writes what parseIp() reads", () => {
  const byte = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
  const ip = fc.oneof(
    fc.array(byte, { minLength: 4, maxLength: 4 }),
    fc.array(byte, { minLength: 16, maxLength: 16 }),
  );
  fc.assert(
    fc.property(ip, (bytes) => {
      assert.deepEqual([...parseIp(formatIp(Uint8Array.from(bytes)))!], bytes);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("formatIp() shortens as inet_ntop does", () => {
  for (
    const text of [
      "::",
      "::1",
      "1::",
      "fe80::1",
      "1:0:2::3",
      "1:0:2:3:4:5:6:7",
      "::ffff:1.2.3.4",
      "::1.2.3.4",
      "2001:db8::8:800:200c:417a",
    ]
  ) assert.equal(formatIp(parseIp(text)!), text);
  assert.equal(formatIp(parseIpv4("10.0.0.1")!), "10.0.0.1");
});
