/** Digests and HMACs: known answers, both providers, every length and byte. */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import {
  digest,
  type DigestAlgorithm,
  hmacBase64,
  nodeHashes,
} from "../../../runtime/crypto/digest.ts";
import { binaryBytes } from "../../../runtime/posix/bytes.ts";
import { LIBCRYPTO_MISSING } from "../../support/libraries.ts";

const ALGORITHMS: readonly DigestAlgorithm[] = ["md5", "sha1", "sha256"];
const ALL_BYTES = String.fromCharCode(...Array(256).keys());
const bytes = fc.string({
  unit: fc.constantFrom(...ALL_BYTES),
  maxLength: 300,
});

function expected(algorithm: DigestAlgorithm, message: string): string {
  return createHash(algorithm).update(binaryBytes(message)).digest("hex");
}

Deno.test("digest() gives the answers of RFC 1321, RFC 3174 and FIPS 180", () => {
  for (
    const [algorithm, message, answer] of [
      ["md5", "abc", "900150983cd24fb0d6963f7d28e17f72"],
      ["sha1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
      [
        "sha256",
        "abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      ],
      ["md5", "", "d41d8cd98f00b204e9800998ecf8427e"],
    ] as const
  ) assert.equal(digest(algorithm, message).toHex(), answer);
});

Deno.test("digest() agrees with node:crypto on any bytes", () => {
  fc.assert(fc.property(fc.constantFrom(...ALGORITHMS), bytes, (name, text) => {
    assert.equal(digest(name, text).toHex(), expected(name, text));
  }));
});

Deno.test("digest() takes 10 MB, and lengths around its buffer", () => {
  for (const length of [65_535, 65_536, 65_537, 10_000_000]) {
    const message = ALL_BYTES.repeat(length / 256 + 1).slice(0, length);
    for (const name of ALGORITHMS) {
      assert.equal(digest(name, message).toHex(), expected(name, message));
    }
  }
});

Deno.test({
  name:
    `digest() by libcrypto and by node:crypto are the same${LIBCRYPTO_MISSING}`,
  ignore: LIBCRYPTO_MISSING !== "",
  fn() {
    const hashes = nodeHashes();
    fc.assert(
      fc.property(fc.constantFrom(...ALGORITHMS), bytes, (name, text) => {
        const other = new Uint8Array(digest(name, text).length);
        const padded = binaryBytes(text + "more");
        hashes[name](padded, text.length, other);
        assert.equal(other.toHex(), digest(name, text).toHex());
      }),
    );
  },
});

Deno.test("hmacBase64() authenticates any bytes with keys of any length", () => {
  const answer = hmacBase64("sha256", "what do ya want for nothing?", "Jefe");
  assert.equal( // RFC 4231, test case 2
    Uint8Array.fromBase64(answer).toHex(),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  fc.assert(fc.property(bytes, bytes, (message, key) => {
    assert.equal(
      hmacBase64("sha1", message, key),
      createHmac("sha1", binaryBytes(key)).update(binaryBytes(message))
        .digest("base64"),
    );
  }));
});
