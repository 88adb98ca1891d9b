/**
 * Processes: starting one with pipes, waiting for its end, signals, and who
 * this process is. What is built on top of it is in
 * exec.ts and prelude/Proc.lua. Specification:
 * mtev-lua-api.md §7.1–§7.5, §7.9.
 *
 * The pipes are eventer objects, which belong to the coroutine that spawned;
 * the process object belongs to nobody and, when nobody can name it or a pipe
 * any more, takes the process with it.
 */
import type { ChildProcess } from "../../runtime/process/child_process.ts";
import type { PipedChild } from "../../runtime/process/children.ts";
import { ECHILD, ESRCH, ETIMEDOUT } from "../../runtime/posix/constants.ts";
import { PosixError } from "../../runtime/posix/posix_error.ts";
import { processIdentity } from "../../runtime/posix/process.ts";
import { checkString, looseNumber, raise, toInt32 } from "../args.ts";
import { childrenOf, stringsOf } from "../children.ts";
import { definer } from "../define.ts";
import { createEventerObject, type EventerHandle } from "../eventer_object.ts";
import { type HostResult, Multi, multi, Suspension } from "../host.ts";
import { methodMetatable } from "../methods.ts";
import {
  isTable,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "../value.ts";
import type { MtevContext } from "./context.ts";

/** The wait status of a shell that finds no program: exit code 127. */
const NOT_STARTED = 127 << 8;

/** A process, started or not, in Lua's hands. */
class ProcessObject extends LuaUserdata {
  /** Whether `wait` has returned the status. */
  told = false;

  constructor(
    metatable: LuaTable,
    /** The process, if it could be started. */
    readonly child: ChildProcess | undefined,
  ) {
    super(metatable);
    if (child !== undefined) forgotten.register(this, child);
  }
}

/** A process that nobody can name any more is killed (§7.1). */
const forgotten = new FinalizationRegistry<ChildProcess>((child) =>
  child.abandon()
);

/**
 * The process that each pipe keeps from being collected. An engine may forget
 * a local variable before its scope ends, and whoever reads a process's output
 * still wants the process.
 */
const keptBy = new WeakMap<EventerHandle, ProcessObject>();

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, eventer, coroutines } = context;
  const define = definer(state);
  const methods = state.newTable();
  const metatable = methodMetatable(state, "mtev.process", methods);

  function checkStrings(value: LuaValue): string[] {
    const strings = isTable(value) ? stringsOf(value) : undefined;
    return strings ?? raise(state, "spawn(path [,{args} [,{env}]])");
  }

  function checkProcess(self: LuaValue): ProcessObject {
    if (self instanceof ProcessObject) return self;
    raise(state, "must be called as method");
  }

  /**
   * @lua process, stdin, stdout, stderr = mtev.spawn(path, argv, env)
   * Starts a program. Its input and output are pipes: write to the first, read
   * from the other two. They belong to the calling coroutine and are closed
   * with it. The working folder is inherited.
   *
   * A process is killed when its object and its pipes are collected as garbage,
   * so keep one of them; and when this program is ended by a signal or an error.
   * `os.exit` lets it run.
   * @param path string: the program; without a slash it is looked up in the PATH of this program
   * @param argv? table: its arguments, the first of which is its own name; none at all without it
   * @param env? table: its whole environment, strings such as `A=1`; an empty one without it
   * @return mtev.process: the process, also when it could not be started
   * @return mtev.eventer|integer: its standard input; or, if it could not be started, the error number, and nothing else
   * @return mtev.eventer: its standard output
   * @return mtev.eventer: its standard error
   * @error `spawn(path [,{args} [,{env}]])` when `argv` or `env` is given and no table of strings
   * @error `coro terminated` outside a managed coroutine
   * @suspends no
   * @example local process, stdin, stdout = mtev.spawn("/bin/date", { "date", "-u" })
   * @source mtev-lua-api.md §7.1
   * @compat differs: a process does not outlive a program that a signal or an error ends; an open pipe keeps it from being collected
   */
  define(mtev, "spawn", (...args): HostResult => {
    const path = checkString(state, args, 0);
    const owner = coroutines.current;
    const argv = args.length > 1 ? checkStrings(args[1]) : [];
    const env = args.length > 2 ? checkStrings(args[2]) : [];
    let child: PipedChild;
    try {
      child = childrenOf(context).spawn(path, argv, env);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      return multi(new ProcessObject(metatable, undefined), error.errno);
    }
    const process = new ProcessObject(metatable, child.process);
    const pipe = (fd: number) => {
      const object = createEventerObject(context, fd, owner);
      keptBy.set(object.handle!, process);
      return object;
    };
    return multi(
      process,
      pipe(child.stdin),
      pipe(child.stdout),
      pipe(child.stderr),
    );
  });

  /**
   * @lua pid = process:pid()
   * The number of a process.
   * @return integer: the number, or -1 if the process could not be started
   * @suspends no
   * @example print(process:pid())
   * @source mtev-lua-api.md §7.2
   * @compat same
   */
  define(methods, "pid", (self) => checkProcess(self).child?.pid ?? -1);

  /**
   * @lua ok, errno = process:kill(signal)
   * Sends a process a signal.
   * @param signal? integer: the signal's number; 15 (SIGTERM) without it
   * @return boolean: whether it was sent
   * @return integer: the error number, or nil; 3 (ESRCH) for a process that never started or whose end `wait` has told
   * @suspends no
   * @example process:kill(9)
   * @source mtev-lua-api.md §7.3
   * @compat same
   */
  define(methods, "kill", (self, signal) => {
    const { child } = checkProcess(self);
    return sent(child?.kill(signalNumber(signal)) ?? -ESRCH);
  });

  /**
   * @lua ok, errno = process:pgkill(signal)
   * Sends a signal to the process group that a process leads. It leads none
   * unless it makes one itself, as `setsid` does.
   * @param signal? integer: the signal's number; 15 (SIGTERM) without it
   * @return boolean: whether it was sent
   * @return integer: the error number, or nil; 3 (ESRCH) if there is no such group
   * @suspends no
   * @example process:pgkill(15)
   * @source mtev-lua-api.md §7.3
   * @compat same
   */
  define(methods, "pgkill", (self, signal) => {
    const { child } = checkProcess(self);
    return sent(child?.killGroup(signalNumber(signal)) ?? -ESRCH);
  });

  /**
   * @lua status, errno = process:wait(timeout)
   * Waits for the end of a process. Stops and continuations are not told.
   * @param timeout? number: seconds to wait at the most; 0 without it, which only looks
   * @return integer: the wait status, once, for `mtev.WIFEXITED` and its relatives; nil if there is none; 32512 (exit code 127) for a process that could not be started
   * @return integer: the error number if there is no status: 110 (ETIMEDOUT) while the process runs, 10 (ECHILD) when the status was returned before
   * @error `coro terminated` outside a managed coroutine
   * @suspends maybe: while the process runs and the time is not over
   * @example local status = process:wait(5)
   * @source mtev-lua-api.md §7.5
   * @compat same
   */
  define(methods, "wait", (self, timeout): HostResult => {
    const object = checkProcess(self);
    void coroutines.current;
    const { child } = object;
    if (child === undefined) return multi(NOT_STARTED, undefined);
    if (child.poll() !== undefined) return new Multi(takeStatus(object));
    const seconds = looseNumber(timeout);
    if (!(seconds > 0)) return multi(undefined, ETIMEDOUT);
    return new Suspension((waker) => {
      const wait = child.wait(() => {
        timer.cancel();
        waker.wake(...takeStatus(object));
      });
      const timer = eventer.timer(seconds * 1000, () => {
        wait.cancel();
        waker.wake(undefined, ETIMEDOUT);
      });
      return () => {
        timer.cancel();
        wait.cancel();
      };
    });
  });

  /**
   * @lua pid = mtev.getpid()
   * The number of this process.
   * @return integer: the number
   * @suspends no
   * @example print(mtev.getpid())
   * @source mtev-lua-api.md §7.9
   * @compat same
   */
  define(mtev, "getpid", () => processIdentity().pid);

  /**
   * @lua pid = mtev.getppid()
   * The number of this process's parent.
   * @return integer: the number
   * @suspends no
   * @example print(mtev.getppid())
   * @source mtev-lua-api.md §7.9
   * @compat same
   */
  define(mtev, "getppid", () => processIdentity().ppid);

  /**
   * @lua uid = mtev.getuid()
   * The user who started this process.
   * @return integer: the user's number
   * @suspends no
   * @example print(mtev.getuid())
   * @source mtev-lua-api.md §7.9
   * @compat same
   */
  define(mtev, "getuid", () => processIdentity().uid);

  /**
   * @lua uid = mtev.geteuid()
   * The user whose rights this process has.
   * @return integer: the user's number
   * @suspends no
   * @example print(mtev.geteuid() == 0)
   * @source mtev-lua-api.md §7.9
   * @compat same
   */
  define(mtev, "geteuid", () => processIdentity().euid);

  /**
   * @lua gid = mtev.getgid()
   * The group of the user who started this process.
   * @return integer: the group's number
   * @suspends no
   * @example print(mtev.getgid())
   * @source mtev-lua-api.md §7.9
   * @compat same
   */
  define(mtev, "getgid", () => processIdentity().gid);

  /**
   * @lua gid = mtev.getegid()
   * The group whose rights this process has.
   * @return integer: the group's number
   * @suspends no
   * @example print(mtev.getegid())
   * @source mtev-lua-api.md §7.9
   * @compat same
   */
  define(mtev, "getegid", () => processIdentity().egid);
}

/** The status, once; from then on that there is no such child. */
function takeStatus(object: ProcessObject): LuaValue[] {
  const status = object.child!.status!;
  if (object.told || status < 0) return [undefined, ECHILD];
  object.told = true;
  return [status];
}

function sent(result: number): HostResult {
  return result < 0 ? multi(false, -result) : multi(true, undefined);
}

function signalNumber(value: LuaValue): number {
  if (value === undefined) return 15;
  return toInt32(Math.trunc(looseNumber(value)));
}
