/** Waiting for descriptors: readiness, cancelling, reuse, hang-ups, staleness. */
import assert from "node:assert/strict";
import {
  ERROR,
  HANGUP,
  READABLE,
  WRITABLE,
} from "../../../runtime/eventer/poller_interface.ts";
import { EAGAIN } from "../../../runtime/posix/constants.ts";
import {
  close,
  duplicate,
  pipe,
  read,
  write,
} from "../../../runtime/posix/descriptors.ts";
import { errno } from "../../../runtime/posix/libc.ts";
import { PosixError } from "../../../runtime/posix/posix_error.ts";
import { eventerTest, TestPipe } from "../../support/eventer.ts";

eventerTest("waitFd() calls once per wait", async (eventer) => {
  using pipe = new TestPipe(eventer);
  let calls = 0;
  const wait = eventer.waitFd(pipe.readFd, "read", (ready) => {
    calls++;
    assert.equal(ready, READABLE);
    assert.equal(wait.active, false);
    eventer.timer(0, () => eventer.timer(0, () => eventer.stop()));
  });
  assert.equal(wait.active, true);
  pipe.fill();
  await eventer.run();
  assert.equal(calls, 1);
});

eventerTest("waitFd() wakes an idle loop", async (eventer) => {
  using pipe = new TestPipe(eventer);
  eventer.waitFd(pipe.readFd, "read", () => eventer.stop());
  setTimeout(() => pipe.fill(), 10);
  await eventer.run();
});

eventerTest(
  "waitFd() made while the loop is idle is noticed",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    pipe.fill();
    setTimeout(() => {
      eventer.waitFd(pipe.readFd, "read", () => eventer.stop());
    }, 10);
    await eventer.run();
  },
);

eventerTest("waitFd() in a loop reads everything", async (eventer) => {
  using pipe = new TestPipe(eventer);
  const bytes = new Uint8Array(3);
  let received = 0;
  let sent = 0;
  const receive = () => {
    const count = read(pipe.readFd, bytes);
    if (count > 0) received += count;
    else assert.equal(errno(), EAGAIN);
    if (received === 1000) eventer.stop();
    else eventer.waitFd(pipe.readFd, "read", receive);
  };
  const send = () => {
    pipe.fill();
    if (++sent < 1000) eventer.waitFd(pipe.writeFd, "write", send);
  };
  eventer.waitFd(pipe.readFd, "read", receive);
  eventer.waitFd(pipe.writeFd, "write", send);
  await eventer.run();
  assert.equal(received, 1000);
});

eventerTest("waitFd() throws when somebody waits already", (eventer) => {
  using pipe = new TestPipe(eventer);
  eventer.waitFd(pipe.readFd, "read", () => {});
  assert.throws(
    () => eventer.waitFd(pipe.readFd, "read", () => {}),
    {
      message:
        `Cannot wait to read descriptor ${pipe.readFd}: another wait for the same is pending`,
    },
  );
});

eventerTest("waitFd() throws for a descriptor that is none", (eventer) => {
  const { readFd, writeFd } = pipe();
  close(readFd);
  close(writeFd);
  assert.throws(() => eventer.waitFd(readFd, "read", () => {}), (error) => {
    assert.ok(error instanceof PosixError);
    assert.equal(error.code, "EBADF");
    assert.equal(error.syscall, "epoll_ctl");
    return true;
  });
});

eventerTest("waitFd() finds plain files ready, next pass", async (eventer) => {
  const name = Deno.makeTempFileSync();
  const { openSync, closeSync } = await import("node:fs");
  const fd = openSync(name, "r");
  const order: string[] = [];
  eventer.waitFd(fd, "read", (ready) => {
    order.push(`read ${ready}`);
    const cancelled = eventer.waitFd(fd, "read", () => order.push("cancelled"));
    cancelled.cancel();
    eventer.waitFd(fd, "read", () => {
      order.push("again");
      eventer.stop();
    });
    order.push("waiting");
  });
  eventer.waitFd(fd, "write", (ready) => order.push(`write ${ready}`));
  await eventer.run();
  eventer.forgetFd(fd);
  closeSync(fd);
  Deno.removeSync(name);
  assert.deepEqual(order, [
    `read ${READABLE}`,
    "waiting",
    `write ${WRITABLE}`,
    "again",
  ]);
});

eventerTest(
  "both directions of a descriptor are told apart",
  async (eventer) => {
    // A pseudo-terminal or a socket has both directions; the eventfd is the simplest of all.
    const { eventfdCreate, eventfdRaise } = await import(
      "../../../runtime/posix/event_descriptors.ts"
    );
    const fd = eventfdCreate();
    const order: string[] = [];
    eventer.waitFd(fd, "read", (ready) => {
      order.push(`read ${ready}`);
      eventer.stop();
    });
    eventer.waitFd(fd, "write", (ready) => {
      order.push(`write ${ready}`);
      eventfdRaise(fd);
    });
    await eventer.run();
    eventer.forgetFd(fd);
    close(fd);
    assert.deepEqual(order, [
      `write ${WRITABLE}`,
      `read ${READABLE | WRITABLE}`,
    ]);
  },
);

eventerTest(
  "both directions end in one batch, reading first",
  async (eventer) => {
    const { eventfdCreate, eventfdRaise } = await import(
      "../../../runtime/posix/event_descriptors.ts"
    );
    const fd = eventfdCreate();
    eventfdRaise(fd);
    const order: string[] = [];
    eventer.waitFd(fd, "write", () => order.push("write"));
    eventer.waitFd(fd, "read", () => {
      order.push("read");
      eventer.post(() => eventer.stop());
    });
    await eventer.run();
    eventer.forgetFd(fd);
    close(fd);
    assert.deepEqual(order, ["read", "write"]);
  },
);

eventerTest("a hang-up ends a read, also without data", async (eventer) => {
  using pipe = new TestPipe(eventer);
  eventer.waitFd(pipe.readFd, "read", (ready) => {
    assert.equal(ready, HANGUP);
    assert.equal(read(pipe.readFd, new Uint8Array(1)), 0);
    eventer.stop();
  });
  pipe.closeWriter();
  await eventer.run();
});

eventerTest(
  "a reader that left ends a write with an error",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    eventer.waitFd(pipe.writeFd, "write", (ready) => {
      assert.equal(ready & ERROR, ERROR);
      eventer.stop();
    });
    pipe.closeReader();
    await eventer.run();
  },
);

eventerTest(
  "a hang-up nobody waits for does not keep the loop busy",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    eventer.waitFd(pipe.readFd, "read", () => {}).cancel();
    pipe.closeWriter();
    let passes = 0;
    using _ = eventer.recurrent(() => void passes++);
    eventer.timer(50, () => eventer.stop());
    await eventer.run();
    // A loop that kept reporting would make thousands of passes in this time.
    assert.ok(passes < 100, `${passes} passes`);
  },
);

eventerTest(
  "data nobody waits for does not keep the loop busy",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    let passes = 0;
    using _ = eventer.recurrent(() => void passes++);
    eventer.waitFd(pipe.readFd, "read", () => {
      eventer.timer(50, () => eventer.stop());
    });
    pipe.fill();
    await eventer.run();
    assert.ok(passes < 100, `${passes} passes`);
    // The interest was dropped; a new wait must bring it back.
    let told = false;
    eventer.waitFd(pipe.readFd, "read", () => {
      told = true;
      eventer.stop();
    });
    await eventer.run();
    assert.equal(told, true);
  },
);

eventerTest("cancel() prevents the call", async (eventer) => {
  using pipe = new TestPipe(eventer);
  pipe.fill();
  const wait = eventer.waitFd(pipe.readFd, "read", () => assert.fail("called"));
  assert.equal(wait.cancel(), true);
  assert.equal(wait.cancel(), false);
  assert.equal(wait.active, false);
  eventer.timer(1, () => eventer.stop());
  await eventer.run();
});

eventerTest("cancel() by its own callback does nothing", async (eventer) => {
  using pipe = new TestPipe(eventer);
  pipe.fill();
  const wait = eventer.waitFd(pipe.readFd, "read", () => {
    assert.equal(wait.cancel(), false);
    eventer.stop();
  });
  await eventer.run();
});

eventerTest(
  "cancel() prevents a call whose report is in the batch",
  async (eventer) => {
    using first = new TestPipe(eventer);
    using second = new TestPipe(eventer);
    first.fill();
    second.fill();
    const called: string[] = [];
    const a = eventer.waitFd(first.readFd, "read", () => {
      called.push("a");
      assert.equal(b.cancel(), true);
    });
    const b = eventer.waitFd(second.readFd, "read", () => {
      called.push("b");
      assert.equal(a.cancel(), true);
    });
    eventer.timer(1, () => eventer.timer(1, () => eventer.stop()));
    await eventer.run();
    assert.equal(called.length, 1);
  },
);

eventerTest("forgetFd() ends both waits without a call", async (eventer) => {
  using pipe = new TestPipe(eventer);
  pipe.fill();
  const a = eventer.waitFd(pipe.readFd, "read", () => assert.fail("read"));
  const b = eventer.waitFd(pipe.writeFd, "write", () => assert.fail("write"));
  eventer.forgetFd(pipe.readFd);
  eventer.forgetFd(pipe.writeFd);
  assert.equal(a.active, false);
  assert.equal(b.active, false);
  eventer.timer(1, () => eventer.stop());
  await eventer.run();
});

eventerTest(
  "a number used again within a batch does not inherit the report",
  async (eventer) => {
    using first = new TestPipe(eventer);
    using second = new TestPipe(eventer);
    first.fill();
    second.fill();
    let reused = -1;
    let writer = -1;
    const called: string[] = [];
    const takeOver = (other: TestPipe, name: string) => {
      called.push(name);
      if (reused >= 0) return;
      // The other pipe's report is in this batch. Its number now belongs to a pipe that is empty.
      other.closeReader();
      const fresh = pipe();
      assert.equal(fresh.readFd, other.readFd);
      reused = fresh.readFd;
      writer = fresh.writeFd;
      eventer.waitFd(reused, "read", () => {
        called.push("fresh");
        assert.equal(read(reused, new Uint8Array(1)), 1);
        eventer.stop();
      });
      eventer.timer(5, () => {
        called.push("filled");
        write(writer, new Uint8Array(1));
      });
    };
    eventer.waitFd(first.readFd, "read", () => takeOver(second, "first"));
    eventer.waitFd(second.readFd, "read", () => takeOver(first, "second"));
    await eventer.run();
    eventer.forgetFd(reused);
    close(reused);
    close(writer);
    assert.equal(called.length, 3);
    assert.deepEqual(called.slice(1), ["filled", "fresh"]);
  },
);

eventerTest(
  "a wait made during a batch is not ended by it",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    pipe.fill();
    let passes = 0;
    using _ = eventer.recurrent(() => void passes++);
    let first = -1;
    eventer.waitFd(pipe.readFd, "read", () => {
      first = passes;
      eventer.waitFd(pipe.readFd, "read", () => {
        assert.ok(passes > first);
        eventer.stop();
      });
    });
    await eventer.run();
  },
);

eventerTest(
  "readiness that was used up while a wait was in flight is not reported",
  async (eventer) => {
    using pipe = new TestPipe(eventer);
    let calls = 0;
    eventer.waitFd(pipe.readFd, "read", () => calls++);
    setTimeout(() => {
      // The wait in flight reports this byte; it is gone before the loop gets to look.
      pipe.fill();
      assert.equal(read(pipe.readFd, new Uint8Array(1)), 1);
      eventer.timer(20, () => eventer.stop());
    }, 20);
    await eventer.run();
    assert.equal(calls, 0);
  },
);

eventerTest(
  "a descriptor closed without forgetFd() and used again is watched",
  async (eventer) => {
    const old = pipe();
    eventer.waitFd(old.readFd, "read", () => assert.fail("old")).cancel();
    using fresh = new TestPipe(eventer);
    close(old.readFd);
    const copy = duplicate(fresh.writeFd);
    assert.equal(copy, old.readFd);
    eventer.waitFd(copy, "write", () => eventer.stop());
    await eventer.run();
    eventer.forgetFd(copy);
    close(copy);
    close(old.writeFd);
  },
);

eventerTest("a duplicate is watched separately", async (eventer) => {
  using original = new TestPipe(eventer);
  const copy = duplicate(original.readFd);
  original.fill();
  const told: string[] = [];
  eventer.waitFd(original.readFd, "read", () => told.push("original"));
  eventer.waitFd(copy, "read", () => {
    told.push("copy");
    eventer.post(() => eventer.stop());
  });
  await eventer.run();
  eventer.forgetFd(copy);
  close(copy);
  assert.deepEqual(told.sort(), ["copy", "original"]);
});

eventerTest(
  "more descriptors than a batch holds are all served",
  async (eventer) => {
    const pipes = Array.from({ length: 400 }, () => new TestPipe(eventer));
    let served = 0;
    for (const pipe of pipes) {
      pipe.fill();
      eventer.waitFd(pipe.readFd, "read", () => {
        read(pipe.readFd, new Uint8Array(1));
        if (++served === pipes.length) eventer.stop();
      });
    }
    await eventer.run();
    for (const pipe of pipes) pipe[Symbol.dispose]();
    assert.equal(served, 400);
  },
);
