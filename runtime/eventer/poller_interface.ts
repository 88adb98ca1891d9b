/**
 * What the loop asks of a platform: which descriptors are ready, wake me, wake me at a time.
 *
 * Types and the bits of a readiness mask; the implementations are one file each (epoll.ts; kqueue
 * would be another) and poller.ts chooses. A poller knows nothing of callbacks. The invariant:
 * readiness is level-triggered, so that a report that nobody used comes again.
 */

/** Bit of a readiness mask: reading will not block. Also an interest. */
export const READABLE = 1;
/** Bit of a readiness mask: writing will not block. Also an interest. */
export const WRITABLE = 2;
/** Bit of a readiness mask: both directions have ended. */
export const HANGUP = 4;
/** Bit of a readiness mask: an error is pending on the descriptor. */
export const ERROR = 8;

/** Tells which descriptors are ready. One per loop, for its thread alone. */
export interface Poller extends Disposable {
  /**
   * The descriptor to raise from another thread (`eventfdRaise` of runtime/posix) for a wake-up.
   */
  readonly wakeFd: number;

  /**
   * Changes what the kernel watches a descriptor for. Takes effect for a wait in flight too.
   *
   * @param fd The descriptor.
   * @param before The interest that was set last, 0 when none.
   * @param interest READABLE, WRITABLE, both, or 0 to forget the descriptor.
   * @returns Whether the kernel watches it; false for kinds that never block, such as plain files.
   * @throws {PosixError} EBADF and the like when it cannot be watched; never for interest 0.
   */
  watch(fd: number, before: number, interest: number): boolean;

  /**
   * Collects reports; blocks the thread up to the time limit.
   *
   * @param timeoutMs Milliseconds; 0 only looks.
   * @returns How many reports there are to read with `fd` and `ready`.
   * @throws {PosixError} When the kernel refuses.
   */
  poll(timeoutMs: number): number;

  /**
   * @param index A report of the last `poll`.
   * @returns Its descriptor.
   */
  fd(index: number): number;

  /**
   * @param index A report of the last `poll`.
   * @returns Its mask of READABLE, WRITABLE, HANGUP and ERROR.
   */
  ready(index: number): number;

  /**
   * Waits without blocking the thread until `poll` has something to tell, `wake` was called or the
   * armed time has come. Suspends. One at a time; must have settled before the poller is disposed.
   *
   * @returns When it is time to poll; it may be too early.
   */
  pollElsewhere(): Promise<void>;

  /** Ends the wait in flight, or the next one. Safe from any thread through `wakeFd`. */
  wake(): void;

  /**
   * Ends a wait at a point in time, whatever was armed before.
   *
   * @param dueMs Milliseconds of the monotonic clock; Infinity for never.
   */
  arm(dueMs: number): void;
}
