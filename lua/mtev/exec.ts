/**
 * Running programs to their end: `mtev.exec` and `mtev.sh`. Specification:
 * mtev-lua-api.md §7.6, §7.7.
 */
import { PosixError } from "../../runtime/posix/posix_error.ts";
import {
  type Program,
  type ProgramEnd,
  runToEnd,
} from "../../runtime/process/run_to_end.ts";
import {
  type Args,
  checkString,
  checkTable,
  optional,
  raise,
  toNumberArgument,
  toStringArgument,
} from "../args.ts";
import { childrenOf, isIndex, stringsOf } from "../children.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { type HostResult, Suspension } from "../host.ts";
import { entries, isTable, type LuaTable, type LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Seconds for each step when nobody says otherwise. */
const TIMEOUT = 5;

/** The wait status of a shell that finds no program: exit code 127. */
const NOT_STARTED = 127 << 8;

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, coroutines } = context;
  const define = definer(state);

  function run(program: Program): HostResult {
    const owner = coroutines.current;
    return new Suspension((waker) => {
      const finish = (end: ProgramEnd) => {
        owner.disown(running);
        if (end.runs) waker.fail(new LuaError("Couldn't kill process"));
        else waker.wake(end.status, end.stdout, end.stderr);
      };
      let running: Disposable;
      try {
        running = runToEnd(childrenOf(context), program, finish);
      } catch (error) {
        if (!(error instanceof PosixError)) throw error;
        return waker.wake(NOT_STARTED, "", "");
      }
      owner.own(running);
      return () => running[Symbol.dispose]();
    });
  }

  /**
   * @lua status, stdout, stderr = mtev.exec(path, argv, env, timeout)
   * Runs a program to its end, without input, and returns what it wrote. The
   * time limit holds for the end of the output, of the errors and of the
   * program, one after the other. A program that is over its time gets
   * SIGTERM and, three seconds later, SIGKILL.
   * @param path string: the program; without a slash it is looked up in the PATH of this program
   * @param argv? table: its arguments, the first of which is its own name; `{path}` without it
   * @param env? table: its environment, strings such as `A=1` or pairs of names and values; empty without it
   * @param timeout? number: seconds; 5 without it
   * @return integer: the wait status (256 is exit code 1); nil if the program was over its time; 32512 (exit code 127) if it could not be started
   * @return string: the output, or nil if its end did not come in time
   * @return string: the errors, likewise
   * @error `Couldn't kill process`
   * @error `assertion failed!` without a path
   * @error `spawn(path [,{args} [,{env}]])` when `argv` is no table of strings
   * @suspends always
   * @example local status, text = mtev.exec("/bin/date", { "date", "-u" }, { "LC_ALL=C" })
   * @source mtev-lua-api.md §7.6
   * @compat differs: a program that cannot be started is no error
   */
  define(mtev, "exec", (...args) => {
    if (args[0] === undefined) throw new LuaError("assertion failed!");
    const path = checkString(state, args, 0);
    const env = optional(checkTable, state, args, 2, undefined);
    return run({
      path,
      argv: args[1] === undefined ? [path] : checkStrings(args[1]),
      env: env === undefined ? [] : environment(env),
      timeoutMs: milliseconds(args, 3),
    });
  });

  /**
   * @lua status, stdout, stderr = mtev.sh(command, timeout, shell)
   * Runs a shell command to its end, in the environment that the table `ENV`
   * describes. Otherwise the same as `mtev.exec`.
   * @param command string: the command
   * @param timeout? number: seconds; 5 without it
   * @param shell? string: the shell; `ENV.SHELL` without it, or else `/bin/sh`
   * @return integer: the wait status, or nil
   * @return string: the output, or nil
   * @return string: the errors, or nil
   * @error `Couldn't kill process`
   * @suspends always
   * @example local status, text = mtev.sh("ls | wc -l")
   * @source mtev-lua-api.md §7.7
   * @compat same
   */
  define(mtev, "sh", (...args) => {
    const command = checkString(state, args, 0);
    const env = state.globals.get("ENV");
    const given = optional(checkString, state, args, 2, undefined);
    const shell = given ??
      (isTable(env) ? toStringArgument(env.get("SHELL")) : undefined) ??
      "/bin/sh";
    return run({
      path: shell,
      argv: [shell, "-c", command],
      env: isTable(env) ? environment(env) : [],
      timeoutMs: milliseconds(args, 1),
    });
  });

  function checkStrings(value: LuaValue): string[] {
    const strings = isTable(value) ? stringsOf(value) : undefined;
    return strings ?? raise(state, "spawn(path [,{args} [,{env}]])");
  }

  function milliseconds(args: Args, index: number): number {
    const seconds = toNumberArgument(args[index]) ?? TIMEOUT;
    return seconds > 0 ? seconds * 1000 : 0;
  }

  /** Strings such as `A=1` in an array, or values by name. */
  function environment(table: LuaTable): string[] {
    const length = table.length();
    const variables: string[] = [];
    for (const [key, value] of entries(table)) {
      if (isIndex(key, length)) variables.push(text(value));
      else variables.push(`${text(key)}=${text(value)}`);
    }
    return variables;
  }

  function text(value: LuaValue): string {
    return toStringArgument(value) ?? state.tostring(value);
  }
}
