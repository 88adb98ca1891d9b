/**
 * The shapes of fengari's internals that this engine relies on. Types only:
 * fengari is a faithful port of PUC Lua 5.3 and ships none. Not complete; a
 * member is listed when something here uses it. Offsets and stack indices are
 * absolute positions in `L.stack`.
 */
import type { LuaError } from "../errors.ts";
import type { Suspension } from "../host.ts";
import type { LuaTable, LuaThread } from "../value.ts";

/** A Lua string: see {@link TString} in early_patches.ts. */
export interface VmString {
  text(): string;
  getstr(): Uint8Array;
}

/** A value with its type tag: a stack slot, an upvalue or a table entry. */
export interface TValue {
  type: number;
  value: unknown;
  ttisnil(): boolean;
  setfrom(other: TValue): void;
  setsvalue(text: VmString): void;
  setbvalue(value: boolean): void;
  setnilvalue(): void;
  setfltvalue(value: number): void;
}

/** An entry of a table, linked in order of insertion. */
export interface Entry {
  key: TValue;
  value: TValue;
  n: Entry | undefined;
}

/** A table: see table.ts. */
export interface Table extends LuaTable {
  strong: Map<unknown, Entry>;
  flags: number;
}

/** A function prototype. */
export interface Proto {
  code: { opcode: number; A: number }[];
  lineinfo: number[];
  upvalues: { name: VmString | null }[];
  numparams: number;
  is_vararg: boolean;
  linedefined: number;
  lastlinedefined: number;
  source: VmString | null;
}

/** A Lua function. Its upvalues are the slots themselves. */
export interface Closure {
  p: Proto;
  nupvalues: number;
  upvals: TValue[];
}

/** A level of a call stack. */
export interface CallInfo {
  func: TValue;
  funcOff: number;
  top: number;
  previous: CallInfo | null;
  l_code: { opcode: number }[] | null;
  l_savedpc: number;
  l_base: number;
  callstatus: number;
  extra: number;
}

/** The state shared by all coroutines. */
export interface GlobalState {
  mainthread: State;
  atnativeerror: NativeFunction | null;
  /** Ours: raises an exception that ends the run of a Lua function. */
  raiseException(L: State, error: unknown): never;
  mt: (Table | undefined)[];
  l_registry: TValue;
}

/** A coroutine, or the main thread. */
export interface State {
  stack: TValue[];
  top: number;
  ci: CallInfo;
  base_ci: CallInfo;
  status: number;
  /** The number of calls on its stack that cannot yield. */
  nny: number;
  nCcalls: number;
  errfunc: number;
  l_G: GlobalState;
  hook: Hook | null;
  hookmask: number;
  hookcount: number;
  basehookcount: number;
  /** The wrapper; set right after creation. */
  thread: VmThread;
}

/** What this engine keeps of a coroutine: see values.ts. */
export interface VmThread extends LuaThread {
  readonly vm: State;
  /** Tells the thread that is running now. */
  readonly running: () => State;
  /** Whether it is on the chain of resumes. */
  active: boolean;
  /** Whether it ended or failed. */
  dead: boolean;
  /** The wait that a host function just asked for. */
  suspension: Suspension | undefined;
  /** Whether the interrupt handler just suspended it. */
  interrupted: boolean;
  /** Whether the host resumed it, so that it may be interrupted. */
  ownedByHost: boolean;
  /** What it raises when it goes on. */
  pendingError: LuaError | undefined;
  /** Its table of globals, when it was changed. */
  environment: LuaTable | undefined;
}

/** A function of the VM's own protocol: gives the number of results. */
export type NativeFunction = (L: State) => number;

/** What a native function goes on with after a yield. */
export type Continuation = (L: State, status: number, ctx: unknown) => number;

/** A debug hook. */
export type Hook = (L: State, ar: DebugInfo) => void;

/** What `lua_getinfo` fills in. */
export interface DebugInfo {
  event: number;
  name: Uint8Array | null;
  namewhat: Uint8Array;
  what: Uint8Array;
  source: Uint8Array;
  short_src: Uint8Array;
  currentline: number;
  linedefined: number;
  lastlinedefined: number;
  nups: number;
  nparams: number;
  isvararg: boolean;
  istailcall: number;
  i_ci: CallInfo | null;
}

/** The state of the lexer. */
export interface LexState {
  t: { token: number };
  lookahead: { token: number };
  /** The next character, or -1. */
  current: number;
  linenumber: number;
  L: State;
  z: { zgetc(): number };
  buff: { buffer: Uint8Array; n: number };
  source: VmString;
  envn: VmString;
}

export interface Defs {
  constant_types: Record<string, number>;
  lua_Debug: new () => DebugInfo;
}

export interface Limits {
  LUAI_MAXCCALLS: number;
  luai_nummod(L: State | null, a: number, b: number): number;
}

export interface Conf {
  LUA_COMPAT_FLOATSTRING: boolean;
  lua_number2str(value: number): string;
  lua_integer2str(value: number): string;
}

export interface StringModule {
  TString: unknown;
  luaS_eqlngstr(a: VmString, b: VmString): boolean;
  luaS_hash(bytes: Uint8Array): string;
  luaS_hashlongstr(text: VmString): string;
  luaS_bless(L: State | null, bytes: Uint8Array): VmString;
  luaS_new(L: State | null, bytes: Uint8Array): VmString;
  luaS_newliteral(L: State | null, text: string): VmString;
}

export interface ObjectModule {
  TValue: {
    new (type: number, value: unknown): TValue;
    prototype: TValue & {
      ttisinteger(): boolean;
      setfltvalue(value: number): void;
    };
  };
  LClosure: { prototype: object };
  luaO_nilobject: TValue;
  luaO_str2num(bytes: Uint8Array, to: TValue): number;
  luaO_tostring(L: State, value: TValue): void;
  luaO_chunkid(source: Uint8Array, size: number): Uint8Array;
  luaO_pushfstring(L: State, format: Uint8Array, ...args: unknown[]): unknown;
  luaO_pushvfstring(L: State, format: Uint8Array, args: unknown[]): unknown;
}

export interface FunctionModule {
  Proto: { prototype: object };
  luaF_getlocalname(p: Proto, n: number, pc: number): Uint8Array | null;
}

export interface TableModule {
  luaH_new(L: State): Table;
  luaH_getn(table: Table): number;
  luaH_getstr(table: Table, key: VmString): TValue;
  luaH_next(L: State, table: Table, key: number): boolean;
  luaH_setfrom(L: State, table: Table, key: TValue, value: TValue): void;
  luaH_get(L: State, table: Table, key: TValue): TValue;
  luaH_getint(table: Table, key: number): TValue;
  luaH_setint(table: Table, key: number, value: TValue): void;
}

export interface MetaModule {
  TMS: Record<string, number>;
  fasttm(
    L: State,
    metatable: Table | undefined,
    event: number,
  ): TValue | null;
  luaT_objtypename(L: State, value: TValue): Uint8Array;
  luaT_callTM(
    L: State,
    handler: TValue,
    a: TValue,
    b: TValue,
    result: TValue,
    hasResult: number,
  ): void;
  luaT_callbinTM(
    L: State,
    a: TValue,
    b: TValue,
    result: TValue,
    event: number,
  ): boolean;
  luaT_trybinTM(
    L: State,
    a: TValue,
    b: TValue,
    result: TValue,
    event: number,
  ): void;
  luaT_callorderTM(
    L: State,
    a: TValue,
    b: TValue,
    event: number,
  ): boolean | null;
  luaT_gettm(
    metatable: Table,
    event: number,
    name: VmString,
  ): TValue | null;
  luaT_gettmbyobj(L: State, value: TValue, event: number): TValue;
  ttypename(type: number): Uint8Array;
}

export interface LexModule {
  LUA_ENV: Uint8Array;
  luaX_setinput(L: State, ls: LexState, ...rest: unknown[]): void;
  luaX_next(ls: LexState): void;
  luaX_lookahead(ls: LexState): number;
  luaX_syntaxerror(ls: LexState, message: Uint8Array): never;
}

export interface VmModule {
  luaV_execute(L: State): void;
  luaV_gettable(L: State, object: TValue, key: TValue, to: number): void;
  settable(L: State, object: TValue, key: TValue, value: TValue): void;
  luaV_rawequalobj(a: TValue, b: TValue): number;
}

export interface DoModule {
  lua_resume(L: State, from: State | null, argc: number): number;
  lua_yieldk(
    L: State,
    resultCount: number,
    ctx: unknown,
    k: Continuation | null,
  ): number;
  luaD_checkstack(L: State, count: number): void;
  luaD_throw(L: State, status: number): never;
}

export interface DebugModule {
  luaG_errormsg(L: State): never;
  luaG_runerror(L: State, format: Uint8Array): never;
  lua_getinfo(L: State, what: Uint8Array | string, ar: DebugInfo): number;
  lua_getlocal(L: State, ar: DebugInfo | null, n: number): Uint8Array | null;
  lua_setlocal(L: State, ar: DebugInfo, n: number): Uint8Array | null;
  lua_sethook(L: State, hook: Hook | null, mask: number, count: number): void;
}

export interface StateModule {
  lua_newstate(): State;
  lua_newthread(L: State): State;
  lua_close(L: State): void;
}

export interface ApiModule {
  lua_callk(
    L: State,
    argc: number,
    resultCount: number,
    ctx: unknown,
    k: Continuation | null,
  ): void;
  lua_pcallk(
    L: State,
    argc: number,
    resultCount: number,
    errorHandler: number,
    ctx: unknown,
    k: Continuation | null,
  ): number;
  lua_load(
    L: State,
    reader: (L: State) => Uint8Array | null,
    data: unknown,
    chunkName: Uint8Array,
    mode: null,
  ): number;
  lua_dump(
    L: State,
    writer: (L: State, bytes: Uint8Array, size: number) => number,
    data: unknown,
    strip: boolean,
  ): number;
  lua_settop(L: State, index: number): void;
  lua_checkstack(L: State, count: number): boolean;
}
