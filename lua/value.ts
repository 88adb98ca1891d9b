/**
 * Lua values as host code sees them, whichever engine runs the program.
 *
 * nil is `undefined`, numbers are doubles, and a string is a JavaScript string
 * that holds one byte (0–255) per character. Tables, functions and threads
 * belong to the engine; userdata belong to the host. Nothing here knows an
 * engine.
 */

/** Any Lua value. */
export type LuaValue =
  | undefined
  | boolean
  | number
  | string
  | LuaTable
  | LuaFunction
  | LuaThread
  | LuaUserdata;

/** The names that Lua's `type` returns. */
export type LuaTypeName =
  | "nil"
  | "boolean"
  | "number"
  | "string"
  | "table"
  | "function"
  | "thread"
  | "userdata"
  | "cdata";

/** A Lua table. Every access here is raw: no metamethod runs. */
export interface LuaTable {
  readonly luaType: "table";
  /** The table's metatable, or `undefined`. */
  metatable: LuaTable | undefined;
  /** Returns the value at `key`; nil and NaN keys read as nil. */
  get(key: LuaValue): LuaValue;
  /**
   * Stores `value` at `key`; storing nil removes the key.
   *
   * @throws {LuaError} `index is nil` or `index is NaN`.
   */
  set(key: LuaValue, value: LuaValue): void;
  /** A border of the table, as the `#` operator finds it. */
  length(): number;
  /**
   * The entry that follows `key` in traversal order, the first one after
   * `undefined`, or `undefined` at the end.
   */
  next(key: LuaValue): readonly [LuaValue, LuaValue] | undefined;
}

declare const functionBrand: unique symbol;

/** A Lua function, or a host function registered with a state. Opaque. */
export interface LuaFunction {
  readonly [functionBrand]: true;
}

/** A Lua coroutine. */
export interface LuaThread {
  readonly luaType: "thread";
  /** What `coroutine.status` says of it. */
  readonly status: "suspended" | "running" | "normal" | "dead";
}

/**
 * A host object that Lua code holds. Families of the API extend it, so that
 * `value instanceof TimeVal` tells their objects apart. The garbage collector
 * frees it when neither Lua nor the host refers to it any more.
 */
export class LuaUserdata {
  readonly luaType: "userdata" | "cdata" = "userdata";

  /** @param metatable Gives the object its operators and methods. */
  constructor(public metatable: LuaTable | undefined) {}
}

/** The Lua type name of `value`, as Lua's `type` returns it. */
export function typeName(value: LuaValue): LuaTypeName {
  switch (typeof value) {
    case "undefined":
      return "nil";
    case "boolean":
      return "boolean";
    case "number":
      return "number";
    case "string":
      return "string";
    case "function":
      return "function";
    default:
      return (value as unknown as { luaType: LuaTypeName }).luaType;
  }
}

/** Whether `value` is a Lua table. */
export function isTable(value: LuaValue): value is LuaTable {
  return typeName(value) === "table";
}

/** Whether `value` is a Lua function. */
export function isFunction(value: LuaValue): value is LuaFunction {
  return typeName(value) === "function";
}

/** Whether `value` is a Lua coroutine. */
export function isThread(value: LuaValue): value is LuaThread {
  return typeName(value) === "thread";
}

/** Whether `value` counts as true in a condition: all but nil and false. */
export function isTruthy(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}

/** Iterates over the entries of `table` in traversal order, raw. */
export function* entries(
  table: LuaTable,
): IterableIterator<readonly [LuaValue, LuaValue]> {
  for (
    let entry = table.next(undefined);
    entry !== undefined;
    entry = table.next(entry[0])
  ) {
    yield entry;
  }
}

const addresses = new WeakMap<object, number>();
let nextAddress = 0x4000_0000;

/**
 * The address that `tostring` and `%p` print for a reference value, as
 * `0x40000020`. Made up at the first request, unique and stable from then on.
 */
export function addressOf(value: object): string {
  let address = addresses.get(value);
  if (address === undefined) {
    address = nextAddress;
    nextAddress += 0x20;
    addresses.set(value, address);
  }
  return "0x" + address.toString(16).padStart(8, "0");
}
