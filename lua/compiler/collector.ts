/**
 * `collectgarbage` and `newproxy`, over V8's collector. A full collection
 * suspends the coroutine for a moment: V8 keeps what weak references have
 * shown until the current job ends.
 */
import { argumentError, checkNumber, checkString, optional } from "../args.ts";
import { Suspension } from "../host.ts";
import { type LuaTable, LuaUserdata, type LuaValue } from "../value.ts";
import { X } from "./registers.ts";
import { forgetWalk } from "./table.ts";
import type { EngineState } from "./engine_state.ts";

/** What `newproxy` makes: a userdata whose metatable is its only content. */
class Proxy extends LuaUserdata {}

let collect: (() => void) | undefined;

/** V8's collector, which Deno offers only behind a flag. */
function collectNow(): void {
  if (collect === undefined) {
    process.getBuiltinModule("node:v8").setFlagsFromString("--expose-gc");
    collect = process.getBuiltinModule("node:vm").runInNewContext("gc") as () =>
      void;
  }
  collect();
}

/** Adds the functions to the state's globals. */
export function openCollector(state: EngineState): void {
  const tuning = { setpause: 200, setstepmul: 200 };
  let running = true;
  const full = () => {
    forgetWalk();
    // A coroutine that Lua code resumed would seem to yield to it.
    if (X.execution?.isHostDriven !== true) {
      collectNow();
      return 0;
    }
    return new Suspension((waker) => {
      let timer = setTimeout(() => {
        collectNow();
        // Finalizers run as jobs of their own, in front of the next timer.
        timer = setTimeout(() => waker.wake(0), 0);
      }, 0);
      return () => clearTimeout(timer);
    });
  };
  state.globals.set(
    "collectgarbage",
    state.newFunction("collectgarbage", (...args) => {
      const option = optional(checkString, state, args, 0, "collect");
      const argument = optional(checkNumber, state, args, 1, 0);
      switch (option) {
        case "collect":
          return full();
        case "step":
          return true;
        case "count":
          return state.memoryInUse() / 1024;
        case "stop":
        case "restart":
          running = option === "restart";
          return 0;
        case "isrunning":
          return running;
        case "setpause":
        case "setstepmul": {
          const before = tuning[option];
          tuning[option] = argument;
          return before;
        }
      }
      return argumentError(state, 0, `invalid option '${option}'`);
    }),
  );
  openProxies(state);
}

function openProxies(state: EngineState): void {
  // The proxy itself is gone when its finalizer runs; another one with the
  // same metatable stands in for it.
  const finalizers = new FinalizationRegistry((metatable: LuaTable) => {
    const handler = metatable.get("__gc");
    if (handler !== undefined) state.finalize(handler, new Proxy(metatable));
  });
  const make = (metatable: LuaTable): LuaValue => {
    const proxy = new Proxy(metatable);
    finalizers.register(proxy, metatable);
    return proxy;
  };
  state.globals.set(
    "newproxy",
    state.newFunction("newproxy", (...args) => {
      const wanted = args[0];
      if (wanted === undefined || wanted === false) return new Proxy(undefined);
      if (wanted === true) return make(state.newTable());
      if (wanted instanceof Proxy && wanted.metatable !== undefined) {
        return make(wanted.metatable);
      }
      return argumentError(state, 0, "boolean or proxy expected");
    }),
  );
}
