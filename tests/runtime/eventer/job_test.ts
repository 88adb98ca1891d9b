/** Jobs: delivery on the loop, rejection, cancelling. */
import assert from "node:assert/strict";
import { eventerTest } from "../../support/eventer.ts";

eventerTest("job() delivers a value on the loop", async (eventer) => {
  const job = eventer.job(
    () => Promise.resolve(42),
    (outcome) => {
      assert.equal(eventer.dispatching, true);
      assert.deepEqual(outcome, { status: "fulfilled", value: 42 });
      assert.equal(job.active, false);
      eventer.stop();
    },
  );
  assert.equal(job.active, true);
  await eventer.run();
});

eventerTest("job() delivers a rejection", async (eventer) => {
  const reason = new Error("no");
  eventer.job(() => Promise.reject(reason), (outcome) => {
    assert.deepEqual(outcome, { status: "rejected", reason });
    eventer.stop();
  });
  await eventer.run();
});

eventerTest("job() delivers what starting it threw, later", async (eventer) => {
  const reason = new Error("no");
  let returned = false;
  eventer.job(() => {
    throw reason;
  }, (outcome) => {
    assert.equal(returned, true);
    assert.deepEqual(outcome, { status: "rejected", reason });
    eventer.stop();
  });
  returned = true;
  await eventer.run();
});

eventerTest("job() wakes an idle loop", async (eventer) => {
  const { promise, resolve } = Promise.withResolvers<string>();
  eventer.job(() => promise, () => eventer.stop());
  setTimeout(() => resolve("late"), 20);
  await eventer.run();
});

eventerTest(
  "cancel() aborts the signal and prevents the call",
  async (eventer) => {
    let aborted = false;
    const { promise, reject } = Promise.withResolvers<void>();
    const job = eventer.job((signal) => {
      signal.addEventListener("abort", () => {
        aborted = true;
        reject(signal.reason);
      });
      return promise;
    }, () => assert.fail("called"));
    assert.equal(job.cancel(), true);
    assert.equal(job.cancel(), false);
    assert.equal(aborted, true);
    eventer.timer(5, () => eventer.stop());
    await eventer.run();
  },
);

eventerTest(
  "cancel() prevents the call of a job that has finished",
  async (eventer) => {
    const job = eventer.job(
      () => Promise.resolve(),
      () => assert.fail("called"),
    );
    // By then the outcome is queued for the next pass.
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(job.cancel(), true);
    eventer.timer(5, () => eventer.stop());
    await eventer.run();
  },
);

eventerTest(
  "a job that finishes after dispose() is dropped",
  async (eventer) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let aborted = false;
    const job = eventer.job((signal) => {
      signal.addEventListener("abort", () => aborted = true);
      return promise;
    }, () => assert.fail("called"));
    await eventer[Symbol.asyncDispose]();
    assert.equal(aborted, true);
    assert.equal(job.active, false);
    resolve();
    await promise;
  },
);

eventerTest("an error in the callback reaches run()", async (eventer) => {
  eventer.job(() => Promise.resolve(), () => {
    throw new Error("from the job");
  });
  await assert.rejects(eventer.run(), { message: "from the job" });
});
