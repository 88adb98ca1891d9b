/** Base64 and Base32: round trips, and leniency as the reference has it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { decodeBase32, encodeBase32 } from "../../../runtime/encode/base32.ts";
import { decodeBase64, encodeBase64 } from "../../../runtime/encode/base64.ts";

const ALL_BYTES = String.fromCharCode(...Array(256).keys());
const bytes = fc.string({
  unit: fc.constantFrom(...ALL_BYTES),
  maxLength: 100,
});

Deno.test("encodeBase64() is what Node encodes, and decodes to the same", () => {
  fc.assert(fc.property(bytes, (text) => {
    const encoded = encodeBase64(text);
    assert.equal(encoded, Buffer.from(text, "latin1").toString("base64"));
    assert.equal(decodeBase64(encoded), text);
    assert.equal(
      decodeBase64(encoded.replaceAll("+", "-").replaceAll("/", "_")),
      text,
    );
    assert.equal(decodeBase64(encoded.replace(/./g, " $&\n")), text);
  }));
  assert.equal(decodeBase64(encodeBase64(ALL_BYTES)), ALL_BYTES);
});

Deno.test("decodeBase64() skips white space and nothing else", () => {
  const space = new Set("\t\n\v\f\r ");
  const digit = /[A-Za-z0-9+/_=-]/;
  for (const byte of ALL_BYTES) {
    if (digit.test(byte)) continue;
    const expected = space.has(byte) ? "abcabc" : "abc";
    assert.equal(decodeBase64(`YWJj${byte}YWJj`), expected);
    assert.equal(decodeBase64(`YWJj${byte.repeat(4)}YWJj`), expected);
  }
});

Deno.test("decodeBase64() drops incomplete groups without padding", () => {
  for (
    const [text, expected] of [
      ["YWI", ""],
      ["YW\nI", ""],
      ["YWI=", "ab"],
      ["YQ=", "a"],
      ["YQ==YQ==", "a"],
      ["=", ""],
      ["Y=", ""],
      ["YWJjYQ", "abc"],
      ["    ", ""],
    ] as const
  ) assert.equal(decodeBase64(text), expected, text);
});

Deno.test("encodeBase32() and decodeBase32() are inverse", () => {
  fc.assert(fc.property(bytes, (text) => {
    const encoded = encodeBase32(text);
    assert.match(encoded, /^[A-Z2-7]*={0,6}$/);
    assert.equal(encoded.length % 8, 0);
    assert.equal(decodeBase32(encoded), text);
    assert.equal(decodeBase32(encoded.toLowerCase()), text);
    assert.equal(decodeBase32(encoded.replace(/./g, "-$& ")), text);
  }));
  assert.equal(decodeBase32(encodeBase32(ALL_BYTES)), ALL_BYTES);
  assert.equal(encodeBase32("foobar"), "MZXW6YTBOI======"); // RFC 4648
});

Deno.test("decoders never fail, and take 10 MB", () => {
  fc.assert(fc.property(bytes, (text) => {
    assert.match(decodeBase64(text), /^[\0-\xff]*$/);
    assert.match(decodeBase32(text), /^[\0-\xff]*$/);
  }));
  const large = ALL_BYTES.repeat(40_000);
  assert.ok(decodeBase64(encodeBase64(large)) === large);
  assert.ok(decodeBase32(encodeBase32(large)) === large);
});
