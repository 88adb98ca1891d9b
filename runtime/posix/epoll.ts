/**
 * epoll: which descriptors are ready. Linux only.
 *
 * Thin calls with C's results (-1 and `errno()`), plus the memory they need. The policy (who waits
 * for what, when to ask the kernel) is the poller's, runtime/eventer/epoll.ts.
 */

import { EPOLL_CLOEXEC } from "./constants.ts";
import { errno, libc } from "./libc.ts";
import { requiredPlatform } from "./platform.ts";
import type { EpollEventLayout } from "./platform_description.ts";
import { PosixError } from "./posix_error.ts";

const symbols = libc({
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  epoll_wait_elsewhere: {
    name: "epoll_wait",
    parameters: ["i32", "pointer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
});

const rarely = libc({
  epoll_create1: { parameters: ["i32"], result: "i32" },
  calloc: { parameters: ["u32", "u32"], result: "pointer" },
  free: { parameters: ["pointer"], result: "void" },
}, { rarely: true });

/**
 * Creates an epoll set, closed on exec.
 *
 * @returns Its descriptor.
 * @throws {PosixError} When the kernel refuses, for example with EMFILE.
 */
export function epollCreate(): number {
  const calls = rarely();
  const fd = calls.epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw new PosixError("epoll_create1", errno());
  return fd;
}

/** Room for events, and the way to read them. */
export class EpollEvents {
  /** The memory, in 32-bit words. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly #layout: EpollEventLayout;

  /**
   * Makes room.
   *
   * @param capacity How many events fit.
   * @throws {Deno.errors.NotSupported} Where there is no epoll.
   */
  constructor(readonly capacity: number) {
    this.#layout = epollEventLayout();
    this.words = new Int32Array(capacity * this.#layout.words);
  }

  /**
   * Writes an event.
   *
   * @param index Which one.
   * @param events A mask of EPOLL constants.
   * @param data What the kernel shall hand back; 32 bits.
   */
  set(index: number, events: number, data: number): void {
    const start = index * this.#layout.words;
    this.words[start + this.#layout.events] = events;
    this.words[start + this.#layout.data] = data;
  }

  /**
   * @param index Which event.
   * @returns Its mask of EPOLL constants.
   */
  events(index: number): number {
    return this.words[index * this.#layout.words + this.#layout.events]!;
  }

  /**
   * @param index Which event.
   * @returns The data given to the kernel.
   */
  data(index: number): number {
    return this.words[index * this.#layout.words + this.#layout.data]!;
  }
}

function epollEventLayout(): EpollEventLayout {
  const layout = requiredPlatform().epollEvent;
  if (layout !== undefined) return layout;
  throw new Deno.errors.NotSupported("Cannot use epoll: this system has none");
}

/**
 * Adds, changes or removes a descriptor.
 *
 * @param epollFd The epoll set.
 * @param operation One of the EPOLL_CTL constants.
 * @param fd The descriptor.
 * @param event Room for one event, holding the interest.
 * @returns 0, or -1 with `errno()` set.
 */
export function epollControl(
  epollFd: number,
  operation: number,
  fd: number,
  event: EpollEvents,
): number {
  return symbols().epoll_ctl(epollFd, operation, fd, event.words);
}

/**
 * Asks which descriptors are ready; blocks this thread up to the time limit.
 *
 * @param epollFd The epoll set.
 * @param events Where to put them.
 * @param timeoutMs How long to wait, in milliseconds; 0 only looks, -1 is for ever.
 * @returns The number of events, or -1 with `errno()` set.
 */
export function epollWait(
  epollFd: number,
  events: EpollEvents,
  timeoutMs: number,
): number {
  return symbols().epoll_wait(
    epollFd,
    events.words,
    events.capacity,
    timeoutMs,
  );
}

/**
 * Waits on one of Deno's helper threads until any descriptor is ready. Suspends.
 *
 * @param epollFd The epoll set. It must stay open until the promise has settled.
 * @param event Memory of {@link allocateEpollEvent}, of which nothing useful can be read: level
 *   triggered events are still there for `epollWait`.
 * @returns The number of events, 0 or 1, or -1; `errno()` cannot be read.
 */
export function epollWaitElsewhere(
  epollFd: number,
  event: Deno.PointerObject,
): Promise<number> {
  return symbols().epoll_wait_elsewhere(epollFd, event, 1, -1);
}

/**
 * Allocates room for one event outside the JavaScript heap: a helper thread may still write to it
 * after a worker that waited has been terminated and its heap is gone.
 *
 * @returns Its address. Free it with {@link freeEpollEvent} when no wait uses it any more.
 * @throws {Error} When there is no memory.
 */
export function allocateEpollEvent(): Deno.PointerObject {
  const pointer = rarely().calloc(epollEventLayout().words, 4);
  if (pointer !== null) return pointer;
  throw new Error("Cannot allocate an epoll event: out of memory");
}

/**
 * Frees what {@link allocateEpollEvent} returned.
 *
 * @param event Its address.
 */
export function freeEpollEvent(event: Deno.PointerObject): void {
  rarely().free(event);
}
