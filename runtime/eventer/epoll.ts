/**
 * The poller of Linux: one epoll set with an eventfd for wake-ups and a timerfd for due times.
 *
 * A wait in flight on a helper thread only hints that something is ready: its report may be
 * outdated when it arrives, so what is ready is always asked anew with `poll`. That is what makes
 * it harmless to leave a wait in flight while the loop goes on.
 */

import {
  EINTR,
  ENOENT,
  EPERM,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
} from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import {
  allocateEpollEvent,
  epollControl,
  epollCreate,
  EpollEvents,
  epollWait,
  epollWaitElsewhere,
  freeEpollEvent,
} from "../posix/epoll.ts";
import {
  drainCounter,
  eventfdCreate,
  eventfdRaise,
  timerfdArm,
  timerfdCreate,
  timerfdDisarm,
} from "../posix/event_descriptors.ts";
import { errno } from "../posix/libc.ts";
import { PosixError } from "../posix/posix_error.ts";
import {
  ERROR,
  HANGUP,
  type Poller,
  READABLE,
  WRITABLE,
} from "./poller_interface.ts";

const CAPACITY = 256;

/** Readiness by epoll. */
export class EpollPoller implements Poller {
  readonly wakeFd: number;
  readonly #epollFd: number;
  readonly #timerFd: number;
  readonly #events = new EpollEvents(CAPACITY);
  readonly #change = new EpollEvents(1);
  readonly #hint: Deno.PointerObject;
  readonly #opened: number[] = [];
  #armed = Infinity;
  #inFlight = false;
  #closed = false;

  /**
   * Opens the set.
   *
   * @throws {PosixError} When a descriptor cannot be had; none stays open then.
   */
  constructor() {
    try {
      this.#epollFd = this.#own(epollCreate());
      this.wakeFd = this.#own(eventfdCreate());
      this.#timerFd = this.#own(timerfdCreate());
      this.watch(this.wakeFd, 0, READABLE);
      this.watch(this.#timerFd, 0, READABLE);
      this.#hint = allocateEpollEvent();
    } catch (error) {
      for (const fd of this.#opened) close(fd);
      throw error;
    }
  }

  #own(fd: number): number {
    this.#opened.push(fd);
    return fd;
  }

  watch(fd: number, before: number, interest: number): boolean {
    const change = this.#change;
    const mask = ((interest & READABLE) !== 0 ? EPOLLIN : 0) |
      ((interest & WRITABLE) !== 0 ? EPOLLOUT : 0);
    change.set(0, mask, fd);
    if (interest === 0) {
      // A descriptor that was closed has left the set already.
      epollControl(this.#epollFd, EPOLL_CTL_DEL, fd, change);
      return false;
    }
    const first = before === 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epollControl(this.#epollFd, first, fd, change) === 0) return true;
    let number = errno();
    if (number === ENOENT) {
      // The descriptor was closed behind our back, and its number used again.
      if (epollControl(this.#epollFd, EPOLL_CTL_ADD, fd, change) === 0) {
        return true;
      }
      number = errno();
    }
    if (number === EPERM) return false;
    throw new PosixError("epoll_ctl", number, `descriptor ${fd}`);
  }

  poll(timeoutMs: number): number {
    const events = this.#events;
    const count = epollWait(this.#epollFd, events, timeoutMs);
    if (count < 0) {
      const number = errno();
      if (number === EINTR) return 0;
      throw new PosixError("epoll_wait", number);
    }
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const fd = events.data(index);
      if (fd === this.#timerFd) {
        drainCounter(fd);
        this.#armed = Infinity;
      } else if (fd === this.wakeFd) {
        drainCounter(fd);
      } else {
        if (kept !== index) events.set(kept, events.events(index), fd);
        kept++;
      }
    }
    return kept;
  }

  fd(index: number): number {
    return this.#events.data(index);
  }

  ready(index: number): number {
    const events = this.#events.events(index);
    return ((events & EPOLLIN) !== 0 ? READABLE : 0) |
      ((events & EPOLLOUT) !== 0 ? WRITABLE : 0) |
      ((events & EPOLLHUP) !== 0 ? HANGUP : 0) |
      ((events & EPOLLERR) !== 0 ? ERROR : 0);
  }

  async pollElsewhere(): Promise<void> {
    if (this.#inFlight) {
      throw new Error("Cannot wait for descriptors: a wait is in flight");
    }
    this.#inFlight = true;
    try {
      await epollWaitElsewhere(this.#epollFd, this.#hint);
    } finally {
      this.#inFlight = false;
    }
  }

  wake(): void {
    eventfdRaise(this.wakeFd);
  }

  arm(dueMs: number): void {
    if (dueMs === this.#armed) return;
    if (dueMs === Infinity) timerfdDisarm(this.#timerFd);
    else timerfdArm(this.#timerFd, dueMs);
    this.#armed = dueMs;
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    if (this.#inFlight) {
      throw new Error("Cannot close the poller: a wait is in flight");
    }
    this.#closed = true;
    for (const fd of this.#opened) close(fd);
    freeEpollEvent(this.#hint);
  }
}
