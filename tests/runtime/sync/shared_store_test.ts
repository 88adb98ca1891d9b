/** The shared store: on one thread, and on several that race. */
import assert from "node:assert/strict";
import { Eventer } from "../../../runtime/eventer/eventer.ts";
import { threadId } from "../../../runtime/posix/process.ts";
import { isDead, SharedLock } from "../../../runtime/sync/shared_lock.ts";
import {
  newStoreBuffer,
  SharedStore,
} from "../../../runtime/sync/shared_store.ts";
import { SharedWaits } from "../../../runtime/sync/shared_waits.ts";
import { runProgram, within } from "../../support/eventer.ts";
import type { Task } from "./store_worker.ts";

function storeTest(
  name: string,
  body: (waits: SharedWaits, eventer: Eventer) => Promise<void> | void,
): void {
  Deno.test(name, async () => {
    await using eventer = new Eventer();
    const store = new SharedStore(newStoreBuffer(), 0, eventer.wakeFd);
    using waits = new SharedWaits(store, eventer);
    await within((async () => await body(waits, eventer))());
  });
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | undefined) =>
  bytes && new TextDecoder().decode(bytes);

storeTest(
  "values are set, replaced, deleted, and given as copies",
  ({ store }) => {
    assert.equal(store.get("a"), undefined);
    store.set("a", bytes("one"));
    store.set("b", bytes(""));
    const copy = store.get("a")!;
    copy[0] = 0;
    assert.equal(text(store.get("a")), "one");
    assert.equal(text(store.get("b")), "");
    store.set("a", bytes("another"));
    assert.equal(text(store.get("a")), "another");
    store.set("a", undefined);
    store.set("a", undefined);
    assert.equal(store.get("a"), undefined);
    assert.equal(text(store.get("b")), "");
  },
);

storeTest(
  "names of all bytes and lengths are told apart, also by kind",
  ({ store }) => {
    const names = ["", "\0", "\xff", "a", "ab", "ba", "x".repeat(10_000)];
    for (let i = 0; i < 5000; i++) names.push(`name ${i}`);
    names.forEach((name, index) => store.set(name, bytes(String(index))));
    for (const name of names) assert.equal(store.count(name), 0);
    names.forEach((name, index) =>
      assert.equal(text(store.get(name)), String(index))
    );
  },
);

storeTest(
  "a value of 10 MB, replaced 100 times, takes no more than twice",
  ({ store }) => {
    const large = new Uint8Array(10_000_000).fill(1);
    for (let i = 0; i < 100; i++) store.set("large", large);
    assert.deepEqual(store.get("large"), large);
    assert.ok(store.size < 25_000_000, String(store.size));
  },
);

storeTest(
  "queues keep the order, and leave nothing when they are empty",
  ({ store }) => {
    const size = () => {
      const before = store.size;
      for (let i = 0; i < 1000; i++) store.push(`queue ${i}`, bytes("x"));
      for (let i = 0; i < 1000; i++) store.shift(`queue ${i}`);
      return [before, store.size];
    };
    size();
    const [before, after] = size();
    assert.equal(before, after);
    for (let i = 0; i < 100; i++) store.push("queue", bytes(String(i)));
    for (let i = 0; i < 100; i++) {
      assert.equal(text(store.shift("queue")), String(i));
    }
    assert.equal(store.shift("queue"), undefined);
  },
);

storeTest(
  "semaphores begin where they are made, below zero too",
  ({ store }) => {
    store.createSemaphore("s", -2);
    store.createSemaphore("s", 100);
    assert.equal(store.tryAcquire("s"), false);
    for (let i = 0; i < 2; i++) store.release("s");
    assert.equal(store.tryAcquire("s"), false);
    store.release("s");
    assert.equal(store.tryAcquire("s"), true);
    assert.equal(store.tryAcquire("s"), false);
    assert.equal(store.tryAcquire("no such semaphore"), false);
  },
);

storeTest(
  "waits are served in their order; cancelled ones take nothing",
  async (waits) => {
    const got: string[] = [];
    const done = Promise.withResolvers<void>();
    const wait = (label: string) =>
      waits.item("queue", (item) => {
        got.push(`${label}:${text(item)}`);
        if (got.length === 2) done.resolve();
      });
    wait("a");
    const cancelled = wait("b");
    wait("c");
    cancelled[Symbol.dispose]();
    waits.store.push("queue", bytes("1"));
    waits.store.push("queue", bytes("2"));
    waits.store.push("queue", bytes("3"));
    await done.promise;
    assert.deepEqual(got, ["a:1", "c:2"]);
    assert.equal(text(waits.store.shift("queue")), "3");
  },
);

storeTest(
  "what a served wait does at once may wait again for the same",
  async (waits) => {
    let left = 1000;
    waits.store.createSemaphore("s", 0);
    await new Promise<void>((resolve) => {
      const again = () => {
        if (--left === 0) return resolve();
        waits.semaphore("s", again);
        waits.store.release("s");
      };
      waits.semaphore("s", again);
      waits.store.release("s");
    });
  },
);

/** Runs tasks in workers until each has reported; gives the reports. */
async function inWorkers(
  tasks: readonly Omit<Task, "buffer">[],
  buffer: SharedArrayBuffer,
): Promise<unknown[]> {
  const workers: Worker[] = [];
  try {
    return await within(Promise.all(tasks.map((task) => {
      const worker = startWorker({ ...task, buffer });
      workers.push(worker);
      return new Promise((resolve, reject) => {
        let result: unknown;
        worker.onmessage = ({ data }) => {
          if (data === "disposed") resolve(result);
          else result = data;
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
      });
    })));
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

function startWorker(task: Task): Worker {
  const url = new URL("./store_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  worker.postMessage(task);
  return worker;
}

/** A store of the test's own beside those of the workers. */
async function beside(
  body: (store: SharedStore, buffer: SharedArrayBuffer) => Promise<void>,
): Promise<void> {
  await using eventer = new Eventer({ autoRun: false });
  const buffer = newStoreBuffer();
  using store = new SharedStore(buffer, 63, eventer.wakeFd);
  await body(store, buffer);
}

function tasks(kind: Task["kind"], count: number, rounds: number, from = 0) {
  return Array.from(
    { length: count },
    (_, index) => ({ kind, place: from + index, rounds }),
  );
}

Deno.test("10,000 acquisitions from 4 threads exclude each other, and none is lost", async () => {
  await beside(async (store, buffer) => {
    store.createSemaphore("mutex", 1);
    store.set("number", new Uint8Array(2));
    await inWorkers(tasks("exclude", 4, 2500), buffer);
    const [low, high] = store.get("number")!;
    assert.equal(low! + high! * 256, 10_000);
    assert.equal(store.tryAcquire("mutex"), true);
    assert.equal(store.tryAcquire("mutex"), false);
  });
});

Deno.test("each item of 2 producers goes to one of 2 consumers, in the order of its producer", async () => {
  await beside(async (store, buffer) => {
    const consumers = inWorkers(tasks("consume", 2, Infinity, 2), buffer);
    await inWorkers(tasks("produce", 2, 3000), buffer);
    for (let i = 0; i < 2; i++) store.push("queue", new Uint8Array());
    const got = await consumers as number[][];
    for (const items of got) {
      for (const producer of [0, 1]) {
        const own = items.filter((item) => (item >= 3000) === (producer === 1));
        assert.deepEqual(own, own.toSorted((a, b) => a - b));
      }
    }
    const all = got.flat().sort((a, b) => a - b);
    assert.deepEqual(all, Array.from({ length: 6000 }, (_, index) => index));
  });
});

Deno.test("4 threads count without a gap", async () => {
  await beside(async (_store, buffer) => {
    const got = await inWorkers(tasks("count", 4, 5000), buffer);
    const all = (got as number[][]).flat().sort((a, b) => a - b);
    assert.deepEqual(all, Array.from({ length: 20_000 }, (_, index) => index));
  });
});

Deno.test("a lock whose holder has died goes to the next who asks", async () => {
  const buffer = new SharedArrayBuffer(8);
  const words = new Int32Array(buffer);
  const worker = startWorker({ kind: "lock", buffer, place: 0, rounds: 0 });
  await within(new Promise((resolve) => worker.onmessage = resolve));
  worker.terminate();
  const holder = words[0]!;
  assert.notEqual(holder, 0);
  const lock = new SharedLock(words, 0);
  lock.acquire(threadId());
  assert.ok(isDead(holder));
  assert.equal(words[0], threadId());
  lock.release();
  assert.deepEqual([...words], [0, 0]);
});

Deno.test("a thread that has kept the lock by mistake gets it again", () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const lock = new SharedLock(words, 0);
  lock.acquire(threadId());
  lock.acquire(threadId());
  lock.release();
  assert.deepEqual([...words], [0, 0]);
});

// In a process of its own, for nobody closes the descriptors of such a thread.
Deno.test("a thread that died while it waited takes nothing from the others", async () => {
  const { stdout, stderr } = await runProgram(`
    import { Eventer } from "project:runtime/eventer/eventer.ts";
    import { isDead } from "project:runtime/sync/shared_lock.ts";
    import { newStoreBuffer, SharedStore } from "project:runtime/sync/shared_store.ts";
    import { SharedWaits } from "project:runtime/sync/shared_waits.ts";

    const buffer = newStoreBuffer();
    const eventer = new Eventer();
    const store = new SharedStore(buffer, 0, eventer.wakeFd);
    const waits = new SharedWaits(store, eventer);
    store.createSemaphore("mutex", 0);
    const worker = new Worker("project:tests/runtime/sync/store_worker.ts", { type: "module" });
    worker.postMessage({ kind: "wait", buffer, place: 1, rounds: 0 });
    const thread = await new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
    worker.terminate();
    while (!isDead(thread)) await new Promise((resolve) => setTimeout(resolve, 1));
    const item = new Promise((resolve) => waits.item("queue", resolve));
    store.push("queue", new Uint8Array([1]));
    console.log(await item);
    const acquired = new Promise((resolve) => waits.semaphore("mutex", () => resolve("acquired")));
    store.release("mutex");
    console.log(await acquired);
    Deno.exit(0);
  `);
  assert.equal(stderr, "");
  assert.equal(stdout, "Uint8Array(1) [ 1 ]\nacquired\n");
});
