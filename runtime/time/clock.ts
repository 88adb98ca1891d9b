/**
 * What time it is: the monotonic clock for measuring and waiting, the wall clock for telling.
 *
 * The two are never mixed: a due time is monotonic, because the wall clock jumps.
 */

import { clockNanoseconds, clockSeconds, readClock } from "../posix/clock.ts";
import { CLOCK_MONOTONIC, CLOCK_REALTIME } from "../posix/constants.ts";

/**
 * The monotonic clock. It is the clock of the eventer's timers.
 *
 * @returns Milliseconds with fraction since some point in the past; never goes back.
 */
export function monotonic(): number {
  readClock(CLOCK_MONOTONIC);
  return clockSeconds() * 1e3 + clockNanoseconds() / 1e6;
}

/**
 * The wall clock, as `gettimeofday` tells it (mtev-lua-api.md §4.1).
 *
 * @returns Whole microseconds since the epoch, truncated.
 */
export function realtime(): number {
  readClock(CLOCK_REALTIME);
  return clockSeconds() * 1e6 + Math.floor(clockNanoseconds() / 1e3);
}
