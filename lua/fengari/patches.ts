/**
 * Rules of Lua 5.1 and LuaJIT put in the place of 5.3's: numbers, metamethods,
 * operators, environments. Not the wording of messages, which messages.ts has.
 *
 * fengari's modules call each other through their export objects, so assigning
 * there changes the running VM. Evaluated once, before the first state.
 */
import { formatNumber, parseNumber } from "../number.ts";
import { toBytes, toText, TString } from "./early_patches.ts";
import type { LexState, State, Table, TValue } from "./internals.ts";
import { formatChunkName } from "./messages.ts";
import { push } from "./values.ts";
import {
  FUNCTION,
  ldebug,
  ldo,
  lfunc,
  llex,
  lobject,
  ltm,
  lvm,
  TABLE,
  USERDATA,
} from "./vm.ts";

const value = lobject.TValue.prototype;

// Every number is a double, so the VM's integer branches are never taken.
value.ttisinteger = () => false;

lobject.luaO_str2num = (bytes, to) => {
  const number = parseNumber(toText(bytes));
  if (number === undefined) return 0;
  to.setfltvalue(number);
  return bytes.length + 1;
};

lobject.luaO_tostring = (_L, number) => {
  number.setsvalue(
    new TString(undefined, formatNumber(number.value as number)),
  );
};

// Each evaluation of a function expression makes a new function, as in 5.1:
// without this, setfenv on one would change its twins.
Object.defineProperty(lfunc.Proto.prototype, "cache", {
  get: () => null,
  set() {},
});

// `_ENV` is an ordinary name in 5.1; the hidden upvalue that holds the globals
// gets a name that no program can write.
/** The name of the upvalue through which a function reaches its globals. */
export const ENVIRONMENT_NAME = "(environment)";
llex.LUA_ENV = toBytes(ENVIRONMENT_NAME);
const setInput = llex.luaX_setinput;
llex.luaX_setinput = (L, ls, ...rest) => {
  setInput(L, ls, ...rest);
  ls.envn = new TString(undefined, ENVIRONMENT_NAME);
};

// Operators that LuaJIT does not have, and the symbol that it stumbles over.
const FOREIGN_OPERATORS = new Map([
  [279, "/"], // `//`
  [286, "<"], // `<<`
  [287, ">"], // `>>`
  [0x26, "&"],
  [0x7c, "|"],
  [0x7e, "~"],
]);
const TK_GOTO = 266;
const TK_EOS = 289;
const TK_NUMBER = 290;
const TK_INTEGER = 291;
const TK_NAME = 292;
const nextToken = llex.luaX_next;
llex.luaX_next = (ls) => {
  const before = ls.t.token;
  nextToken(ls);
  const { token } = ls.t;
  if (token === TK_NUMBER || token === TK_INTEGER) checkNumeral(ls);
  // `goto` is a name unless a name follows it.
  if (token === TK_GOTO) {
    const member = before === 0x2e || before === 0x3a; // `.` or `:`
    if (member || llex.luaX_lookahead(ls) !== TK_NAME) ls.t.token = TK_NAME;
  }
  if (token === 0x3b && NO_STATEMENT_BEFORE.has(before)) {
    llex.luaX_syntaxerror(ls, toBytes("unexpected symbol"));
  }
  const foreign = FOREIGN_OPERATORS.get(ls.t.token);
  if (foreign !== undefined) {
    ls.t.token = foreign.charCodeAt(0);
    llex.luaX_syntaxerror(ls, toBytes("unexpected symbol"));
  }
};

/** Tokens after which a `;` ends nothing: start, `;`, do, else, repeat, then. */
const NO_STATEMENT_BEFORE = new Set([0, 0x3b, 259, 260, 271, 275]);

const lookAhead = llex.luaX_lookahead;
llex.luaX_lookahead = (ls) =>
  ls.lookahead.token === TK_EOS ? lookAhead(ls) : ls.lookahead.token;

/** LuaJIT takes the letters after a numeral for a part of it. */
function checkNumeral(ls: LexState): void {
  let text = "";
  for (; ls.current >= 0; ls.current = ls.z.zgetc()) {
    const character = String.fromCharCode(ls.current);
    if (!/[\w.]/.test(character)) break;
    text += character;
  }
  if (text === "") return;
  const { buffer, n } = ls.buff;
  const number = toText(buffer.subarray(0, n)) + text;
  const chunk = formatChunkName(ls.source.text());
  push(
    ls.L,
    `${chunk}:${ls.linenumber}: malformed number near '${number}'`,
  );
  ldo.luaD_throw(ls.L, 3); // LUA_ERRSYNTAX
}

const { TM_EQ, TM_LEN, TM_CALL } = ltm.TMS;
/** The `__eq` handler found last, until it is called. */
let equalityHandler: TValue | null = null;

ltm.fasttm = (L, metatable, event) => {
  if (metatable === undefined || metatable === null) return null;
  if (metatable.flags & (1 << event)) return null;
  if (event === TM_LEN) return null; // 5.1: `#` of a table is raw
  const handler = ltm.luaT_gettm(
    metatable,
    event,
    (L.l_G as unknown as { tmname: TString[] }).tmname[event]!,
  );
  if (event === TM_EQ) equalityHandler = handler;
  return handler;
};

// 5.1 calls `__eq` only when both operands have the same handler.
const callHandler = ltm.luaT_callTM;
ltm.luaT_callTM = (L, handler, a, b, result, hasResult) => {
  if (handler === equalityHandler) {
    equalityHandler = null;
    const other = ltm.luaT_gettmbyobj(L, b, TM_EQ!);
    const own = ltm.luaT_gettmbyobj(L, a, TM_EQ!);
    if (other.type !== own.type || other.value !== own.value) {
      result.setbvalue(false);
      return;
    }
  }
  checkCallable(L, handler);
  callHandler(L, handler, a, b, result, hasResult);
};

const callBinaryHandler = ltm.luaT_trybinTM;
ltm.luaT_trybinTM = (L, a, b, result, event) => {
  let handler = ltm.luaT_gettmbyobj(L, a, event);
  if (handler.ttisnil()) handler = ltm.luaT_gettmbyobj(L, b, event);
  if (!handler.ttisnil()) checkCallable(L, handler);
  callBinaryHandler(L, a, b, result, event);
};

/** LuaJIT names no position when a metamethod cannot be called. */
function checkCallable(L: State, handler: TValue): void {
  if (
    baseType(handler) === FUNCTION ||
    !ltm.luaT_gettmbyobj(L, handler, TM_CALL!).ttisnil()
  ) return;
  const type = toText(ltm.ttypename(baseType(handler)));
  push(L, `attempt to call a ${type} value`);
  ldebug.luaG_errormsg(L);
}

// The same for `<` and `<=`, which moreover never compare different types.
const compareByHandler = ltm.luaT_callorderTM;
ltm.luaT_callorderTM = (L, a, b, event) => {
  if (baseType(a) !== baseType(b)) return null;
  const first = ltm.luaT_gettmbyobj(L, a, event);
  if (first.ttisnil()) return null;
  const second = ltm.luaT_gettmbyobj(L, b, event);
  if (first.type !== second.type || first.value !== second.value) return null;
  return compareByHandler(L, a, b, event);
};

function baseType({ type }: TValue): number {
  return type & 0x0f;
}

/** The metatable of any value of the VM. */
export function metatableOf(L: State, { type, value }: TValue) {
  return type === TABLE || type === USERDATA
    ? (value as Table).metatable as Table | undefined
    : L.l_G.mt[type & 0x0f] ?? undefined;
}

// LuaJIT names types by their basic name, whatever `__name` says.
ltm.luaT_objtypename = (_L, operand) => ltm.ttypename(baseType(operand));

// The end of the JavaScript stack becomes an error where there is a Lua
// function to name. Raising it may end the stack again; then the next caller
// tries, with a little more room.
const execute = lvm.luaV_execute;
lvm.luaV_execute = (L) => {
  try {
    execute(L);
  } catch (error) {
    if (!(error instanceof Error)) throw error; // a jump of the VM's own
    L.l_G.raiseException(L, error);
  }
};
