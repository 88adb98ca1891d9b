/**
 * The process and its threads: thread identity, watchdog, cluster.
 * Specification: mtev-lua-api.md §15.1.
 */
import { threadId } from "../../runtime/posix/process.ts";
import { checkString } from "../args.ts";
import { definer } from "../define.ts";
import { multi, NOTHING } from "../host.ts";
import type { LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Seconds of the watchdog when nothing configures it. */
const WATCHDOG_TIMEOUT = 5;

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);

  /**
   * @lua thread, loop, name = mtev.thread_self()
   * Identifies the thread that runs the calling code.
   * @return integer: the operating system's id of the thread
   * @return integer: the index of its event loop, from 0
   * @return string: the thread's name, such as `e:default/0`
   * @suspends no
   * @example local thread, loop, name = mtev.thread_self()
   * @source mtev-lua-api.md §15.1
   * @compat same
   */
  define(
    mtev,
    "thread_self",
    () => multi(threadId(), context.loop, `e:default/${context.loop}`),
  );

  /**
   * @lua loops = mtev.eventer_loop_concurrency()
   * The number of event loops, as the option `-n` sets it.
   * @return integer: the number
   * @suspends no
   * @example print(mtev.eventer_loop_concurrency())
   * @source mtev-lua-api.md §15.1
   * @compat same
   */
  define(
    mtev,
    "eventer_loop_concurrency",
    () => context.process.concurrency,
  );

  /**
   * @lua result = mtev.watchdog_child_heartbeat()
   * Tells a watchdog that the process is alive. There is none; always 0.
   * @return integer: 0
   * @suspends no
   * @example mtev.watchdog_child_heartbeat()
   * @source mtev-lua-api.md §15.1
   * @compat same
   */
  define(mtev, "watchdog_child_heartbeat", () => 0);

  /**
   * @lua seconds = mtev.watchdog_timeout()
   * The time after which a watchdog would restart a process that hangs.
   * @return number: seconds, 5 unless configured
   * @suspends no
   * @example print(mtev.watchdog_timeout())
   * @source mtev-lua-api.md §15.1
   * @compat same
   */
  define(mtev, "watchdog_timeout", () => WATCHDOG_TIMEOUT);

  /**
   * @lua mtev.cluster(name)
   * Finds a configured cluster. None can be configured yet, so nothing is
   * returned.
   * @param name string: the name of the cluster
   * @suspends no
   * @example print(mtev.cluster("production"))
   * @source mtev-lua-api.md §15.1
   * @compat differs: clusters cannot be configured yet, so none is ever found
   */
  define(mtev, "cluster", (...args) => {
    checkString(state, args, 0);
    return NOTHING;
  });
}
