/**
 * Time zones: `mtev.timezone`. The zones themselves are in runtime/time/.
 * Specification: mtev-lua-api.md §4.3.
 */
import {
  loadZone,
  type Zone,
  type ZonedTime,
} from "../../runtime/time/zone.ts";
import { argumentError, checkInteger, checkString, raise } from "../args.ts";
import { definer } from "../define.ts";
import { Multi } from "../host.ts";
import { methodMetatable } from "../methods.ts";
import { decodeText, encodeText } from "../text.ts";
import { type LuaTable, LuaUserdata, type LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** A time zone in Lua's hands. */
class TimeZone extends LuaUserdata {
  constructor(metatable: LuaTable, readonly zone: Zone) {
    super(metatable);
  }
}

/** What `extract` can tell of a time. */
const FIELDS: ReadonlyMap<string, (time: ZonedTime) => LuaValue> = new Map<
  string,
  (time: ZonedTime) => LuaValue
>([
  ["second", (time) => time.second],
  ["minute", (time) => time.minute],
  ["hour", (time) => time.hour],
  ["monthday", (time) => time.day],
  ["month", (time) => time.month],
  ["weekday", (time) => time.weekday],
  ["yearday", (time) => time.yearDay],
  ["year", (time) => time.year],
  ["dst", (time) => time.type.isDst],
  ["offset", (time) => time.type.offset],
  ["zonename", (time) => time.type.abbreviation],
]);

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);
  const methods = state.newTable();
  // The reference's zones call themselves eventers in this message.
  const metatable = methodMetatable(state, "mtev.eventer", methods);

  /**
   * @lua zone = mtev.timezone(name)
   * Loads a time zone from the system's database, where `TZDIR` says or in
   * `/usr/share/zoneinfo`.
   * @param name string: such as `America/New_York`
   * @return mtev.timezone: the zone
   * @error `timezone(<tzname>)` unless there is exactly one argument
   * @error if there is no such zone, or no database
   * @suspends no
   * @example local zone = mtev.timezone("Europe/Paris")
   * @source mtev-lua-api.md §4.3
   * @compat differs: right for all zones; libmtev's offsets are wrong for many
   */
  define(mtev, "timezone", (...args) => {
    if (args.length !== 1) raise(state, "timezone(<tzname>)");
    const name = decodeText(checkString(state, args, 0));
    let zone: Zone;
    try {
      zone = loadZone(name);
    } catch (error) {
      raise(state, `mtev.timezone: ${encodeText((error as Error).message)}`);
    }
    return new TimeZone(metatable, zone);
  });

  /**
   * @lua ... = timezone:extract(time, field, ...)
   * Tells what clocks and calendars in the zone show at a moment. Fields are
   * `second`, `minute`, `hour`, `monthday`, `month`, `weekday` (1 is Sunday),
   * `yearday` (from 1), `year`, `dst` (a boolean), `offset` (seconds east of
   * UTC) and `zonename` (the abbreviation in force).
   * @param time integer: seconds since 1970
   * @param field string: what to tell
   * @param ... string: more fields
   * @return any: a value for each field
   * @error `mtev.timezone:extract(time, ...)` without a field
   * @error `unknown extraction '%s'`
   * @suspends no
   * @example print(mtev.timezone("America/New_York"):extract(1520197275, "hour", "zonename")) -- 16 EST
   * @source mtev-lua-api.md §4.3
   * @compat differs: right for all zones; libmtev's offsets are wrong for many
   */
  define(methods, "extract", (...args) => {
    const self = args[0];
    if (args.length < 3) raise(state, "mtev.timezone:extract(time, ...)");
    if (!(self instanceof TimeZone)) raise(state, "must be called as method");
    const seconds = checkInteger(state, args, 1);
    if (!Number.isSafeInteger(seconds)) {
      argumentError(state, 1, "time out of range");
    }
    const time = self.zone.at(seconds);
    const values: LuaValue[] = [];
    for (let i = 2; i < args.length; i++) {
      const field = checkString(state, args, i);
      const get = FIELDS.get(field) ??
        raise(state, `unknown extraction '${field}'`);
      values.push(get(time));
    }
    return new Multi(values);
  });
}
