/** Layers, cipher lists and PEM texts. */
import assert from "node:assert/strict";
import {
  allowsCipher,
  DEFAULT_LAYER,
  parseLayer,
  secureContextOptions,
  splitPem,
} from "../../../runtime/tls/options.ts";

Deno.test("parseLayer() reads versions", () => {
  const read = (layer: string) => {
    const { min, max, asked } = parseLayer(layer);
    return [min, max, asked];
  };
  assert.deepEqual(read(DEFAULT_LAYER), ["TLSv1.2", "TLSv1.3", 771]);
  assert.deepEqual(read("tlsv1"), ["TLSv1.2", "TLSv1.3", 0]);
  assert.deepEqual(read("x:>=TLSv1.3"), ["TLSv1.3", "TLSv1.3", 772]);
  assert.deepEqual(read("x:=tlsv1.2"), ["TLSv1.2", "TLSv1.2", 771]);
  assert.deepEqual(read("x:<=TLSv1.2,>=TLSv1"), ["TLSv1.2", "TLSv1.2", 769]);
  assert.deepEqual(read("x:!tlsv1.3"), ["TLSv1.2", "TLSv1.2", 0]);
  assert.deepEqual(read("x:all,!tlsv1.2"), ["TLSv1.3", "TLSv1.3", 0]);
  assert.deepEqual(read("x:!tlsv1.3,tlsv1.3"), ["TLSv1.2", "TLSv1.3", 0]);
});

Deno.test("parseLayer() refuses what leaves no version", () => {
  for (
    const layer of [
      "x:=tlsv1.1",
      "x:<=TLSv1",
      "x:=SSLv3",
      "x:!tlsv1.2,!tlsv1.3",
      "x:>=tlsv1.3,<=tlsv1.2",
    ]
  ) assert.throws(() => parseLayer(layer), RangeError, layer);
});

Deno.test("allowsCipher() holds a TLS 1.2 handshake to names", () => {
  const name = "ECDHE-RSA-AES256-GCM-SHA384";
  const other = "ECDHE-RSA-AES128-GCM-SHA256";
  assert.ok(allowsCipher(undefined, name, "TLSv1.2"));
  assert.ok(allowsCipher(`${other}:${name.toLowerCase()}`, name, "TLSv1.2"));
  assert.ok(!allowsCipher(other, name, "TLSv1.2"));
  assert.ok(allowsCipher(other, "TLS_AES_256_GCM_SHA384", "TLSv1.3"));
  assert.ok(allowsCipher("HIGH:!aNULL", name, "TLSv1.2"));
  assert.ok(!allowsCipher(`HIGH:!${name}`, name, "TLSv1.2"));
});

Deno.test("secureContextOptions() says what it cannot do", () => {
  const versions = parseLayer(DEFAULT_LAYER);
  assert.throws(() => secureContextOptions({ crl: "x" }, versions), /revoked/);
  assert.throws(
    () => secureContextOptions({ certificate: "/nonexistent" }, versions),
    Deno.errors.NotFound,
  );
});

Deno.test("splitPem() finds all certificates", () => {
  const one = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
  assert.deepEqual(splitPem(`text\n${one}\n\n${one}\nmore`), [one, one]);
  assert.deepEqual(splitPem("nothing"), []);
});
