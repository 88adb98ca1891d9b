/**
 * The library `os`. Times, names of files and commands go to the C library,
 * so that zones, formats and messages are the system's own; all of it blocks
 * the thread. The locale is always C.
 */
import {
  argumentError,
  checkNumber,
  checkString,
  checkTable,
  optional,
  raise,
  toNumberArgument,
} from "../args.ts";
import { definer } from "../define.ts";
import type { LuaState } from "../host.ts";
import { decodeText, encodeText } from "../text.ts";
import { isTruthy, type LuaTable } from "../value.ts";
import { BrokenDownTime, processorTime } from "../../runtime/posix/calendar.ts";
import { close } from "../../runtime/posix/descriptors.ts";
import {
  createTemporary,
  remove,
  rename,
  system,
} from "../../runtime/posix/shell.ts";
import { fileResult } from "./file_result.ts";

const LOCALE_CATEGORIES = [
  "all",
  "collate",
  "ctype",
  "monetary",
  "numeric",
  "time",
];

/** Adds the functions to `library`. `exit` ends the program. */
export function openOs(
  state: LuaState,
  library: LuaTable,
  exit: (code: number) => never,
): void {
  const define = definer(state);
  defineTime(state, library);

  define(library, "execute", (...args) => {
    if (args[0] === undefined) return 1; // there is a shell
    return system(checkString(state, args, 0));
  });
  define(library, "exit", (...args) => {
    const code = args[0];
    if (typeof code === "boolean") return exit(code ? 0 : 1);
    return exit(optional(checkNumber, state, args, 0, 0) & 255);
  });
  define(library, "getenv", (...args) => {
    const name = checkString(state, args, 0);
    if (name === "" || /[=\0]/.test(name)) return undefined;
    const value = Deno.env.get(decodeText(name));
    return value === undefined ? undefined : encodeText(value);
  });
  define(library, "remove", (...args) => {
    const path = checkString(state, args, 0);
    return fileResult(remove(path), path);
  });
  define(library, "rename", (...args) => {
    const from = checkString(state, args, 0);
    return fileResult(rename(from, checkString(state, args, 1)), from);
  });
  define(library, "tmpname", () => {
    const file = createTemporary("/tmp/lua_XXXXXX");
    if (file === undefined) {
      return raise(state, "unable to generate a unique filename");
    }
    close(file.fd);
    return file.path;
  });
  define(library, "setlocale", (...args) => {
    const locale = optional(checkString, state, args, 0, "C");
    const category = optional(checkString, state, args, 1, "all");
    if (!LOCALE_CATEGORIES.includes(category)) {
      argumentError(state, 1, `invalid option '${category}'`);
    }
    return ["C", "POSIX", ""].includes(locale) ? "C" : undefined;
  });
}

function defineTime(state: LuaState, library: LuaTable): void {
  const define = definer(state);
  define(library, "clock", () => processorTime());
  define(
    library,
    "difftime",
    (...args) =>
      checkNumber(state, args, 0) - optional(checkNumber, state, args, 1, 0),
  );

  define(library, "date", (...args) => {
    let format = optional(checkString, state, args, 0, "%c");
    const seconds = args[1] === undefined
      ? Math.floor(Date.now() / 1000)
      : checkNumber(state, args, 1);
    const utc = format.startsWith("!");
    if (utc) format = format.slice(1);
    const time = BrokenDownTime.of(seconds, utc);
    if (time === undefined) return undefined;
    if (format.startsWith("*t")) return dateTable(state, time);
    // C ends a format at its first zero byte.
    const zero = format.indexOf("\0");
    return time.format(zero < 0 ? format : format.slice(0, zero));
  });

  define(library, "time", (...args) => {
    if (args[0] === undefined) return Math.floor(Date.now() / 1000);
    const seconds = timeOfTable(state, checkTable(state, args, 0)).toSeconds();
    return seconds === -1 ? undefined : seconds;
  });
}

function dateTable(state: LuaState, time: BrokenDownTime): LuaTable {
  const table = state.newTable();
  table.set("sec", time.get("second"));
  table.set("min", time.get("minute"));
  table.set("hour", time.get("hour"));
  table.set("day", time.get("day"));
  table.set("month", time.get("month") + 1);
  table.set("year", time.get("year") + 1900);
  table.set("wday", time.get("weekday") + 1);
  table.set("yday", time.get("yearday") + 1);
  const daylight = time.get("daylight");
  if (daylight >= 0) table.set("isdst", daylight > 0);
  return table;
}

function timeOfTable(state: LuaState, table: LuaTable): BrokenDownTime {
  const field = (name: string, fallback?: number): number => {
    const value = toNumberArgument(state.index(table, name)) ?? fallback;
    if (value === undefined) {
      return raise(state, `field '${name}' missing in date table`);
    }
    return value | 0; // as C cuts a long to an int
  };
  const second = field("sec", 0);
  const minute = field("min", 0);
  const hour = field("hour", 12);
  const day = field("day");
  const month = field("month") - 1;
  const year = field("year") - 1900;
  const isdst = state.index(table, "isdst");
  const daylight = isdst === undefined ? -1 : isTruthy(isdst) ? 1 : 0;
  return new BrokenDownTime({
    second,
    minute,
    hour,
    day,
    month,
    year,
    daylight,
  });
}
