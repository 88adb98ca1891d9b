/**
 * The library `debug`. What needs the closures or the variables of running
 * functions waits until the stack has moved to the heap (`inspecting` in
 * host_function.ts); everything else reads the stack where it is.
 */
import { runtime } from "./messages.ts";
import {
  type Args,
  argumentError,
  checkAny,
  checkFunction,
  checkInteger,
  checkString,
  checkTable,
  optional,
} from "../args.ts";
import type { LuaFunction, LuaValue } from "../value.ts";
import { isFunction, isTable } from "../value.ts";
import { formatTraceback } from "../traceback.ts";
import { joinUpvalue, prototypeOf, upvalueOf } from "./closure.ts";
import { give } from "./execution.ts";
import { Coroutine } from "./coroutine.ts";
import { getHook, setHook } from "./hooks.ts";
import { inspecting, nameHost, nameInner } from "./host_function.ts";
import { localOf, parameterName } from "./locals.ts";
import { metatableOf } from "./metatables.ts";
import type { Prototype } from "./prototype.ts";
import { EMPTY, X } from "./registers.ts";
import { type Callable } from "./records.ts";
import { type ChunkFrame, functionOf, stackFrames } from "./stack.ts";
import type { EngineState } from "./engine_state.ts";
import type { Table } from "./table.ts";

/** Adds the library to the state's globals. */
export function openDebug(state: EngineState): void {
  const library = state.newTable();
  state.globals.set("debug", library);
  const registry = state.newTable();
  const define = (name: string, fn: Callable) =>
    library.set(name, nameHost(name, fn) as unknown as LuaFunction);
  /** Defines a function that names a running function by its level. */
  const defineInspecting = (
    name: string,
    run: (...args: LuaValue[]) => LuaValue,
  ) =>
    library.set(
      name,
      inspecting(
        name,
        nameInner(name, run),
        name === "sethook",
      ) as unknown as LuaFunction,
    );

  defineInspecting("getinfo", (...args) => getInfo(state, args));
  defineInspecting("getlocal", (...args) => getLocal(state, args));
  defineInspecting("setlocal", (...args) => setLocal(state, args));
  defineUpvalues(state, define);
  define("traceback", (...args: LuaValue[]) => {
    const thread = args[0] instanceof Coroutine ? args.shift() : undefined;
    const message = args[0];
    if (
      args.length > 0 && typeof message !== "string" &&
      typeof message !== "number"
    ) return message;
    const level = optional(
      checkInteger,
      state,
      args,
      1,
      thread === undefined ? 1 : 0,
    );
    const frames = state.frames(thread as Coroutine | undefined, level);
    return (message === undefined ? "" : `${state.tostring(message)}\n`) +
      formatTraceback(frames);
  });
  define("getmetatable", (...args: LuaValue[]) => {
    checkAny(state, args, 0);
    return metatableOf(args[0]);
  });
  define("setmetatable", (...args: LuaValue[]) => {
    const [value, mt] = args;
    if (args.length < 2 || !(mt === undefined || isTable(mt))) {
      return argumentError(state, 1, "nil or table expected");
    }
    state.setAnyMetatable(value, mt as Table | undefined);
    return value;
  });
  define("getregistry", () => registry);
  define("getfenv", (...args: LuaValue[]) => {
    const of = args[0];
    return isFunction(of) || of instanceof Coroutine
      ? state.environment(of)
      : undefined;
  });
  define("setfenv", (...args: LuaValue[]) => {
    const of = args[0];
    const table = checkTable(state, args, 1);
    if (
      !(isFunction(of) || of instanceof Coroutine) ||
      !state.setEnvironment(of, table)
    ) {
      argumentError(
        state,
        0,
        "'setfenv' cannot change environment of given object",
      );
    }
    return of;
  });
  defineInspecting("sethook", (...args) => {
    if (args[0] instanceof Coroutine) args.shift();
    const mask = optional(checkString, state, args, 1, "") as string;
    const count = optional(checkInteger, state, args, 2, 0) as number;
    const fn = args[0] === undefined
      ? undefined
      : checkFunction(state, args, 0);
    setHook(state, mask === "" && count === 0 ? undefined : fn, mask, count);
    return give(EMPTY);
  });
  define("gethook", () => {
    const hook = getHook();
    return give([hook?.fn, hook?.mask ?? "", hook?.count ?? 0]);
  });
}

/** The thread that leads the arguments, if one does; it is taken off. */
function leadingThread(args: LuaValue[]): Coroutine | undefined {
  return args[0] instanceof Coroutine ? args.shift() as Coroutine : undefined;
}

function frameAt(
  state: EngineState,
  thread: Coroutine | undefined,
  level: number,
): ChunkFrame | undefined {
  const own = thread === undefined || thread === state.currentThread;
  return stackFrames(own ? undefined : thread.execution)[level];
}

function getInfo(state: EngineState, args: LuaValue[]): LuaValue {
  const before = args.length;
  const thread = leadingThread(args);
  const place = before - args.length;
  const what = optional(checkString, state, args, 1, "flnSu");
  let frame: ChunkFrame | undefined;
  let prototype: Prototype | undefined;
  let fn: LuaFunction | undefined;
  const subject = args[0];
  if (isFunction(subject)) {
    fn = subject;
    prototype = prototypeOf(subject);
  } else {
    if (typeof subject !== "number") {
      argumentError(state, place, "function or level expected");
    }
    frame = frameAt(state, thread, subject);
    if (frame === undefined) return undefined;
    prototype = frame.prototype;
    fn = functionOf(frame);
  }
  if (/[^SlnufL]/.test(what)) {
    argumentError(state, place + 1, runtime.invalidOption);
  }
  const info = state.newTable();
  if (what.includes("S")) sourceInfo(info, prototype);
  if (what.includes("l")) info.set("currentline", frame?.currentLine ?? -1);
  if (what.includes("u")) {
    info.set("nups", prototype?.fn.upvalues.length ?? 0);
    info.set("nparams", prototype?.fn.parameters.length ?? 0);
    info.set("isvararg", prototype?.fn.vararg ?? true);
  }
  if (what.includes("n")) {
    const nameWhat = frame?.nameWhat ?? "";
    info.set("namewhat", nameWhat);
    if (nameWhat !== "") info.set("name", frame!.name);
  }
  if (what.includes("f")) info.set("func", fn);
  if (what.includes("L") && prototype !== undefined) {
    const lines = state.newTable();
    for (const line of prototype.facts.siteLines) {
      if (line !== undefined) lines.set(line, true);
    }
    lines.set(prototype.fn.endLine, true);
    info.set("activelines", lines);
  }
  return info;
}

function sourceInfo(info: Table, prototype: Prototype | undefined): void {
  if (prototype === undefined) {
    info.set("source", "=[C]");
    info.set("short_src", "[C]");
    info.set("what", "C");
    info.set("linedefined", -1);
    info.set("lastlinedefined", -1);
    return;
  }
  const { chunk, fn } = prototype;
  info.set("source", chunk.chunkName);
  info.set("short_src", chunk.shortName);
  info.set("what", fn.id === 0 ? "main" : "Lua");
  info.set("linedefined", fn.line);
  info.set("lastlinedefined", fn.endLine);
}

/** The frame that `getlocal` and `setlocal` mean. */
function localFrame(
  state: EngineState,
  args: Args,
  thread: Coroutine | undefined,
): ChunkFrame {
  const level = checkInteger(state, args, 0);
  const frame = level < 0 ? undefined : frameAt(state, thread, level);
  return frame ??
    argumentError(state, thread === undefined ? 0 : 1, "level out of range");
}

function getLocal(state: EngineState, args: LuaValue[]): LuaValue {
  const thread = leadingThread(args);
  const place = checkInteger(state, args, 1);
  if (isFunction(args[0])) return parameterName(args[0], place);
  const local = localOf(localFrame(state, args, thread), place);
  if (local === undefined) return undefined;
  return give([local.name, local.value]);
}

function setLocal(state: EngineState, args: LuaValue[]): LuaValue {
  const thread = leadingThread(args);
  const place = checkInteger(state, args, 1);
  const local = localOf(localFrame(state, args, thread), place);
  local?.set(args[2]);
  return local?.name;
}

function defineUpvalues(
  state: EngineState,
  define: (name: string, fn: Callable) => void,
): void {
  define("getupvalue", (...args: LuaValue[]) => {
    const upvalue = upvalueOf(
      checkFunction(state, args, 0),
      checkInteger(state, args, 1),
    );
    return upvalue === undefined
      ? give(EMPTY)
      : give([upvalue.name, upvalue.value]);
  });
  define("setupvalue", (...args: LuaValue[]) => {
    const upvalue = upvalueOf(
      checkFunction(state, args, 0),
      checkInteger(state, args, 1),
    );
    checkAny(state, args, 2);
    if (upvalue === undefined) return give(EMPTY);
    upvalue.set(args[2]);
    return upvalue.name;
  });
  const identities = new WeakMap<object, LuaValue>();
  define("upvalueid", (...args: LuaValue[]) => {
    const upvalue = upvalueOf(
      checkFunction(state, args, 0),
      checkInteger(state, args, 1),
    );
    if (upvalue === undefined) {
      return argumentError(state, 1, runtime.invalidUpvalue);
    }
    let id = identities.get(upvalue.identity);
    if (id === undefined) {
      id = state.newUserdata();
      identities.set(upvalue.identity, id);
    }
    return id;
  });
  define("upvaluejoin", (...args: LuaValue[]) => {
    const fn = checkFunction(state, args, 0);
    const from = upvalueOf(
      checkFunction(state, args, 2),
      checkInteger(state, args, 3),
    );
    if (from === undefined) argumentError(state, 3, runtime.invalidUpvalue);
    else joinUpvalue(fn, checkInteger(state, args, 1), from.identity);
    return give(EMPTY);
  });
}
void X;
