import assert from "node:assert/strict";
import { Fifo } from "../../lua/fifo.ts";

Deno.test("Fifo gives items back in order, whatever the pattern of use", () => {
  const queue = new Fifo<number>();
  let pushed = 0;
  let taken = 0;
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < round * 7 % 97; i++) queue.push(pushed++);
    for (let i = 0; i < round * 5 % 61 && queue.size > 0; i++) {
      assert.equal(queue.shift(), taken++);
    }
    assert.equal(queue.size, pushed - taken);
  }
  while (queue.size > 0) assert.equal(queue.shift(), taken++);
  assert.equal(taken, pushed);
  assert.equal(queue.shift(), undefined);
});
