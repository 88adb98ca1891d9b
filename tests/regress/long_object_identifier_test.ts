// An arc of an object identifier was read by shifting a BigInt once a byte, so
// that a request of half a megabyte stopped everything for more than a minute,
// and one of four megabytes for hours.
import { equal } from "node:assert/strict";
import { readObjectIdentifier } from "../../runtime/crypto/der.ts";

Deno.test("readObjectIdentifier() reads an arc of a megabyte in passable time", () => {
  const content = new Uint8Array(1_000_000).fill(0xff);
  content[0] = 0x2a; // 1.2
  content[content.length - 1] = 0x7f;
  const [first, second, arc] = readObjectIdentifier(content).split(".");
  equal(`${first}.${second}`, "1.2");
  const want = (1n << 7n * BigInt(content.length - 1)) - 1n;
  equal(arc === want.toString(), true);
});
