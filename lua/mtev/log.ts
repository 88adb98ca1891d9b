/**
 * Logging and printing. Specification: mtev-lua-api.md §13.
 */
import { checkString, raise } from "../args.ts";
import { definer } from "../define.ts";
import { NOTHING } from "../host.ts";
import { isTruthy, type LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`, and the global `print`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, process } = context;
  const { logs } = process;
  const define = definer(state);
  const format = state.index(state.globals.get("string"), "format");

  /**
   * @lua mtev.log(facility, format, ...)
   * Writes a formatted message to a log stream. No newline is added. The
   * message is formatted, and its arguments are checked, even while the stream
   * is off.
   * @param facility string: the name of the stream; an unknown one is created
   * @param format string: as in `string.format`
   * @param ... any: the values to format
   * @error `bad call to mtev.log` without a format, and the errors of `string.format`
   * @suspends no
   * @example mtev.log("stderr", "%d requests in %.1f s\n", 42, 1.5)
   * @source mtev-lua-api.md §13.2
   * @compat same
   */
  define(mtev, "log", (...args) => {
    const facility = checkString(state, args, 0);
    if (args.length < 2) raise(state, "bad call to mtev.log", 0);
    const [text] = state.call(format, ...args.slice(1));
    const stream = logs.get(facility);
    const place = stream.wantsPlace ? state.calledFrom() : undefined;
    stream.log(upToNul(text as string), place);
    return NOTHING;
  });

  /**
   * @lua mtev.print(...)
   * Writes its arguments, separated by tabs, and a newline to the print
   * facility: `stdout` in luamtev. The global `print` is this function.
   * @param ... any: converted by `tostring`
   * @suspends no
   * @example print("answer", 42)
   * @source mtev-lua-api.md §13.2
   * @compat same
   */
  define(mtev, "print", (...args) => {
    let line = "";
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (i > 0) line += "\t";
      line += typeof arg === "string" ? arg : state.tostring(arg);
    }
    const stream = logs.get(process.printFacility);
    const place = stream.wantsPlace ? state.calledFrom() : undefined;
    stream.log(upToNul(line + "\n"), place);
    return NOTHING;
  });
  state.globals.set("print", mtev.get("print"));

  /**
   * @lua mtev.printto(facility)
   * Changes the log stream that `print` writes to, for the whole process.
   * @param facility string: the name of the stream
   * @error `mtev.printto(facility)` unless there is exactly one argument
   * @suspends no
   * @example mtev.printto("stderr")
   * @source mtev-lua-api.md §13.2
   * @compat same
   */
  define(mtev, "printto", (...args) => {
    if (args.length !== 1) raise(state, "mtev.printto(facility)");
    process.printFacility = checkString(state, args, 0);
    return NOTHING;
  });

  /**
   * @lua on = mtev.log_enabled(facility)
   * Tells whether messages to a stream are written anywhere.
   * @param facility string: the name of the stream; an unknown one is created
   * @return boolean: whether the stream is in effect
   * @suspends no
   * @example if mtev.log_enabled("debug") then mtev.log("debug", "%s\n", details()) end
   * @source mtev-lua-api.md §13.2
   * @compat same
   */
  define(
    mtev,
    "log_enabled",
    (...args) => logs.get(checkString(state, args, 0)).effective,
  );

  /**
   * @lua mtev.enable_log(facility, flag)
   * Switches a log stream on or off. A stream that leads nowhere stays silent.
   * @param facility string: the name of the stream
   * @param flag? boolean: on (the default) or off
   * @error `mtev.enable_log(facility[, bool])` without arguments
   * @suspends no
   * @example mtev.enable_log("debug")
   * @source mtev-lua-api.md §13.2
   * @compat same
   */
  define(mtev, "enable_log", (...args) => {
    if (args.length === 0) raise(state, "mtev.enable_log(facility[, bool])");
    logs.enable(
      checkString(state, args, 0),
      args.length < 2 || isTruthy(args[1]),
    );
    return NOTHING;
  });
}

/** Log messages are C strings (§13.2); of `print`, even the newline is lost. */
function upToNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
