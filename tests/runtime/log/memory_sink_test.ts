import assert from "node:assert/strict";
import { MemorySink } from "../../../runtime/log/memory_sink.ts";

function texts(lines: readonly { readonly text: string }[]): string[] {
  return lines.map(({ text }) => text);
}

Deno.test("a memory sink remembers as many lines as it may", () => {
  const sink = new MemorySink("3,1000");
  for (const text of ["a", "b", "c", "d", "e"]) sink.write(text);
  assert.deepEqual(texts(sink.lines()), ["c", "d", "e"]);
  assert.deepEqual(texts(sink.lines(2)), ["d", "e"]);
  assert.deepEqual(texts(sink.lines(9)), ["c", "d", "e"]);
  assert.deepEqual(sink.lines().map(({ index }) => index), [2, 3, 4]);
});

Deno.test("a memory sink remembers as many bytes as it may", () => {
  const sink = new MemorySink("100,80"); // each line costs 16 more
  for (const text of ["1234567890", "abcde", "fghij"]) sink.write(text);
  assert.deepEqual(texts(sink.lines()), ["1234567890", "abcde", "fghij"]);
  sink.write("klm");
  assert.deepEqual(texts(sink.lines()), ["abcde", "fghij", "klm"]);
  sink.write("x".repeat(65));
  assert.equal(sink.lines().length, 3, "a line that never fits is dropped");
  sink.write("x".repeat(64));
  assert.equal(sink.lines().length, 1);
});

Deno.test("MemorySink.linesSince() goes on behind an index", () => {
  const sink = new MemorySink("3,1000");
  assert.deepEqual(sink.linesSince(0), []);
  for (const text of ["a", "b", "c", "d"]) sink.write(text);
  assert.deepEqual(texts(sink.linesSince(2)), ["d"]);
  assert.deepEqual(texts(sink.linesSince(3)), []);
  assert.deepEqual(texts(sink.linesSince(0)), ["b", "c", "d"]);
  assert.deepEqual(texts(sink.linesSince(4)), ["b", "c", "d"]);
  assert.deepEqual(texts(sink.linesSince(-1)), ["b", "c", "d"]);
});

Deno.test("a memory sink has defaults for what its path does not say", () => {
  for (const path of ["", "0,0", "x"]) {
    const sink = new MemorySink(path);
    for (let i = 0; i < 20_000; i++) sink.write("1234");
    assert.equal(sink.lines().length, 5000); // 20 bytes each
  }
});

Deno.test("a line has the time at which it was logged", () => {
  const sink = new MemorySink("3,1000");
  sink.write("a", 5);
  assert.equal(sink.lines()[0]?.time, 5);
});
