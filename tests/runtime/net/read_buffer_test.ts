/** The read buffer: against the obvious implementation, however bytes are cut. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ReadBuffer, type Stop } from "../../../runtime/net/read_buffer.ts";

/** What the buffer should do, written down plainly. */
class PlainBuffer {
  text = "";

  append(piece: string): void {
    this.text += piece;
  }

  take(stop: Stop): string | undefined {
    let end = typeof stop === "number" ? stop : -1;
    if (typeof stop === "string") {
      if (this.text === "") return undefined;
      const found = this.text.indexOf(stop);
      if (found >= 0) end = found + stop.length;
    }
    if (end < 0 || end > this.text.length) return undefined;
    const taken = this.text.slice(0, end);
    this.text = this.text.slice(end);
    return taken;
  }
}

Deno.test("ReadBuffer does what a plain string would", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", "\n"),
    maxLength: 6,
  });
  const step = fc.oneof(
    text.map((piece) => ({ piece })),
    fc.oneof(fc.nat(9), text).map((stop) => ({ stop })),
    fc.constant({ all: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buffer = new ReadBuffer();
      const plain = new PlainBuffer();
      for (const step of steps) {
        if ("piece" in step) {
          buffer.append(step.piece);
          plain.append(step.piece);
        } else if ("stop" in step) {
          assert.equal(buffer.take(step.stop), plain.take(step.stop));
        } else {
          assert.equal(buffer.takeAll(), plain.text);
          plain.text = "";
        }
        assert.equal(buffer.length, plain.text.length);
      }
      assert.equal(buffer.takeAll(), plain.text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("ReadBuffer finds a terminator that comes a byte at a time", () => {
  const buffer = new ReadBuffer();
  for (const byte of "one\r\n\r") {
    buffer.append(byte);
    assert.equal(buffer.take("\r\n\r\n"), undefined);
  }
  buffer.append("\n");
  assert.equal(buffer.take("\r\n\r\n"), "one\r\n\r\n");
  assert.equal(buffer.length, 0);
});

Deno.test("ReadBuffer searches a million single bytes in linear time", () => {
  const buffer = new ReadBuffer();
  const start = performance.now();
  for (let count = 0; count < 1_000_000; count++) {
    buffer.append("x");
    if (buffer.take("\n") !== undefined) throw new Error("Found nothing's end");
  }
  buffer.append("\n");
  assert.equal(buffer.take("\n")?.length, 1_000_001);
  // Quadratic, it would be an hour.
  assert.ok(performance.now() - start < 30_000);
});
