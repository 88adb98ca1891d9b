/**
 * luamtev for TypeScript: an event runtime for Lua.
 *
 * @example Run a module, give it a function, await one of its own
 * ```ts
 * import { createRuntime } from "./mod.ts";
 *
 * await using runtime = await createRuntime();
 * runtime.define("double", (x) => Number(x) * 2);
 * await runtime.eval(`
 *   function later(seconds, x)
 *     mtev.sleep(seconds)
 *     return double(x)
 *   end
 * `);
 * console.log(await runtime.call("later", 0.01, 21)); // [ 42 ]
 * ```
 *
 * @module
 */
export { createRuntime, Runtime, type RuntimeOptions } from "./lua/runtime.ts";
export { LuaError } from "./lua/errors.ts";
export {
  call,
  HostCall,
  type HostFunction,
  type HostResult,
  Multi,
  multi,
  NOTHING,
  suspendOn,
  Suspension,
  type Waker,
} from "./lua/host.ts";
export { decodeText, encodeText } from "./lua/text.ts";
export {
  entries,
  isFunction,
  isTable,
  isThread,
  isTruthy,
  type LuaFunction,
  type LuaTable,
  type LuaThread,
  LuaUserdata,
  type LuaValue,
  typeName,
} from "./lua/value.ts";
export { Eventer, type EventerOptions } from "./runtime/eventer/eventer.ts";
export { LogConfigurationError } from "./runtime/log/configure.ts";
export type {
  LogDescription,
  OutletDescription,
} from "./runtime/log/description.ts";
export { type MemoryLine, MemorySink } from "./runtime/log/memory_sink.ts";
