/**
 * `mtev.timeval` objects: a point in time, or a span, with microseconds.
 * Several families of the API return them. Specification:
 * mtev-lua-api.md §4.2.
 */
import { type Args, raise } from "./args.ts";
import type { LuaState } from "./host.ts";
import {
  type LuaTable,
  LuaUserdata,
  type LuaValue,
  typeName,
} from "./value.ts";

const metatables = new WeakMap<LuaState, LuaTable>();

/** A point in time, or a span: seconds and microseconds. */
export class TimeVal extends LuaUserdata {
  /**
   * @param sec Whole seconds.
   * @param usec Microseconds; both parts are ≤ 0 in a negative difference.
   */
  constructor(
    metatable: LuaTable | undefined,
    readonly sec: number,
    readonly usec: number,
  ) {
    super(metatable);
  }

  /** The time in seconds. */
  get seconds(): number {
    return this.sec + this.usec / 1e6;
  }
}

/** Makes a time from its parts, which are not normalised. */
export function newTimeVal(
  state: LuaState,
  sec: number,
  usec: number,
): TimeVal {
  let metatable = metatables.get(state);
  if (metatable === undefined) {
    metatables.set(state, metatable = makeMetatable(state));
  }
  return new TimeVal(metatable, sec, usec);
}

/** Makes a time from a count of microseconds ≥ 0. */
export function timeValOf(state: LuaState, microseconds: number): TimeVal {
  return newTimeVal(
    state,
    Math.floor(microseconds / 1e6),
    microseconds % 1e6,
  );
}

/** A `mtev.timeval` argument. */
export function checkTimeVal(
  state: LuaState,
  args: Args,
  index: number,
): TimeVal {
  const value = args[index];
  if (value instanceof TimeVal) return value;
  const got = index < args.length ? typeName(value) : "no value";
  raise(
    state,
    `bad argument #${index + 1} to '?' (mtev.timeval expected, got ${got})`,
  );
}

function makeMetatable(state: LuaState): LuaTable {
  const metatable = state.newTable();
  const operator = (name: string, fn: (...args: LuaValue[]) => LuaValue) =>
    metatable.set(name, state.newFunction(name, fn));
  const seconds = state.newFunction(
    "seconds",
    (...args) => checkTimeVal(state, args, 0).seconds,
  );

  operator("__index", (self, key) => {
    if (!(self instanceof TimeVal)) return undefined;
    if (key === "sec") return self.sec;
    if (key === "usec") return self.usec;
    return key === "seconds" ? seconds : undefined;
  });
  operator("__tostring", (...args) => {
    const { sec, usec } = checkTimeVal(state, args, 0);
    const sign = sec < 0 || usec < 0 ? "-" : "";
    return `${sign}${Math.abs(sec)}.${String(Math.abs(usec)).padStart(6, "0")}`;
  });
  operator("__sub", (...args) => {
    const a = checkTimeVal(state, args, 0);
    const b = checkTimeVal(state, args, 1);
    const difference = (a.sec - b.sec) * 1e6 + (a.usec - b.usec);
    return new TimeVal(
      metatable,
      Math.trunc(difference / 1e6) || 0,
      difference % 1e6 || 0,
    );
  });
  operator("__add", (...args) => {
    const a = checkTimeVal(state, args, 0);
    const other = args[1];
    const b = typeof other === "number"
      ? Math.trunc(other * 1e6)
      : microseconds(checkTimeVal(state, args, 1));
    const sum = microseconds(a) + b;
    const sec = Math.floor(sum / 1e6);
    return new TimeVal(metatable, sec, sum - sec * 1e6);
  });
  operator("__eq", (...args) => {
    const a = checkTimeVal(state, args, 0), b = checkTimeVal(state, args, 1);
    return a.sec === b.sec && a.usec === b.usec;
  });
  operator("__lt", (...args) => {
    const a = checkTimeVal(state, args, 0), b = checkTimeVal(state, args, 1);
    return a.sec < b.sec || (a.sec === b.sec && a.usec < b.usec);
  });
  operator("__le", (...args) => {
    const a = checkTimeVal(state, args, 0), b = checkTimeVal(state, args, 1);
    return a.sec < b.sec || (a.sec === b.sec && a.usec <= b.usec);
  });
  return metatable;
}

function microseconds(time: TimeVal): number {
  return time.sec * 1e6 + time.usec;
}
