/**
 * Rules of Lua 5.1 and LuaJIT put in the place of 5.3's: numbers, metamethods,
 * operators, environments. Not the wording of messages, which messages.ts has.
 *
 * fengari's modules call each other through their export objects, so assigning
 * there changes the running VM. Evaluated once, before the first state.
 */
import { formatNumber, parseNumber } from "../number.ts";
import { toBytes, toText, TString } from "./early_patches.ts";
import type { State, Table, TValue } from "./internals.ts";
import { lfunc, llex, lobject, ltm, TABLE, USERDATA } from "./vm.ts";

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
const nextToken = llex.luaX_next;
llex.luaX_next = (ls) => {
  nextToken(ls);
  const foreign = FOREIGN_OPERATORS.get(ls.t.token);
  if (foreign !== undefined) {
    ls.t.token = foreign.charCodeAt(0);
    llex.luaX_syntaxerror(ls, toBytes("unexpected symbol"));
  }
};

const { TM_EQ, TM_LEN } = ltm.TMS;
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
  callHandler(L, handler, a, b, result, hasResult);
};

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
