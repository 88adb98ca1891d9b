/** The loop: order of phases, running and stopping, errors, disposal, other threads. */
import assert from "node:assert/strict";
import { Eventer } from "../../../runtime/eventer/eventer.ts";
import { read } from "../../../runtime/posix/descriptors.ts";
import {
  eventerTest,
  runProgram,
  TestPipe,
  within,
} from "../../support/eventer.ts";

eventerTest(
  "a pass goes timers, posts, recurrent work, descriptors",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    pipe.fill();
    const order: string[] = [];
    eventer.waitFd(pipe.readFd, "read", () => {
      order.push("descriptor");
      eventer.stop();
    });
    using _ = eventer.recurrent(() => void order.push("recurrent"));
    eventer.post(() => order.push("post"));
    eventer.timer(0, () => order.push("timer"));
    await eventer.run();
    assert.deepEqual(order, ["timer", "post", "recurrent", "descriptor"]);
  },
);

eventerTest(
  "due timers go earliest first, ties in creation order",
  async (eventer) => {
    const order: string[] = [];
    eventer.timer(2, () => order.push("2"));
    eventer.timer(1, () => order.push("1"));
    eventer.timer(-5, () => order.push("0a"));
    eventer.timer(0, () => order.push("0b"));
    eventer.timer(3, () => eventer.stop());
    // All are due when the loop starts.
    const start = eventer.now();
    while (eventer.now() - start < 4);
    await eventer.run();
    assert.deepEqual(order, ["0a", "0b", "1", "2"]);
  },
);

eventerTest(
  "a timer made by a timer waits for the next pass",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    pipe.fill();
    const order: string[] = [];
    eventer.timer(0, () => {
      order.push("timer");
      eventer.timer(0, () => {
        order.push("second timer");
        eventer.stop();
      });
    });
    eventer.waitFd(pipe.readFd, "read", () => order.push("descriptor"));
    await eventer.run();
    assert.deepEqual(order, ["timer", "descriptor", "second timer"]);
  },
);

eventerTest(
  "a post made by a post waits for the next pass",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    pipe.fill();
    const order: string[] = [];
    eventer.post(() => {
      order.push("post");
      eventer.post(() => {
        order.push("second post");
        eventer.stop();
      });
    });
    eventer.waitFd(pipe.readFd, "read", () => order.push("descriptor"));
    await eventer.run();
    assert.deepEqual(order, ["post", "descriptor", "second post"]);
  },
);

eventerTest("a post made by a timer runs in the same pass", async (eventer) => {
  const order: string[] = [];
  eventer.timer(0, () => {
    order.push("timer");
    eventer.post(() => order.push("post"));
  });
  using _ = eventer.recurrent(() => {
    order.push("recurrent");
    eventer.stop();
  });
  await eventer.run();
  assert.deepEqual(order, ["timer", "post", "recurrent"]);
});

eventerTest(
  "zero timers starve neither descriptors nor Deno",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    let spinning = true;
    const spin = () => {
      if (spinning) eventer.timer(0, spin);
    };
    spin();
    let reads = 0;
    const receive = () => {
      reads += read(pipe.readFd, new Uint8Array(1));
      if (reads < 100) {
        pipe.fill();
        eventer.waitFd(pipe.readFd, "read", receive);
      } else {
        // Deno's own timers, promises and file calls must get their turn too.
        setTimeout(async () => {
          await Deno.stat(".");
          eventer.post(() => {
            spinning = false;
            eventer.stop();
          });
        }, 1);
      }
    };
    pipe.fill();
    eventer.waitFd(pipe.readFd, "read", receive);
    await eventer.run();
    assert.equal(reads, 100);
  },
);

eventerTest(
  "nothing is called from inside the call that asks for it",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    pipe.fill();
    let inside = true;
    let left = 4;
    const called = () => {
      assert.equal(inside, false);
      assert.equal(eventer.dispatching, true);
      if (--left === 0) eventer.stop();
    };
    eventer.timer(0, called);
    eventer.post(called);
    eventer.waitFd(pipe.readFd, "read", called);
    eventer.job(() => Promise.resolve(), called);
    const finished = eventer.run();
    inside = false;
    assert.equal(eventer.dispatching, false);
    await finished;
  },
);

eventerTest(
  "post() from Deno's callbacks wakes an idle loop",
  async (eventer) => {
    let rounds = 0;
    const next = () =>
      setTimeout(() => {
        eventer.post(() => {
          if (++rounds === 20) eventer.stop();
          else next();
        });
      }, 1);
    next();
    await eventer.run();
  },
);

eventerTest(
  "a timer made while the loop is idle is met before a later one",
  async (eventer) => {
    eventer.timer(3_600_000, () => assert.fail("an hour has passed"));
    setTimeout(() => {
      eventer.timer(3, () => eventer.timer(0, () => eventer.stop()));
    }, 20);
    await eventer.run();
  },
);

eventerTest("a timer is never early", async (eventer) => {
  let left = 40;
  const next = () => {
    const delay = left * 0.05;
    const start = eventer.now();
    eventer.timer(delay, () => {
      const elapsed = eventer.now() - start;
      assert.ok(elapsed >= delay, `${elapsed} of ${delay} ms`);
      if (--left > 0) next();
      else eventer.stop();
    });
  };
  next();
  await eventer.run();
});

eventerTest("a timer may cancel another one that is due", async (eventer) => {
  const order: string[] = [];
  eventer.timer(0, () => {
    order.push("first");
    assert.equal(second.cancel(), true);
  });
  const second = eventer.timer(0, () => order.push("second"));
  eventer.timer(0, () => {
    order.push("third");
    assert.equal(second.cancel(), false);
    eventer.stop();
  });
  await eventer.run();
  assert.deepEqual(order, ["first", "third"]);
});

eventerTest(
  "a timer that cancels itself has called already",
  async (eventer) => {
    const timer = eventer.timer(0, () => {
      assert.equal(timer.active, false);
      assert.equal(timer.cancel(), false);
      eventer.stop();
    });
    await eventer.run();
  },
);

eventerTest("timer() throws when the delay is not a number", (eventer) => {
  assert.throws(() => eventer.timer(NaN, () => {}), RangeError);
});

eventerTest(
  "recurrent() ends when disposed, also in mid-pass",
  async (eventer) => {
    const order: string[] = [];
    const first = eventer.recurrent(() => {
      order.push("first");
      first[Symbol.dispose]();
      second[Symbol.dispose]();
    });
    const second = eventer.recurrent(() => void order.push("second"));
    eventer.timer(1, () => eventer.stop());
    await eventer.run();
    assert.deepEqual(order, ["first"]);
  },
);

eventerTest(
  "recurrent() that returns true is followed by a pass",
  async (eventer) => {
    let left = 1000;
    using _ = eventer.recurrent(() => {
      if (left > 0) return --left > 0;
      eventer.stop();
      return false;
    });
    eventer.timer(1, () => eventer.wake());
    await eventer.run();
    assert.equal(left, 0);
  },
);

eventerTest("stop() ends the pass, what is pending stays", async (eventer) => {
  const order: string[] = [];
  eventer.timer(0, () => {
    order.push("timer");
    eventer.stop();
  });
  eventer.timer(0, () => {
    order.push("second timer");
  });
  eventer.post(() => {
    order.push("post");
    eventer.stop();
  });
  eventer.post(() => {
    order.push("second post");
    eventer.stop();
  });
  await eventer.run();
  assert.deepEqual(order, ["timer"]);
  await eventer.run();
  assert.deepEqual(order, ["timer", "second timer", "post"]);
  await eventer.run();
  assert.deepEqual(order, ["timer", "second timer", "post", "second post"]);
});

eventerTest("stop() ends an idle loop", async (eventer) => {
  setTimeout(() => eventer.stop(), 10);
  await eventer.run();
  assert.equal(eventer.running, false);
});

eventerTest("stop() at once, and run() again", async (eventer) => {
  for (let round = 0; round < 10; round++) {
    const finished = eventer.run();
    eventer.stop();
    await finished;
  }
});

eventerTest("run() throws when it is running already", async (eventer) => {
  const finished = eventer.run();
  assert.throws(() => eventer.run(), {
    message: "Cannot run the eventer: it is running already",
  });
  eventer.stop();
  await finished;
});

eventerTest(
  "an error in a callback makes run() reject, and loses nothing",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    pipe.fill();
    const order: string[] = [];
    const failing = (name: string) => () => {
      order.push(name);
      throw new Error(name);
    };
    eventer.timer(0, failing("timer"));
    eventer.post(failing("post"));
    eventer.post(() => order.push("second post"));
    const recurrent = eventer.recurrent(() => {
      recurrent[Symbol.dispose]();
      failing("recurrent")();
    });
    eventer.waitFd(pipe.readFd, "read", failing("descriptor"));
    for (const name of ["timer", "post", "recurrent", "descriptor"]) {
      await assert.rejects(eventer.run(), { message: name });
    }
    assert.deepEqual(order, [
      "timer",
      "post",
      "second post",
      "recurrent",
      "descriptor",
    ]);
  },
);

Deno.test("onError is told, and the loop goes on", async () => {
  const errors: unknown[] = [];
  await using eventer = new Eventer({
    onError: (error) => void errors.push(error),
  });
  eventer.timer(0, () => {
    throw new Error("first");
  });
  eventer.post(() => {
    throw new Error("second");
  });
  eventer.timer(1, () => eventer.stop());
  await within(eventer.run());
  assert.deepEqual(errors, [new Error("first"), new Error("second")]);
});

Deno.test("an error in onError makes run() reject", async () => {
  await using eventer = new Eventer({
    onError: (error) => {
      throw new Error(`told of: ${error}`);
    },
  });
  eventer.post(() => {
    throw new Error("this");
  });
  await within(
    assert.rejects(eventer.run(), { message: "told of: Error: this" }),
  );
});

Deno.test("an error while nobody runs the loop is uncaught", async () => {
  const { code, stderr } = await runProgram(`
    import { Eventer } from "project:runtime/eventer/eventer.ts";
    const eventer = new Eventer();
    eventer.timer(1, () => { throw new Error("nobody catches this"); });
    eventer.timer(3600000, () => {});
  `);
  assert.equal(code, 1);
  assert.match(stderr, /nobody catches this/);
});

Deno.test("an uncaught error that is handled lets the loop go on", async () => {
  const { code, stdout, stderr } = await runProgram(`
    import { Eventer } from "project:runtime/eventer/eventer.ts";
    addEventListener("error", (event) => {
      event.preventDefault();
      console.log("handled", event.error.message);
    });
    const eventer = new Eventer();
    eventer.timer(1, () => { throw new Error("this"); });
    eventer.timer(2, () => console.log("went on"));
  `);
  assert.equal(stderr, "");
  assert.equal(stdout, "handled this\nwent on\n");
  assert.equal(code, 0);
});

for (const exclusive of [false, true]) {
  const kind = exclusive ? "exclusive" : "polite";
  Deno.test(`a process ends when nothing is pending (${kind})`, async () => {
    const { code, stdout, stderr } = await runProgram(`
      import { Eventer } from "project:runtime/eventer/eventer.ts";
      import { pipe, write, read } from "project:runtime/posix/descriptors.ts";
      const eventer = new Eventer({ exclusive: ${exclusive} });
      const { readFd, writeFd } = pipe();
      eventer.waitFd(readFd, "read", () => {
        console.log("descriptor");
        eventer.job(() => Promise.resolve("job"), ({ value }) => {
          console.log(value);
          eventer.recurrent(() => {});
          const hold = eventer.hold({ outside: true });
          setTimeout(() => {
            console.log("held");
            hold[Symbol.dispose]();
          }, 20);
        });
      });
      eventer.timer(5, () => write(writeFd, new Uint8Array(1)));
    `);
    assert.equal(stderr, "");
    assert.equal(stdout, "descriptor\njob\nheld\n");
    assert.equal(code, 0);
  });

  Deno.test(`a process ends when the last thing is cancelled (${kind})`, async () => {
    for (
      const [what, cancel] of [
        ["eventer.timer(3600000, () => {})", "it.cancel()"],
        ['eventer.waitFd(pipe().readFd, "read", () => {})', "it.cancel()"],
        ["eventer.job(() => new Promise(() => {}), () => {})", "it.cancel()"],
        ["eventer.hold()", "it[Symbol.dispose]()"],
      ]
    ) {
      const { code, stdout, stderr } = await runProgram(`
        import { Eventer } from "project:runtime/eventer/eventer.ts";
        import { pipe } from "project:runtime/posix/descriptors.ts";
        const eventer = new Eventer({ exclusive: ${exclusive} });
        const it = ${what};
        setTimeout(() => { console.log(eventer.running); ${cancel}; }, 30);
      `);
      assert.equal(stderr, "", what);
      assert.equal(stdout, "true\n", what);
      assert.equal(code, 0, what);
    }
  });
}

Deno.test("an eventer that runs by itself can be used again and again", async () => {
  await using eventer = new Eventer();
  for (let round = 0; round < 50; round++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    eventer.timer(round % 3, resolve);
    await within(promise);
  }
});

Deno.test("without autoRun nothing runs before run()", async () => {
  await using eventer = new Eventer({ autoRun: false });
  let called = false;
  eventer.timer(0, () => called = true);
  eventer.post(() => called = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(called, false);
  assert.equal(eventer.running, false);
});

Deno.test("dispose() in every state closes every descriptor", async () => {
  const { code, stdout, stderr } = await runProgram(`
    import { Eventer } from "project:runtime/eventer/eventer.ts";
    import { close, openDescriptors, pipe } from "project:runtime/posix/descriptors.ts";
    const turn = (ms = 3) => new Promise((resolve) => setTimeout(resolve, ms));
    const hour = 3600000;
    const states = {
      fresh: () => {},
      scheduled: (eventer) => eventer.timer(hour, () => {}),
      waiting: async (eventer) => { eventer.timer(hour, () => {}); await turn(); },
      parked: async (eventer) => { eventer.timer(0, () => {}); await turn(); },
      parking: async (eventer) => { eventer.timer(hour, () => {}).cancel(); await turn(); },
      stopping: async (eventer) => { void eventer.run(); await turn(); eventer.stop(); },
      stopped: async (eventer) => { const run = eventer.run(); eventer.stop(); await run; },
      running: async (eventer) => { void eventer.run(); await turn(); },
      "woken while a wait is in flight": async (eventer) => {
        eventer.timer(hour, () => {}); await turn(); eventer.post(() => {});
      },
      "in a timer": (eventer, end) => new Promise((resolve) => {
        eventer.timer(0, () => { end(); resolve(); });
        eventer.timer(0, () => console.log("called after disposal"));
      }),
      "in a post": (eventer, end) => new Promise((resolve) => {
        eventer.post(() => { end(); resolve(); });
        eventer.post(() => console.log("called after disposal"));
      }),
      "in recurrent work": (eventer, end) => new Promise((resolve) => {
        eventer.recurrent(() => { end(); resolve(); });
        eventer.recurrent(() => console.log("called after disposal"));
        eventer.post(() => {});
      }),
      "in a wait": (eventer, end, { readFd, writeFd }) => new Promise((resolve) => {
        eventer.waitFd(writeFd, "write", () => { end(); resolve(); });
        eventer.waitFd(readFd, "read", () => console.log("called after disposal"));
      }),
      "in a job": (eventer, end) => new Promise((resolve) => {
        eventer.job(() => Promise.resolve(), () => { end(); resolve(); });
        eventer.job(() => new Promise(() => {}), () => console.log("called after disposal"));
      }),
    };
    async function round() {
      for (const exclusive of [false, true]) {
        for (const [name, enter] of Object.entries(states)) {
          const eventer = new Eventer({ exclusive });
          const ends = pipe();
          await enter(eventer, () => eventer[Symbol.dispose](), ends);
          await eventer[Symbol.asyncDispose]();
          eventer[Symbol.dispose]();
          close(ends.readFd);
          close(ends.writeFd);
          for (const use of [
            () => eventer.timer(0, () => {}),
            () => eventer.waitFd(0, "read", () => {}),
            () => eventer.job(() => Promise.resolve(), () => {}),
            () => eventer.hold(),
            () => eventer.run(),
            () => eventer.recurrent(() => {}),
          ]) {
            try { use(); console.log(name, "can be used"); }
            catch (error) {
              if (!error.message.endsWith("the eventer is disposed")) console.log(error);
            }
          }
          eventer.post(() => console.log("posted after disposal"));
          eventer.stop();
          eventer.wake();
        }
      }
    }
    await round();
    const before = openDescriptors();
    await round();
    for (const [fd, target] of openDescriptors()) {
      if (!before.has(fd)) console.log("leaked", fd, target);
    }
    console.log("done");
  `);
  assert.equal(stderr, "");
  assert.equal(stdout, "done\n");
  assert.equal(code, 0);
});

eventerTest("dispose() while run() waits lets it return", async (eventer) => {
  const finished = eventer.run();
  setTimeout(() => eventer[Symbol.dispose](), 10);
  await finished;
});

eventerTest("another thread wakes the loop through wakeFd", async (eventer) => {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const root = new URL("../../../", import.meta.url).href;
  const source = `
    import { eventfdRaise } from "${root}runtime/posix/event_descriptors.ts";
    onmessage = ({ data: { shared, fd } }) => {
      Atomics.store(shared, 0, 7);
      eventfdRaise(fd);
    };
  `;
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  const worker = new Worker(url, { type: "module" });
  using _ = eventer.recurrent(() => {
    if (Atomics.load(shared, 0) === 7) eventer.stop();
  });
  worker.postMessage({ shared, fd: eventer.wakeFd });
  await eventer.run();
  worker.terminate();
});

Deno.test("a poller that fails ends run() instead of spinning", async () => {
  const { code, stdout, stderr } = await runProgram(`
    import { Eventer } from "project:runtime/eventer/eventer.ts";
    import { close, openDescriptors } from "project:runtime/posix/descriptors.ts";
    const before = openDescriptors();
    const eventer = new Eventer({ onError: () => console.log("not a callback's error") });
    for (const [fd, target] of openDescriptors()) {
      if (!before.has(fd) && target.includes("eventpoll")) close(fd);
    }
    eventer.timer(3600000, () => {});
    await eventer.run().catch((error) => console.log(error.message));
    await eventer[Symbol.asyncDispose]();
  `);
  assert.equal(stderr, "");
  assert.match(
    stdout,
    /^Cannot epoll_wait: Bad file descriptor \(EBADF\)\n$/,
  );
  assert.equal(code, 0);
});

Deno.test("a system without a poller is told in one sentence", async () => {
  const { code, stdout } = await runProgram(`
    Object.defineProperty(Deno, "build", { value: { ...Deno.build, os: "darwin" } });
    const { Eventer } = await import("project:runtime/eventer/eventer.ts");
    try { new Eventer(); } catch (error) { console.log(error.name + ": " + error.message); }
  `);
  assert.match(
    stdout,
    /^NotSupported: Cannot create an eventer on darwin-\w+: supported is Linux on x86_64 and aarch64\n$/,
  );
  assert.equal(code, 0);
});

eventerTest("100,000 timers are called in order", async (eventer) => {
  let last = 0;
  let left = 100_000;
  for (let count = 0; count < 100_000; count++) {
    const timer = eventer.timer((count * 7919) % 5, () => {
      assert.ok(timer.dueMs >= last);
      last = timer.dueMs;
      if (--left === 0) eventer.stop();
    });
  }
  await eventer.run();
});
