/**
 * The call stack of a coroutine as LuaJIT shows it.
 *
 * Levels count from 0, the running host function. In LuaJIT a tail call
 * replaces the caller also when a host function is called; in fengari the
 * caller's level is still there, and is left out here.
 */
import type { Frame } from "../host.ts";
import type { LuaFunction } from "../value.ts";
import { toBytes, toText } from "./early_patches.ts";
import type {
  CallInfo,
  Closure,
  DebugInfo,
  Proto,
  State,
} from "./internals.ts";
import { formatChunkName } from "./messages.ts";
import { CIST_LUA, defs, ldebug, opcodes, YIELD } from "./vm.ts";

/** A level of the stack that Lua programs can see. */
export interface Level {
  readonly ci: CallInfo;
  /** The level whose call gave the function its name. */
  readonly calledAs: CallInfo;
}

const { OP_TAILCALL } = opcodes;
const NAME = toBytes("n");

/** Visits the visible levels, innermost first. */
export function* levels(L: State): Generator<Level> {
  let ci: CallInfo | null = L.ci;
  while (ci !== null && ci !== L.base_ci) {
    let calledAs = ci;
    let next: CallInfo | null = ci.previous;
    if (!(ci.callstatus & CIST_LUA) && next !== null && isTailCalling(next)) {
      calledAs = next;
      next = next.previous;
    }
    yield { ci, calledAs };
    ci = next;
  }
}

function isTailCalling(ci: CallInfo): boolean {
  return (ci.callstatus & CIST_LUA) !== 0 &&
    ci.l_code![ci.l_savedpc - 1]?.opcode === OP_TAILCALL;
}

/**
 * The level `level`, if the stack is that deep.
 *
 * @param inHook Whether a hook is running, which is then level 0.
 */
export function levelAt(
  L: State,
  level: number,
  inHook: boolean,
): Level | undefined {
  if (inHook) level--;
  if (level < 0) return undefined;
  for (const visible of levels(L)) {
    if (level-- === 0) return visible;
  }
  return undefined;
}

/** The position `file:line: ` of a level, or `""`. */
export function where(L: State, level: number, inHook: boolean): string {
  const ci = levelAt(L, level, inHook)?.ci;
  if (ci === undefined || !(ci.callstatus & CIST_LUA)) return "";
  const proto = protoOf(ci);
  return `${sourceOf(proto)}:${lineOf(ci, proto)}: `;
}

function protoOf(ci: CallInfo): Proto {
  return (ci.func.value as Closure).p;
}

function sourceOf(proto: Proto): string {
  return formatChunkName(proto.source?.text() ?? "=?");
}

function lineOf(ci: CallInfo, proto: Proto): number {
  // At its very start a function has not fetched an instruction yet.
  return proto.lineinfo[Math.max(0, ci.l_savedpc - 1)] ?? -1;
}

/** The name that the call site gives the function of a level. */
export function nameOf(
  L: State,
  level: Level,
): { name: string | undefined; kind: string } {
  const info: DebugInfo = new defs.lua_Debug();
  info.i_ci = level.calledAs;
  ldebug.lua_getinfo(L, NAME, info);
  if (info.name === null) return { name: undefined, kind: "" };
  const kind = toText(info.namewhat);
  if (kind === "for iterator") {
    return { name: "(for generator)", kind: "local" };
  }
  return kind === "constant"
    ? { name: undefined, kind: "" }
    : { name: toText(info.name), kind };
}

/** The function of a level; also of one that has yielded. */
export function functionOf(L: State, ci: CallInfo): LuaFunction {
  const slot = L.status === YIELD && ci === L.ci ? L.stack[ci.extra]! : ci.func;
  return slot.value as LuaFunction;
}

/** Describes a level for a traceback. */
export function describe(L: State, level: Level): Frame {
  const { name, kind } = nameOf(L, level);
  const nameWhat = /^(global|local|method|field|upvalue)$/.test(kind)
    ? kind as Frame["nameWhat"]
    : "";
  const { ci } = level;
  if (!(ci.callstatus & CIST_LUA)) {
    const what = "C";
    return {
      what,
      source: "[C]",
      currentLine: -1,
      lineDefined: -1,
      lastLineDefined: -1,
      chunkName: "=[C]",
      name,
      nameWhat,
    };
  }
  const proto = (functionOf(L, ci) as unknown as Closure).p;
  return {
    what: proto.linedefined === 0 ? "main" : "Lua",
    source: sourceOf(proto),
    currentLine: lineOf(ci, proto),
    lineDefined: proto.linedefined,
    lastLineDefined: proto.lastlinedefined,
    chunkName: proto.source?.text() ?? "=?",
    name,
    nameWhat,
  };
}
