/** eventfd and timerfd, seen through epoll. */
import assert from "node:assert/strict";
import {
  EAGAIN,
  EPOLL_CTL_ADD,
  EPOLLIN,
} from "../../../runtime/posix/constants.ts";
import { close } from "../../../runtime/posix/descriptors.ts";
import {
  allocateEpollEvent,
  epollControl,
  epollCreate,
  EpollEvents,
  epollWait,
  epollWaitElsewhere,
  freeEpollEvent,
} from "../../../runtime/posix/epoll.ts";
import {
  drainCounter,
  eventfdCreate,
  eventfdRaise,
  timerfdArm,
  timerfdCreate,
  timerfdDisarm,
} from "../../../runtime/posix/event_descriptors.ts";
import { errno } from "../../../runtime/posix/libc.ts";
import { monotonic } from "../../../runtime/time/clock.ts";

/** Watches one descriptor while the body runs, then closes everything. */
async function watching(
  fd: number,
  body: (epollFd: number, events: EpollEvents) => void | Promise<void>,
): Promise<void> {
  const epollFd = epollCreate();
  const events = new EpollEvents(4);
  events.set(0, EPOLLIN, fd);
  assert.equal(epollControl(epollFd, EPOLL_CTL_ADD, fd, events), 0);
  try {
    await body(epollFd, events);
  } finally {
    close(fd);
    close(epollFd);
  }
}

Deno.test("eventfdRaise() makes it readable until it is drained", async () => {
  const fd = eventfdCreate();
  await watching(fd, (epollFd, events) => {
    assert.equal(epollWait(epollFd, events, 0), 0);
    assert.equal(eventfdRaise(fd), 8);
    assert.equal(eventfdRaise(fd), 8);
    assert.equal(epollWait(epollFd, events, 0), 1);
    assert.equal(events.data(0), fd);
    assert.equal(events.events(0), EPOLLIN);
    assert.equal(drainCounter(fd), 8);
    assert.equal(epollWait(epollFd, events, 0), 0);
    const result = drainCounter(fd);
    const number = errno();
    assert.equal(result, -1);
    assert.equal(number, EAGAIN);
  });
});

Deno.test("timerfdArm() makes it readable when due, not before", async () => {
  const fd = timerfdCreate();
  await watching(fd, (epollFd, events) => {
    const due = monotonic() + 5.25;
    timerfdArm(fd, due);
    assert.equal(epollWait(epollFd, events, 10_000), 1);
    assert.ok(monotonic() >= due);
    assert.equal(drainCounter(fd), 8);
    assert.equal(epollWait(epollFd, events, 0), 0);
  });
});

Deno.test("timerfdArm() with a time in the past is readable at once", async () => {
  const fd = timerfdCreate();
  await watching(fd, (epollFd, events) => {
    for (const due of [monotonic() - 1000, 0, -1]) {
      timerfdArm(fd, due);
      assert.equal(epollWait(epollFd, events, 10_000), 1);
      drainCounter(fd);
    }
  });
});

Deno.test("timerfdDisarm() forgets what had come", async () => {
  const fd = timerfdCreate();
  await watching(fd, (epollFd, events) => {
    timerfdArm(fd, 0);
    assert.equal(epollWait(epollFd, events, 10_000), 1);
    timerfdDisarm(fd);
    assert.equal(epollWait(epollFd, events, 0), 0);
  });
});

Deno.test("epollWaitElsewhere() lets this thread go on, and reports", async () => {
  const fd = eventfdCreate();
  const event = allocateEpollEvent();
  await watching(fd, async (epollFd) => {
    let reported = false;
    const waiting = epollWaitElsewhere(epollFd, event).then((count) => {
      reported = true;
      return count;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(reported, false);
    eventfdRaise(fd);
    assert.equal(await waiting, 1);
  });
  freeEpollEvent(event);
});
