/** The clocks against Deno's own. */
import assert from "node:assert/strict";
import { monotonic, realtime } from "../../../runtime/time/clock.ts";

Deno.test("realtime() lies between two readings of Date.now()", () => {
  const before = Date.now();
  const now = realtime();
  const after = Date.now();
  assert.equal(Number.isSafeInteger(now), true);
  assert.ok(Math.floor(now / 1000) >= before);
  assert.ok(Math.floor(now / 1000) <= after);
});

Deno.test("monotonic() never goes back and counts milliseconds", () => {
  let last = monotonic();
  for (let round = 0; round < 100_000; round++) {
    const now = monotonic();
    assert.ok(now >= last);
    last = now;
  }
  const outside = performance.now();
  const start = monotonic();
  while (monotonic() - start < 5);
  // The outer interval contains the inner one, whatever the machine does in between.
  assert.ok(performance.now() - outside >= 4.9);
});

Deno.test("monotonic() tells less than a millisecond apart", () => {
  const readings = new Set<number>();
  for (let round = 0; round < 1000; round++) readings.add(monotonic());
  assert.ok(readings.size > 100);
});
