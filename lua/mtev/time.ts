/**
 * Clocks, and the constructors of `mtev.timeval` (the objects are in
 * lua/timeval.ts). Specification: mtev-lua-api.md §4.1, §4.2. Time zones are
 * another family.
 */
import { realtime } from "../../runtime/time/clock.ts";
import { looseNumber } from "../args.ts";
import { definer } from "../define.ts";
import { multi } from "../host.ts";
import { checkTimeVal, newTimeVal, timeValOf } from "../timeval.ts";
import type { LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);

  /**
   * @lua seconds, microseconds = mtev.gettimeofday()
   * The time of day.
   * @return integer: seconds since 1970
   * @return integer: microseconds of the current second
   * @suspends no
   * @example local sec, usec = mtev.gettimeofday()
   * @source mtev-lua-api.md §4.1
   * @compat same
   */
  define(mtev, "gettimeofday", () => {
    const now = realtime();
    return multi(Math.floor(now / 1e6), now % 1e6);
  });

  /**
   * @lua seconds = mtev.time()
   * The time of day as one number.
   * @return number: seconds since 1970, with a fraction
   * @suspends no
   * @example local started = mtev.time()
   * @source mtev-lua-api.md §4.1
   * @compat same
   */
  define(mtev, "time", () => {
    const now = realtime();
    return Math.floor(now / 1e6) + now % 1e6 / 1e6;
  });

  const timeval = state.newTable();
  mtev.set("timeval", timeval);

  /**
   * @lua time = mtev.timeval.now()
   * The current time.
   * @return mtev.timeval: now
   * @suspends no
   * @example local elapsed = mtev.timeval.now() - start
   * @source mtev-lua-api.md §4.2
   * @compat same
   */
  define(timeval, "now", () => timeValOf(state, realtime()));

  /**
   * @lua time = mtev.timeval.new(seconds, microseconds)
   * Makes a time from seconds with a fraction (one argument), or from whole
   * seconds and microseconds, which are not normalised.
   * @param seconds number: seconds
   * @param microseconds? number: microseconds
   * @return mtev.timeval: the time
   * @suspends no
   * @example print(mtev.timeval.new(1.5) == mtev.timeval.new(1, 500000))
   * @source mtev-lua-api.md §4.2
   * @compat same
   */
  define(timeval, "new", (...args) => {
    const first = looseNumber(args[0]);
    if (args.length === 1) {
      const sec = Math.floor(first);
      return newTimeVal(state, sec, Math.round((first - sec) * 1e6));
    }
    return newTimeVal(
      state,
      Math.trunc(first),
      Math.trunc(looseNumber(args[1])),
    );
  });

  /**
   * @lua seconds = mtev.timeval.seconds(time)
   * Converts a time to a number; the same as `time:seconds()`.
   * @param time mtev.timeval: the time
   * @return number: seconds with a fraction
   * @suspends no
   * @example print(mtev.timeval.seconds(mtev.timeval.new(2, 250000)))
   * @source mtev-lua-api.md §4.2
   * @compat same
   */
  define(timeval, "seconds", (...args) => checkTimeVal(state, args, 0).seconds);
}
