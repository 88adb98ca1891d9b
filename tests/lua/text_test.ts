import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBytes, decodeText, encodeText } from "../../lua/text.ts";

const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));

Deno.test("decodeText() undoes encodeText() for all text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(decodeText(encodeText(text)), text);
    }),
  );
  assert.equal(decodeText(encodeText("\ufeffx")), "\ufeffx");
});

Deno.test("decodeText() puts U+FFFD for what is no UTF-8", () => {
  assert.equal(decodeText("a\xffb"), "a\ufffdb");
});

Deno.test("encodeText() undoes decodeBytes() for all bytes", () => {
  fc.assert(
    fc.property(bytes, (bytes) => {
      assert.equal(encodeText(decodeBytes(bytes)), bytes);
    }),
  );
});

Deno.test("decodeBytes() is decodeText() for UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(decodeBytes(encodeText(text)), text);
    }),
  );
});
