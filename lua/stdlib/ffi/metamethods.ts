/**
 * The metatables of cdata. One for all, and three for each struct that
 * `ffi.metatype` was called for: of its objects, of pointers to them, and of
 * the type. Where those have a function of the program's in `__index`,
 * `__newindex` or `__new`, it may suspend; operators of a struct are the
 * program's functions themselves.
 */
import {
  call,
  type HostFunction,
  type HostResult,
  multi,
  NOTHING,
} from "../../host.ts";
import {
  entries,
  isFunction,
  type LuaTable,
  type LuaValue,
} from "../../value.ts";
import {
  compare,
  type Comparison,
  NO_OPERATION,
  noArithmetic,
  operate,
  type Operator,
} from "./arithmetic.ts";
import { callFunction, functionType } from "./calls.ts";
import { Cdata, Complex, Ctype, Pointer } from "./cdata.ts";
import { CError } from "./c_error.ts";
import { nameOf } from "./convert.ts";
import type { CType, StructTag } from "./ctype.ts";
import { type Ffi, metatypeOf } from "./ffi_state.ts";
import { NO_MEMBER, noMember, readMember, writeMember } from "./fields.ts";
import { makeObject } from "./objects.ts";
import { translated } from "./raise.ts";
import { textOf } from "./text.ts";

/** What a metamethod of the program's returns for two operands, if there is one. */
function asked(
  { state }: Ffi,
  event: string,
  ...operands: LuaValue[]
): readonly LuaValue[] | undefined {
  for (const operand of operands.slice(0, 2)) {
    if (!(operand instanceof Cdata)) continue;
    const handler = metatypeOf(operand.type)?.user.get(event);
    if (handler !== undefined) return state.call(handler, ...operands);
  }
  return undefined;
}

/** What `__index` of the program's gives, when it is no function. */
function inherited(ffi: Ffi, object: Cdata, key: LuaValue): LuaValue {
  const from = metatypeOf(object.type)?.user.get("__index");
  const value = from === undefined
    ? undefined
    : isFunction(from)
    ? ffi.state.call(from, object, key)[0]
    : ffi.state.index(from, key);
  return value === undefined && !isFunction(from)
    ? noMember(object, key)
    : value;
}

function index(ffi: Ffi, object: LuaValue, key: LuaValue): LuaValue {
  return translated(ffi.state, () => {
    const value = readMember(ffi, object as Cdata, key);
    return value === NO_MEMBER ? inherited(ffi, object as Cdata, key) : value;
  });
}

function setIndex(
  ffi: Ffi,
  object: LuaValue,
  key: LuaValue,
  value: LuaValue,
): HostResult {
  translated(ffi.state, () => {
    if (writeMember(ffi, object as Cdata, key, value) !== NO_MEMBER) return;
    const to = metatypeOf((object as Cdata).type)?.user.get("__newindex");
    if (to === undefined) noMember(object as Cdata, key);
    if (isFunction(to)) ffi.state.call(to, object, key, value);
    else ffi.state.setIndex(to, key, value);
  });
  return NOTHING;
}

/** Calls a C function, or makes an object of a type. */
function callCdata(ffi: Ffi, args: readonly LuaValue[]): HostResult {
  const [callee, ...rest] = args;
  return translated(ffi.state, () => {
    if (callee instanceof Ctype) return makeObject(ffi, callee.type, rest);
    const type = functionType((callee as Cdata).type);
    if (type !== undefined) {
      return callFunction(ffi, callee as Pointer, type, rest);
    }
    const handler = metatypeOf((callee as Cdata).type)?.user.get("__call");
    if (handler === undefined) {
      throw new CError(`'${nameOf(callee)}' is not callable`);
    }
    return multi(...ffi.state.call(handler, ...args));
  });
}

function arithmetic(ffi: Ffi, operator: Operator) {
  return (a: LuaValue, b: LuaValue): HostResult => {
    const result = operator === "unm" && a instanceof Complex
      ? new Complex(ffi, a.type, 0 - a.re, 0 - a.im)
      : operate(ffi, operator, a, b);
    if (result !== NO_OPERATION) return result;
    const answer = asked(ffi, `__${operator}`, a, b);
    return answer !== undefined
      ? answer[0]
      : translated(ffi.state, () => noArithmetic(a, b));
  };
}

function comparison(ffi: Ffi, event: Comparison) {
  return (a: LuaValue, b: LuaValue): HostResult => {
    const result = compare(event, a, b);
    if (result !== NO_OPERATION) return result;
    const answer = asked(ffi, `__${event}`, a, b);
    if (answer !== undefined) return answer[0];
    if (event === "eq") return false;
    return translated(ffi.state, () => {
      throw new CError(
        `attempt to compare '${nameOf(a)}' with '${nameOf(b)}'`,
      );
    });
  };
}

/** Fills the metatable of all cdata. */
export function fillMetatable(ffi: Ffi): void {
  const { state, metatable } = ffi;
  const define = (name: string, fn: HostFunction) =>
    metatable.set(name, state.newFunction(name, fn));
  define("__index", (object, key) => index(ffi, object, key));
  define(
    "__newindex",
    (object, key, value) => setIndex(ffi, object, key, value),
  );
  define("__call", (...args) => callCdata(ffi, args));
  for (
    const operator of ["add", "sub", "mul", "div", "mod", "pow", "unm"] as const
  ) define(`__${operator}`, arithmetic(ffi, operator));
  for (const event of ["eq", "lt", "le"] as const) {
    define(`__${event}`, comparison(ffi, event));
  }
  define("__len", (object) => {
    const answer = asked(ffi, "__len", object);
    return answer !== undefined ? answer[0] : translated(state, () => {
      throw new CError(`attempt to get length of '${nameOf(object)}'`);
    });
  });
  define("__concat", (a, b) => {
    const answer = asked(ffi, "__concat", a, b);
    return answer !== undefined ? answer[0] : translated(state, () => {
      throw new CError(
        `attempt to concatenate '${nameOf(a)}' and '${nameOf(b)}'`,
      );
    });
  });
  define("__tostring", (object) => {
    const answer = object instanceof Ctype
      ? undefined
      : asked(ffi, "__tostring", object);
    return answer !== undefined ? answer[0] : textOf(object as Cdata);
  });
  metatable.set("__metatable", "ffi");
}

const OPERATORS = "__add __sub __mul __div __mod __pow __unm __eq __lt __le " +
  "__len __concat __call __tostring";

/** Gives a struct its metamethods, as `ffi.metatype` does. */
export function setMetatype(ffi: Ffi, type: CType, user: LuaTable): void {
  const tag = (type as CType & { tag: StructTag }).tag;
  const object = copyOf(ffi);
  const pointer = copyOf(ffi);
  const ctype = copyOf(ffi);
  for (const event of OPERATORS.split(" ")) {
    const handler = user.get(event);
    if (handler !== undefined) object.set(event, handler);
  }
  const define = (tables: LuaTable[], name: string, fn: HostFunction) => {
    const made = ffi.state.newFunction(name, fn);
    for (const table of tables) table.set(name, made);
  };
  if (isFunction(user.get("__index"))) {
    define([object, pointer, ctype], "__index", function* (self, key) {
      const value = translated(
        ffi.state,
        () => readMember(ffi, self as Cdata, key),
      );
      if (value !== NO_MEMBER) return value;
      return (yield call(user.get("__index"), self, key))[0];
    });
  }
  if (isFunction(user.get("__newindex"))) {
    define([object, pointer], "__newindex", function* (self, key, value) {
      const done = translated(
        ffi.state,
        () => writeMember(ffi, self as Cdata, key, value),
      );
      if (done === NO_MEMBER) {
        yield call(user.get("__newindex"), self, key, value);
      }
      return NOTHING;
    });
  }
  if (user.get("__new") !== undefined) {
    define([ctype], "__call", function* (self, ...args) {
      return multi(...(yield call(user.get("__new"), self, ...args)));
    });
  }
  tag.metatype = { user, object, pointer, ctype };
}

function copyOf(ffi: Ffi): LuaTable {
  const copy = ffi.state.newTable();
  for (const [key, value] of entries(ffi.metatable)) copy.set(key, value);
  return copy;
}
