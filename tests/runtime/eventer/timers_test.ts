/** Timers: order, phases, cancelling. The heap is compared with a sorted list. */
import assert from "node:assert/strict";
import { Timers } from "../../../runtime/eventer/timers.ts";
import type { Timer } from "../../../runtime/eventer/timers.ts";

/** Numbers from 0 to 1 that are the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

function drain(timers: Timers): Timer[] {
  const taken: Timer[] = [];
  for (let timer = timers.take(); timer; timer = timers.take()) {
    taken.push(timer);
  }
  return taken;
}

Deno.test("take() gives the earliest first and ties in creation order", () => {
  const timers = new Timers(() => {});
  const late = timers.add(3, () => {});
  const tied1 = timers.add(2, () => {});
  const early = timers.add(1, () => {});
  const tied2 = timers.add(2, () => {});
  timers.begin(3);
  assert.deepEqual(drain(timers), [early, tied1, tied2, late]);
  assert.equal(timers.size, 0);
});

Deno.test("take() leaves what is not due", () => {
  const timers = new Timers(() => {});
  timers.add(2, () => {});
  timers.begin(1.999);
  assert.equal(timers.take(), undefined);
  timers.begin(2);
  assert.notEqual(timers.take(), undefined);
});

Deno.test("take() leaves what was added after begin(), due or not", () => {
  const timers = new Timers(() => {});
  const first = timers.add(5, () => {});
  timers.begin(10);
  const young = timers.add(10, () => {});
  assert.deepEqual(drain(timers), [first]);
  timers.begin(10);
  assert.deepEqual(drain(timers), [young]);
});

Deno.test("cancel() tells whether it prevented the call", () => {
  let emptied = 0;
  const timers = new Timers(() => emptied++);
  const timer = timers.add(1, () => {});
  assert.equal(timer.active, true);
  assert.equal(timer.cancel(), true);
  assert.equal(timer.active, false);
  assert.equal(timer.cancel(), false);
  assert.equal(emptied, 1);
  const taken = timers.add(1, () => {});
  timers.begin(1);
  assert.equal(timers.take(), taken);
  assert.equal(taken.cancel(), false);
});

Deno.test("cancel() removes at once: nothing accumulates", () => {
  const timers = new Timers(() => {});
  timers.add(1e9, () => {});
  for (let round = 0; round < 100_000; round++) {
    timers.add(1e6 + round, () => {}).cancel();
  }
  assert.equal(timers.size, 1);
});

Deno.test("the heap agrees with a sorted list over random operations", () => {
  const next = random(42);
  for (let round = 0; round < 50; round++) {
    const timers = new Timers(() => {});
    const model: Timer[] = [];
    let now = 0;
    for (let step = 0; step < 400; step++) {
      const choice = next();
      if (choice < 0.55) {
        // Few distinct times, so that ties are common.
        model.push(timers.add(now + Math.floor(next() * 20), () => {}));
      } else if (choice < 0.85 && model.length > 0) {
        const [victim] = model.splice(Math.floor(next() * model.length), 1);
        assert.equal(victim!.cancel(), true);
      } else {
        now += Math.floor(next() * 8);
        const due = model.filter((timer) => timer.dueMs <= now)
          .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
        timers.begin(now);
        assert.deepEqual(
          drain(timers).map((timer) => timer.order),
          due.map((timer) => timer.order),
        );
        for (const timer of due) model.splice(model.indexOf(timer), 1);
      }
      assert.equal(timers.size, model.length);
      const nextMs = Math.min(...model.map((timer) => timer.dueMs));
      assert.equal(timers.nextMs, nextMs);
    }
  }
});

Deno.test("100,000 timers come out in order", () => {
  const timers = new Timers(() => {});
  const next = random(7);
  for (let count = 0; count < 100_000; count++) timers.add(next(), () => {});
  timers.begin(1);
  const taken = drain(timers);
  assert.equal(taken.length, 100_000);
  let last = -1;
  for (const { dueMs } of taken) {
    assert.ok(dueMs >= last);
    last = dueMs;
  }
});
