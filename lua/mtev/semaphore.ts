/**
 * Semaphores that all Lua states of the process share. Specification:
 * mtev-lua-api.md §3.7.
 *
 * The object is only a name; the number is in shared memory, where it stays as
 * long as the process lives.
 */
import {
  type Args,
  checkNumber,
  checkString,
  looseNumber,
  raise,
  toStringArgument,
  typeError,
} from "../args.ts";
import { definer } from "../define.ts";
import { type HostResult, NOTHING, Suspension } from "../host.ts";
import { cString, memoryError } from "../shared_value.ts";
import { type LuaTable, LuaUserdata } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Seconds between two attempts of the reference: the least that a wait takes. */
const POLL_INTERVAL = 0.01;

/** A semaphore, in Lua's hands. */
class Semaphore extends LuaUserdata {
  constructor(metatable: LuaTable, readonly semaphore: string) {
    super(metatable);
  }
}

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, eventer, coroutines } = context;
  const { shared } = context.process;
  const define = definer(state);
  const methods = state.newTable();
  const metatable = state.newTable();

  function checkSemaphore(args: Args): string {
    const [self] = args;
    if (self instanceof Semaphore) return self.semaphore;
    typeError(state, args, 0, "mtev.semaphore");
  }

  metatable.set(
    "__index",
    state.newFunction("__index", (_self, key) => {
      const name = toStringArgument(key) ??
        raise(state, "metatable error, arg2 not a string!");
      // Looked up anew each time: a program may put another in its place.
      return (name === "acquire"
        ? mtev.get("__semaphore_acquire")
        : methods.get(name)) ??
        raise(state, `mtev.semaphore no such element: ${name}`);
    }),
  );

  /**
   * @lua sem = mtev.semaphore(name, value)
   * Finds a semaphore of the process by its name, or makes it.
   * @param name string: the name
   * @param value integer: its number if it is new; with -n it takes n+1 releases before one acquire succeeds
   * @return mtev.semaphore: the semaphore
   * @error an argument error unless there are a string and a number
   * @error `not enough memory`
   * @suspends no
   * @example local sem = mtev.semaphore("downloads", 4)
   * @source mtev-lua-api.md §3.7
   * @compat same
   */
  define(mtev, "semaphore", (...args) => {
    const name = cString(checkString(state, args, 0));
    const value = Math.trunc(checkNumber(state, args, 1));
    try {
      shared().store.createSemaphore(name, value);
    } catch (error) {
      throw memoryError(error);
    }
    return new Semaphore(metatable, name);
  });

  /**
   * @lua acquired = semaphore:try_acquire()
   * Lowers a semaphore by one if it is above zero.
   * @return boolean: whether it was
   * @suspends no
   * @example if sem:try_acquire() then work() sem:release() end
   * @source mtev-lua-api.md §3.7
   * @compat same
   */
  define(
    methods,
    "try_acquire",
    (...args) => shared().store.tryAcquire(checkSemaphore(args)),
  );

  /**
   * @lua semaphore:release()
   * Raises a semaphore by one, and wakes a coroutine that waits for it, in
   * whichever state it is. Anybody may release, as often as they like.
   * @suspends no
   * @example sem:release()
   * @source mtev-lua-api.md §3.7
   * @compat same
   */
  define(methods, "release", (...args) => {
    shared().store.release(checkSemaphore(args));
    return NOTHING;
  });

  /**
   * @lua acquired = mtev.__semaphore_acquire(semaphore, timeout, poll_interval)
   * Lowers a semaphore by one, waiting until it is above zero. It is the method
   * `acquire` of semaphores: a function that is put in its place becomes that.
   * @param semaphore mtev.semaphore: the semaphore
   * @param timeout? number: seconds to wait at the most, for ever without it
   * @param poll_interval? number: seconds that a wait takes at the least when it fails; 0.01 without it
   * @return boolean: whether it was lowered; without a timeout always true
   * @error `coro terminated` outside a managed coroutine
   * @suspends maybe: while the semaphore is not above zero
   * @example if sem:acquire(5) then work() sem:release() end
   * @source mtev-lua-api.md §3.7
   * @compat differs: a coroutine that waits is woken at once, not at the next of many attempts
   */
  define(mtev, "__semaphore_acquire", (...args): HostResult => {
    const name = checkSemaphore(args);
    void coroutines.current;
    if (shared().store.tryAcquire(name)) return true;
    const interval = args[2] === undefined
      ? POLL_INTERVAL
      : looseNumber(args[2]);
    const seconds = args[1] === undefined
      ? undefined
      : Math.max(looseNumber(args[1]), interval);
    return new Suspension((waker) => {
      const wait = shared().semaphore(name, () => {
        timer?.cancel();
        waker.wake(true);
      });
      const timer = seconds === undefined
        ? undefined
        : eventer.timer(seconds * 1000, () => {
          wait[Symbol.dispose]();
          waker.wake(false);
        });
      return () => {
        timer?.cancel();
        wait[Symbol.dispose]();
      };
    });
  });
}
