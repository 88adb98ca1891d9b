/**
 * The modules of fengari that this engine uses, patched for LuaJIT's dialect.
 * The only file to import fengari from, apart from early_patches.ts; importing
 * it costs some 20 ms, so lua/engines.ts does it late.
 *
 * fengari's main module is avoided on purpose: it would load its io, os and
 * package libraries, and with them child_process, readline-sync and tmp.
 */
import { defs } from "./early_patches.ts";
import lapiModule from "fengari/src/lapi.js";
import ldebugModule from "fengari/src/ldebug.js";
import ldoModule from "fengari/src/ldo.js";
import lfuncModule from "fengari/src/lfunc.js";
import llexModule from "fengari/src/llex.js";
import lobjectModule from "fengari/src/lobject.js";
import lopcodesModule from "fengari/src/lopcodes.js";
import lstateModule from "fengari/src/lstate.js";
import ltableModule from "fengari/src/ltable.js";
import ltmModule from "fengari/src/ltm.js";
import lvmModule from "fengari/src/lvm.js";
import type {
  ApiModule,
  DebugModule,
  DoModule,
  FunctionModule,
  LexModule,
  MetaModule,
  ObjectModule,
  StateModule,
  TableModule,
  VmModule,
} from "./internals.ts";

export { defs } from "./early_patches.ts";
export const lapi = lapiModule as unknown as ApiModule;
export const ldebug = ldebugModule as unknown as DebugModule;
export const ldo = ldoModule as unknown as DoModule;
export const lfunc = lfuncModule as unknown as FunctionModule;
export const llex = llexModule as unknown as LexModule;
export const lobject = lobjectModule as unknown as ObjectModule;
export const lstate = lstateModule as unknown as StateModule;
export const ltable = ltableModule as unknown as TableModule;
export const ltm = ltmModule as unknown as MetaModule;
export const lvm = lvmModule as unknown as VmModule;

/** The numbers of the instructions, by name. */
export const opcodes = (lopcodesModule as unknown as {
  OpCodesI: Record<string, number>;
}).OpCodesI;

const types = defs.constant_types;
export const NIL = types.LUA_TNIL!;
export const BOOLEAN = types.LUA_TBOOLEAN!;
export const NUMBER = types.LUA_TNUMFLT!;
export const STRING = types.LUA_TSTRING!;
export const LONG_STRING = types.LUA_TLNGSTR!;
export const TABLE = types.LUA_TTABLE!;
export const FUNCTION = types.LUA_TFUNCTION!;
export const LUA_CLOSURE = types.LUA_TLCL!;
export const NATIVE = types.LUA_TLCF!;
export const USERDATA = types.LUA_TUSERDATA!;
export const THREAD = types.LUA_TTHREAD!;

/** Results of a protected call or a resume; anything else is an error. */
export const OK = 0;
export const YIELD = 1;
/** An error that was thrown as a JavaScript exception. */
export const NATIVE_ERROR = -1;
/** As many results as there are. */
export const MULTRET = -1;
/** Bit of {@link CallInfo.callstatus}: a Lua function. */
export const CIST_LUA = 1 << 1;
/** Bit of {@link CallInfo.callstatus}: called by a tail call. */
export const CIST_TAIL = 1 << 5;
/** Stack slots that a native function may use unasked. */
export const MINSTACK = 20;
