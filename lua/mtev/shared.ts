/**
 * What all Lua states of the process share: values, counters and queues, by
 * name. Semaphores are in semaphore.ts. Specification: mtev-lua-api.md
 * §3.1–§3.6.
 *
 * Names and texts end at the first NUL byte. What is shared is a copy.
 */
import {
  checkString,
  looseNumber,
  raise,
  toNumberArgument,
  toStringArgument,
} from "../args.ts";
import { definer } from "../define.ts";
import { type HostResult, NOTHING, Suspension } from "../host.ts";
import {
  cString,
  decodeShared,
  encodeShared,
  memoryError,
  UNSHARABLE,
} from "../shared_value.ts";
import { type LuaTable, type LuaValue, typeName } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, eventer, coroutines } = context;
  const { logs, shared } = context.process;
  const define = definer(state);

  /** The bytes of a value; `undefined` for nil and what cannot be shared. */
  function encode(value: LuaValue): Uint8Array | undefined {
    if (value === undefined) return undefined;
    const bytes = encodeShared(state, value);
    if (bytes !== UNSHARABLE) return bytes;
    logs.get("debug/lua").log(
      `Cannot share a ${typeName(value)} between Lua states\n`,
    );
    return undefined;
  }

  /** Does something that may need memory. */
  function store<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw memoryError(error);
    }
  }

  /**
   * @lua mtev.shared_set(key, value)
   * Stores a copy of a value where all states find it. Numbers, booleans,
   * strings, and tables of these can be shared; a table with a function
   * `serialize` is replaced by the table that this returns. String keys that
   * look like numbers become numbers. Everything else counts as nil.
   * @param key string: the name
   * @param value any: the value; nil deletes it
   * @error `bad parameters to mtev.shared_set(str, str)` unless there are two arguments and a string
   * @error `Cannot serialize tables with anything but strings and numbers as keys, got … instead`
   * @error `Cannot serialize a table that contains itself`
   * @error `serialize() must return a table`
   * @error `not enough memory`
   * @suspends no
   * @example mtev.shared_set("limits", { rate = 100, burst = 20 })
   * @source mtev-lua-api.md §3.2
   * @compat differs: a table that contains itself is an error, not the end of the process
   */
  define(mtev, "shared_set", (...args) => {
    const key = args.length === 2 ? toStringArgument(args[0]) : undefined;
    if (key === undefined) {
      raise(state, "bad parameters to mtev.shared_set(str, str)");
    }
    const bytes = encode(args[1]);
    store(() => shared().store.set(cString(key), bytes));
    return NOTHING;
  });

  /**
   * @lua value = mtev.shared_get(key)
   * A fresh copy of what `mtev.shared_set` stored.
   * @param key string: the name
   * @return any: the value, or nil
   * @error `bad parameters to mtev.shared_get(str)` unless there is one string
   * @suspends no
   * @example local limits = mtev.shared_get("limits")
   * @source mtev-lua-api.md §3.3
   * @compat same
   */
  define(mtev, "shared_get", (...args) => {
    const key = args.length === 1 ? toStringArgument(args[0]) : undefined;
    if (key === undefined) {
      raise(state, "bad parameters to mtev.shared_get(str)");
    }
    const bytes = shared().store.get(cString(key));
    return bytes && decodeShared(state, bytes);
  });

  /**
   * @lua number = mtev.shared_seq(name)
   * Counts calls: 0 at the first for a name, then 1, 2 and so on, over all
   * coroutines and states of the process.
   * @param name string: the name of the counter
   * @return integer: the count before this call
   * @error `not enough memory`
   * @suspends no
   * @example local ticket = mtev.shared_seq("tickets")
   * @source mtev-lua-api.md §3.4
   * @compat same
   */
  define(mtev, "shared_seq", (...args) => {
    const name = cString(checkString(state, args, 0));
    return store(() => shared().store.count(name));
  });

  /**
   * @lua mtev.shared_notify(key, value)
   * Appends a copy of a value to a queue, from which one waiting coroutine of
   * any state takes it. What can be shared is said at `mtev.shared_set`.
   * @param key string: the name of the queue
   * @param value any: the value; nil is delivered too
   * @error `bad parameters to mtev.shared_notify(str, value)` unless there are two arguments and a string
   * @error as `mtev.shared_set`
   * @suspends no
   * @example mtev.shared_notify("jobs", { url = "http://example.com" })
   * @source mtev-lua-api.md §3.5
   * @compat same
   */
  define(mtev, "shared_notify", (...args) => {
    const key = args.length === 2 ? toStringArgument(args[0]) : undefined;
    if (key === undefined) {
      raise(state, "bad parameters to mtev.shared_notify(str, value)");
    }
    const bytes = encode(args[1]) ?? new Uint8Array(1);
    store(() => shared().store.push(cString(key), bytes));
    return NOTHING;
  });

  /**
   * @lua value = mtev.shared_waitfor(key, timeout)
   * Takes the oldest value of a queue, waiting for one if there is none. Any
   * number of coroutines of all states may wait; each value goes to one of
   * them.
   * @param key string: the name of the queue
   * @param timeout? number: seconds to wait at the most; without it, or negative, for ever; 0 never waits and returns nothing at all
   * @return any: the value; nil when the time is over
   * @error `bad parameters to mtev.shared_waitfor(str [, timeout])`, also for a timeout of nil
   * @error `coro terminated` outside a managed coroutine
   * @suspends maybe
   * @example local job = mtev.shared_waitfor("jobs", 10)
   * @source mtev-lua-api.md §3.6
   * @compat differs: a coroutine that waits is woken as soon as there is a value
   */
  define(mtev, "shared_waitfor", (...args): HostResult => {
    const text = toStringArgument(args[0]);
    if (
      text === undefined || args.length > 2 ||
      (args.length === 2 && toNumberArgument(args[1]) === undefined)
    ) {
      raise(state, "bad parameters to mtev.shared_waitfor(str [, timeout])");
    }
    void coroutines.current;
    const key = cString(text);
    const there = shared().store.shift(key);
    if (there !== undefined) return decodeShared(state, there);
    const timeout = args.length === 2 ? looseNumber(args[1]) : -1;
    if (timeout === 0) return NOTHING;
    return new Suspension((waker) => {
      let wait: Disposable;
      try {
        wait = shared().item(key, (bytes) => {
          timer?.cancel();
          waker.wake(decodeShared(state, bytes));
        });
      } catch (error) {
        return waker.fail(memoryError(error));
      }
      const timer = timeout > 0
        ? eventer.timer(timeout * 1000, () => {
          wait[Symbol.dispose]();
          waker.wake(undefined);
        })
        : undefined;
      return () => {
        timer?.cancel();
        wait[Symbol.dispose]();
      };
    });
  });
}
