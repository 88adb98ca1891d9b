/**
 * What the wait status of a process says: the macros of C's sys/wait.h.
 * Specification: mtev-lua-api.md §7.4.
 */
import {
  wcoredump,
  wexitstatus,
  wifcontinued,
  wifexited,
  wifsignaled,
  wifstopped,
  wstopsig,
  wtermsig,
} from "../../runtime/process/wait_status.ts";
import { checkInt32 } from "../args.ts";
import { definer } from "../define.ts";
import type { HostFunction } from "../host.ts";
import type { LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);
  const macro = (read: (status: number) => boolean | number): HostFunction => {
    return (...args) => read(checkInt32(state, args, 0));
  };

  /**
   * @lua exited = mtev.WIFEXITED(status)
   * Whether a process ended by itself.
   * @param status integer: what `process:wait` returned
   * @return boolean: whether it did
   * @error an argument error unless `status` is a number
   * @suspends no
   * @example if mtev.WIFEXITED(status) then print(mtev.WEXITSTATUS(status)) end
   * @source mtev-lua-api.md §7.4
   * @compat same
   */
  define(mtev, "WIFEXITED", macro(wifexited));

  /**
   * @lua code = mtev.WEXITSTATUS(status)
   * The exit code of a process that ended by itself.
   * @param status integer: what `process:wait` returned
   * @return integer: 0 to 255
   * @error an argument error unless `status` is a number
   * @suspends no
   * @example print(mtev.WEXITSTATUS(256) == 1)
   * @source mtev-lua-api.md §7.4
   * @compat same
   */
  define(mtev, "WEXITSTATUS", macro(wexitstatus));

  /**
   * @lua signaled = mtev.WIFSIGNALED(status)
   * Whether a signal ended a process.
   * @param status integer: what `process:wait` returned
   * @return boolean: whether one did
   * @error an argument error unless `status` is a number
   * @suspends no
   * @example if mtev.WIFSIGNALED(status) then print(mtev.WTERMSIG(status)) end
   * @source mtev-lua-api.md §7.4
   * @compat same
   */
  define(mtev, "WIFSIGNALED", macro(wifsignaled));

  /**
   * @lua signal = mtev.WTERMSIG(status)
   * The signal that ended a process.
   * @param status integer: what `process:wait` returned
   * @return integer: the signal's number
   * @error an argument error unless `status` is a number
   * @suspends no
   * @example print(mtev.WTERMSIG(9) == 9)
   * @source mtev-lua-api.md §7.4
   * @compat same
   */
  define(mtev, "WTERMSIG", macro(wtermsig));

  /**
   * @lua dumped = mtev.WCOREDUMP(status)
   * Whether a process that a signal ended left a core dump.
   * @param status integer: what `process:wait` returned
   * @return boolean: whether it did
   * @error an argument error unless `status` is a number
   * @suspends no
   * @example print(mtev.WCOREDUMP(139))
   * @source mtev-lua-api.md §7.4
   * @compat same
   */
  define(mtev, "WCOREDUMP", macro(wcoredump));

  /**
   * @lua stopped = mtev.WIFSTOPPED(status)
   * Whether a process is stopped. `process:wait` never tells so.
   * @param status integer: a wait status
   * @return boolean: whether it is
   * @error an argument error unless `status` is a number
   * @suspends no
   * @example print(mtev.WIFSTOPPED(0x137f))
   * @source mtev-lua-api.md §7.4
   * @compat same
   */
  define(mtev, "WIFSTOPPED", macro(wifstopped));

  /**
   * @lua signal = mtev.WSTOPSIG(status)
   * The signal that stopped a process.
   * @param status integer: a wait status
   * @return integer: the signal's number
   * @error an argument error unless `status` is a number
   * @suspends no
   * @example print(mtev.WSTOPSIG(0x137f) == 19)
   * @source mtev-lua-api.md §7.4
   * @compat same
   */
  define(mtev, "WSTOPSIG", macro(wstopsig));

  /**
   * @lua continued = mtev.WIFCONTINUED(status)
   * Whether a process goes on after it was stopped. `process:wait` never tells
   * so.
   * @param status integer: a wait status
   * @return boolean: whether it does
   * @error an argument error unless `status` is a number
   * @suspends no
   * @example print(mtev.WIFCONTINUED(0xffff))
   * @source mtev-lua-api.md §7.4
   * @compat same
   */
  define(mtev, "WIFCONTINUED", macro(wifcontinued));
}
