/**
 * The debug library. Locals and upvalues are reached through fengari's own
 * inspection; names and positions come from stack.ts.
 */
import {
  type Args,
  argumentError,
  checkAny,
  checkFunction,
  checkInteger,
  checkString,
  checkTable,
  raise,
  toNumberArgument,
} from "../args.ts";
import { definer } from "../define.ts";
import { multi, NOTHING } from "../host.ts";
import { formatTraceback } from "../traceback.ts";
import {
  isFunction,
  isTable,
  isThread,
  type LuaFunction,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "../value.ts";
import { toText } from "./early_patches.ts";
import type { Closure, DebugInfo, State, Table } from "./internals.ts";
import { formatChunkName } from "./messages.ts";
import { libraryTable } from "./natives.ts";
import { ENVIRONMENT_NAME } from "./patches.ts";
import { describe, functionOf, type Level, levelAt } from "./stack.ts";
import type { FengariState } from "./state.ts";
import { fromVm, isClosure, push, type Thread, toVm } from "./values.ts";
import { defs, ldebug } from "./vm.ts";

/** Puts the library into the globals. */
export function installDebug(state: FengariState): void {
  const library = libraryTable(state, "debug");
  installInfo(state, library);
  installLocals(state, library);
  installUpvalues(state, library);
  installHooks(state, library);
  installRest(state, library);
}

/** The thread that an optional first argument names, and the other arguments. */
function threadOf(
  state: FengariState,
  args: Args,
): { L: State; rest: Args; skipped: number } {
  const [first] = args;
  return isThread(first)
    ? { L: (first as Thread).vm, rest: args.slice(1), skipped: 1 }
    : { L: state.machine.current, rest: args, skipped: 0 };
}

/** A level of `L`, where 0 is the running function of this library. */
function findLevel(
  state: FengariState,
  L: State,
  level: number,
): Level | undefined {
  return levelAt(L, level, state.machine.hooked === L);
}

function installInfo(state: FengariState, library: LuaTable): void {
  const define = definer(state);

  define(library, "traceback", (...args) => {
    const { L, rest } = threadOf(state, args);
    const [message, level] = rest;
    if (
      rest.length > 0 && typeof message !== "string" &&
      typeof message !== "number"
    ) return message;
    const own = L === state.machine.current;
    const from = level === undefined
      ? own ? 1 : 0
      : checkInteger(state, rest, 1);
    const trace = formatTraceback(state.frames(L.thread, from));
    return message === undefined
      ? trace
      : `${state.tostring(message)}\n${trace}`;
  });

  define(library, "getinfo", (...args) => {
    const { L, rest, skipped } = threadOf(state, args);
    const [of] = rest;
    const what = rest[1] === undefined ? "flnSu" : checkString(state, rest, 1);
    if (/[^SlnufL]/.test(what)) {
      argumentError(state, 1 + skipped, "invalid option");
    }
    if (isFunction(of)) return describeFunction(state, of, what, undefined);
    const number = toNumberArgument(of);
    if (number === undefined) {
      argumentError(state, skipped, "function or level expected");
    }
    const level = findLevel(state, L, Math.trunc(number));
    if (level === undefined) return undefined;
    return describeFunction(state, functionOf(L, level.ci), what, { L, level });
  });
}

function describeFunction(
  state: FengariState,
  fn: LuaFunction,
  what: string,
  active: { readonly L: State; readonly level: Level } | undefined,
): LuaTable {
  const info = state.newTable();
  const proto = isClosure(fn) ? (fn as unknown as Closure).p : undefined;
  const frame = active && describe(active.L, active.level);
  if (what.includes("S")) {
    const source = proto?.source?.text() ?? "=[C]";
    info.set("source", source);
    info.set("short_src", formatChunkName(source));
    info.set("linedefined", proto?.linedefined ?? -1);
    info.set(
      "lastlinedefined",
      // fengari has none for a chunk; its last instruction is on the last line.
      proto?.linedefined === 0
        ? proto.lineinfo.at(-1)
        : proto?.lastlinedefined ?? -1,
    );
    info.set(
      "what",
      proto === undefined ? "C" : proto.linedefined === 0 ? "main" : "Lua",
    );
  }
  if (what.includes("l")) info.set("currentline", frame?.currentLine ?? -1);
  if (what.includes("n")) {
    info.set("name", frame?.name);
    info.set("namewhat", frame?.nameWhat ?? "");
  }
  if (what.includes("u")) {
    info.set("nups", upvalueIndices(fn).length);
    info.set("nparams", proto?.numparams ?? 0);
    info.set("isvararg", proto?.is_vararg ?? true);
  }
  if (what.includes("f")) info.set("func", fn);
  if (what.includes("L") && proto !== undefined) {
    const lines = state.newTable();
    for (const line of proto.lineinfo) lines.set(line, true);
    info.set("activelines", lines);
  }
  return info;
}

function installLocals(state: FengariState, library: LuaTable): void {
  const define = definer(state);

  function levelArgument(L: State, rest: Args, skipped: number): DebugInfo {
    const level = findLevel(state, L, checkInteger(state, rest, 0));
    if (level === undefined) {
      argumentError(state, skipped, "level out of range");
    }
    const info = new defs.lua_Debug();
    info.i_ci = level.ci;
    return info;
  }

  define(library, "getlocal", (...args) => {
    const { L, rest, skipped } = threadOf(state, args);
    const index = checkInteger(state, rest, 1);
    if (isFunction(rest[0])) {
      const fn = rest[0];
      if (!isClosure(fn)) return undefined;
      push(L, fn);
      const name = ldebug.lua_getlocal(L, null, index);
      delete L.stack[--L.top];
      return name === null ? undefined : toText(name);
    }
    const name = ldebug.lua_getlocal(
      L,
      levelArgument(L, rest, skipped),
      index,
    );
    if (name === null) return undefined;
    const value = fromVm(L.stack[--L.top]!);
    delete L.stack[L.top];
    return multi(toText(name), value);
  });

  define(library, "setlocal", (...args) => {
    const { L, rest, skipped } = threadOf(state, args);
    const level = levelArgument(L, rest, skipped);
    const index = checkInteger(state, rest, 1);
    push(L, checkAny(state, rest, 2));
    const name = ldebug.lua_setlocal(L, level, index);
    if (name === null) delete L.stack[--L.top];
    return name === null ? undefined : toText(name);
  });
}

/**
 * The positions of the upvalues that programs can see: all but the one that
 * holds the globals.
 */
function upvalueIndices(fn: LuaFunction): number[] {
  if (!isClosure(fn)) return [];
  const { p } = fn as unknown as Closure;
  const indices: number[] = [];
  p.upvalues.forEach(({ name }, index) => {
    if (name?.text() !== ENVIRONMENT_NAME) indices.push(index);
  });
  return indices;
}

function installUpvalues(state: FengariState, library: LuaTable): void {
  const define = definer(state);

  /** The upvalue that arguments `at` and `at + 1` name. */
  function find(args: Args, at: number) {
    const fn = checkFunction(state, args, at);
    const index = upvalueIndices(fn)[checkInteger(state, args, at + 1) - 1];
    if (index === undefined) return undefined;
    const closure = fn as unknown as Closure;
    const name = closure.p.upvalues[index]!.name?.text() ?? "?";
    return { closure, index, name, slot: closure.upvals[index]! };
  }

  define(library, "getupvalue", (...args) => {
    const found = find(args, 0);
    return found === undefined
      ? NOTHING
      : multi(found.name, fromVm(found.slot));
  });
  define(library, "setupvalue", (...args) => {
    const value = checkAny(state, args, 2);
    const found = find(args, 0);
    if (found === undefined) return NOTHING;
    found.slot.setfrom(toVm(value));
    return found.name;
  });

  const identities = new WeakMap<object, UpvalueIdentity>();
  define(library, "upvalueid", (...args) => {
    const found = find(args, 0);
    if (found === undefined) argumentError(state, 1, "invalid upvalue index");
    let identity = identities.get(found.slot);
    if (identity === undefined) {
      identity = new UpvalueIdentity(undefined);
      identities.set(found.slot, identity);
    }
    return identity;
  });
  define(library, "upvaluejoin", (...args) => {
    const to = find(args, 0);
    if (to === undefined) argumentError(state, 1, "invalid upvalue index");
    const from = find(args, 2);
    if (from === undefined) argumentError(state, 3, "invalid upvalue index");
    to.closure.upvals[to.index] = from.slot;
    return NOTHING;
  });
}

/** What `upvalueid` returns: the same object for the same upvalue. */
class UpvalueIdentity extends LuaUserdata {}

function installHooks(state: FengariState, library: LuaTable): void {
  const define = definer(state);
  const { hooks } = state;

  define(library, "sethook", (...args) => {
    const { rest } = threadOf(state, args);
    if (rest[0] === undefined) {
      hooks.setProgram(undefined);
      return NOTHING;
    }
    const fn = checkFunction(state, rest, 0);
    const events = checkString(state, rest, 1);
    const count = rest[2] === undefined ? 0 : checkInteger(state, rest, 2);
    hooks.setProgram({ fn, events, count });
    return NOTHING;
  });
  define(library, "gethook", () => {
    const { program } = hooks;
    return program === undefined
      ? multi(undefined, "", 0)
      : multi(program.fn, program.events, program.count);
  });
}

function installRest(state: FengariState, library: LuaTable): void {
  const define = definer(state);

  define(
    library,
    "getmetatable",
    (...args) => state.metatable(checkAny(state, args, 0)),
  );
  define(library, "setmetatable", (...args) => {
    const [value, metatable] = args;
    if (metatable !== undefined && !isTable(metatable)) {
      argumentError(state, 1, "nil or table expected");
    }
    setMetatable(state, value, metatable);
    return multi(true);
  });
  const registry = state.newTable();
  define(library, "getregistry", () => registry);
  define(library, "getfenv", (...args) => {
    const value = checkAny(state, args, 0);
    return isFunction(value) || isThread(value)
      ? state.environment(value)
      : undefined;
  });
  define(library, "setfenv", (...args) => {
    const table = checkTable(state, args, 1);
    const [value] = args;
    const changed = (isFunction(value) || isThread(value)) &&
      state.setEnvironment(value, table);
    if (!changed) {
      raise(state, "'setfenv' cannot change environment of given object");
    }
    return value;
  });
}

function setMetatable(
  state: FengariState,
  value: LuaValue,
  metatable: LuaTable | undefined,
): void {
  if (isTable(value) || value instanceof LuaUserdata) {
    value.metatable = metatable;
  } else { // one metatable for all values of the type
    const { mt } = state.machine.current.l_G;
    mt[toVm(value).type & 0x0f] = metatable as Table | undefined;
  }
}
