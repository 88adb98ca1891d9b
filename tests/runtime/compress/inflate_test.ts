/**
 * Decompression: every format in pieces of every size, limits against bombs,
 * broken and truncated data.
 */
import assert from "node:assert/strict";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { Inflate, InflateError } from "../../../runtime/compress/inflate.ts";
import { binaryBytes, binaryString } from "../../../runtime/posix/bytes.ts";

const FORMATS = { gzip: gzipSync, zlib: deflateSync, raw: deflateRawSync };
const format = fc.constantFrom(...Object.values(FORMATS));
const content = fc.string({
  unit: fc.nat(255).map((code) => String.fromCharCode(code)),
  maxLength: 500,
});

function compress(how: typeof gzipSync, text: string): string {
  return binaryString(how(binaryBytes(text)));
}

function inflateWhole(data: string, limit = 0): string {
  return new Inflate().push(data, limit);
}

const TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(50);

Deno.test("push() restores every format in pieces of any size", () => {
  fc.assert(
    fc.property(
      format,
      content,
      fc.integer({ min: 1, max: 50 }),
      (how, text, size) => {
        const data = compress(how, text.repeat(3));
        const stream = new Inflate();
        let restored = "";
        for (let from = 0; from < data.length; from += size) {
          restored += stream.push(data.slice(from, from + size), 0);
        }
        assert.equal(restored, text.repeat(3));
        assert.ok(stream.ended);
        assert.equal(stream.push("more", 0), "");
        assert.equal(stream.push("", 0), "");
      },
    ),
  );
});

Deno.test("push() stops after the first member", () => {
  const data = compress(gzipSync, TEXT);
  assert.equal(inflateWhole(data + data), TEXT);
  assert.equal(inflateWhole(data + "garbage"), TEXT);
});

Deno.test("push() restores 10 MB", () => {
  const text = TEXT.repeat(4500);
  assert.ok(inflateWhole(compress(gzipSync, text)) === text);
});

Deno.test("push() ends a bomb at its limit, with little memory", () => {
  const bomb = compress(gzipSync, "\0".repeat(50_000_000));
  assert.ok(bomb.length < 60_000);
  for (const limit of [1, 1000, 1_048_576]) {
    const stream = new Inflate();
    assert.throws(() => stream.push(bomb, limit), RangeError);
    assert.throws(
      () => stream.push("x", limit),
      (error) =>
        error instanceof InflateError && error.fault === "stream error",
    );
  }
});

Deno.test("push() limits each call by itself, to the byte", () => {
  const data = compress(deflateRawSync, "a".repeat(1000));
  assert.equal(inflateWhole(data, 1000).length, 1000);
  assert.throws(() => inflateWhole(data, 999), RangeError);
  const noise = binaryString(
    crypto.getRandomValues(new Uint8Array(4000)),
  );
  const stored = compress(gzipSync, noise);
  const stream = new Inflate();
  let restored = "";
  for (let from = 0; from < stored.length; from += 100) {
    restored += stream.push(stored.slice(from, from + 100), 200);
  }
  assert.equal(restored, noise);
});

Deno.test("push() refuses an empty piece before the end", () => {
  const data = compress(gzipSync, TEXT);
  for (const length of [0, 1, 5, 30]) {
    const stream = new Inflate();
    if (length > 0) stream.push(data.slice(0, length), 0);
    assert.throws(
      () => stream.push("", 0),
      (error) =>
        error instanceof InflateError && error.fault === "buffer error",
    );
  }
});

Deno.test("push() finds a wrong CRC, Adler sum or length", () => {
  for (const how of [gzipSync, deflateSync]) {
    const data = compress(how, TEXT);
    for (let back = 1; back <= (how === gzipSync ? 8 : 4); back++) {
      const at = data.length - back;
      const wrong = data.slice(0, at) +
        String.fromCharCode(data.charCodeAt(at) ^ 1) + data.slice(at + 1);
      assert.throws(
        () => inflateWhole(wrong),
        (error) =>
          error instanceof InflateError && error.fault === "data error",
      );
    }
  }
});

Deno.test("push() of a zlib stream with a dictionary says so", () => {
  // By zlib itself: Deno's deflateSync takes no dictionary.
  const data = Uint8Array.fromHex("78bb062c0215cb001100062c0215");
  assert.throws(
    () => inflateWhole(binaryString(data)),
    (error) =>
      error instanceof InflateError && error.fault === "dictionary error",
  );
});

Deno.test("push() gives a beginning of what is truncated, and never ends", () => {
  fc.assert(fc.property(format, fc.nat(2000), (how, length) => {
    const data = compress(how, TEXT);
    const cut = data.slice(0, Math.max(1, length % data.length));
    const stream = new Inflate();
    const part = stream.push(cut, 0);
    assert.ok(TEXT.startsWith(part));
    assert.ok(!stream.ended);
    assert.equal(part + stream.push(data.slice(cut.length), 0), TEXT);
  }));
});

Deno.test("push() survives any damage and any data", () => {
  const check = (data: string) => {
    const stream = new Inflate();
    try {
      assert.ok(stream.push(data, 100_000).length <= 100_000);
    } catch (error) {
      assert.ok(error instanceof InflateError || error instanceof RangeError);
    }
  };
  fc.assert(
    fc.property(format, fc.nat(2000), fc.nat(255), (how, at, byte) => {
      const data = compress(how, TEXT);
      at %= data.length;
      check(data.slice(0, at) + String.fromCharCode(byte) + data.slice(at + 1));
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(content, (data) => {
      if (data !== "") check(data);
    }),
    { numRuns: 1000 },
  );
});
