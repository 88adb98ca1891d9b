/** A thread for shared_store_test.ts: does one task with the shared store, reports and leaves. */
/// <reference lib="deno.worker" />
import { Eventer } from "../../../runtime/eventer/eventer.ts";
import { threadId } from "../../../runtime/posix/process.ts";
import { SharedLock } from "../../../runtime/sync/shared_lock.ts";
import { SharedStore } from "../../../runtime/sync/shared_store.ts";
import { SharedWaits } from "../../../runtime/sync/shared_waits.ts";

/** What a worker is to do. */
export interface Task {
  readonly kind: "exclude" | "consume" | "produce" | "count" | "wait" | "lock";
  readonly buffer: SharedArrayBuffer;
  readonly place: number;
  readonly rounds: number;
}

self.onmessage = async ({ data }: MessageEvent<Task>) => {
  const { kind } = data;
  if (kind === "lock") {
    new SharedLock(new Int32Array(data.buffer), 0).acquire(threadId());
    self.postMessage("locked");
    return;
  }
  const eventer = new Eventer({ exclusive: true, autoRun: false });
  const store = new SharedStore(data.buffer, data.place, eventer.wakeFd);
  const waits = new SharedWaits(store, eventer);
  const done = (result: unknown) => {
    waits[Symbol.dispose]();
    eventer.stop();
    self.postMessage(result);
  };
  eventer.post(() => TASKS[kind](data, waits, eventer, done));
  await eventer.run();
  await eventer[Symbol.asyncDispose]();
  self.postMessage("disposed");
};

type Run = (
  task: Task,
  waits: SharedWaits,
  eventer: Eventer,
  done: (result: unknown) => void,
) => void;

const TASKS: Record<Exclude<Task["kind"], "lock">, Run> = {
  /** Adds to a shared number, not atomically, while it has the semaphore. */
  exclude({ rounds }, waits, eventer, done) {
    const { store } = waits;
    let left = rounds;
    const enter = () => {
      const number = store.get("number")![0]! + store.get("number")![1]! * 256;
      const next = number + 1;
      eventer.post(() => {
        store.set("number", new Uint8Array([next & 255, next >> 8]));
        store.release("mutex");
        if (--left === 0) done("done");
        else again();
      });
    };
    const again = () => {
      if (store.tryAcquire("mutex")) enter();
      else waits.semaphore("mutex", enter);
    };
    again();
  },
  consume({ rounds }, waits, _eventer, done) {
    const got: number[] = [];
    const again = () => {
      const item = waits.store.shift("queue");
      if (item !== undefined) took(item);
      else waits.item("queue", took);
    };
    const took = (bytes: Uint8Array) => {
      if (bytes.length === 0) return done(got);
      got.push(bytes[0]! + bytes[1]! * 256);
      if (got.length > rounds) done(got);
      else again();
    };
    again();
  },
  produce({ rounds, place }, waits, eventer, done) {
    let next = 0;
    const again = () => {
      const number = place * rounds + next;
      waits.store.push("queue", new Uint8Array([number & 255, number >> 8]));
      if (++next === rounds) done("done");
      else eventer.post(again);
    };
    again();
  },
  count({ rounds }, waits, _eventer, done) {
    const got: number[] = [];
    for (let i = 0; i < rounds; i++) got.push(waits.store.count("counter"));
    done(got);
  },
  /** Waits for ever; the test ends the worker. */
  wait(_task, waits, _eventer, _done) {
    waits.item("queue", () => {});
    waits.semaphore("mutex", () => {});
    self.postMessage(threadId());
  },
};
