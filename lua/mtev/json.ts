/**
 * JSON: `mtev.parsejson`, `mtev.tojson` and the documents they return. The
 * grammar and the format are in runtime/json/; here is what happens between
 * documents and Lua values. Specification: mtev-lua-api.md §8.
 *
 * A document is a copy of the table it was made from, and gives a new table at
 * each call of `document`.
 */
import { formatJson } from "../../runtime/json/format.ts";
import { JsonSyntaxError, parseJson } from "../../runtime/json/parse.ts";
import {
  JsonDouble,
  jsonDouble,
  JsonObject,
  type JsonValue,
} from "../../runtime/json/value.ts";
import { looseNumber, raise, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import { type LuaState, multi } from "../host.ts";
import { methodMetatable } from "../methods.ts";
import {
  isTable,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
  typeName,
} from "../value.ts";
import type { MtevContext } from "./context.ts";

/** From here on, integers reach Lua as text: some above would lose digits. */
const FIRST_TEXT_INTEGER = 2 ** 52;

/** What stands for values below the given depth. */
const ELIDED = "[depth elided]";

/** Levels of a table that is turned into JSON. */
const MAX_DEPTH = 1000;

/** The largest index of a table that is turned into a JSON array. */
const MAX_ARRAY_LENGTH = 50_000_000;

/** A JSON document in Lua's hands. */
class JsonDocument extends LuaUserdata {
  constructor(metatable: LuaTable, readonly root: JsonValue) {
    super(metatable);
  }
}

/** The opaque value of a document, as `unwrap` returns it. */
class UnwrappedJson extends LuaUserdata {}

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);
  const methods = state.newTable();
  const metatable = methodMetatable(state, "mtev.json", methods);

  /** The document that a method was called on. */
  function receiver(args: readonly LuaValue[]): JsonDocument {
    const [self] = args;
    if (!(self instanceof JsonDocument)) {
      raise(state, "must be called as method");
    }
    if (args.length > 1) {
      raise(state, `expects no arguments, got ${args.length - 1}`);
    }
    return self;
  }

  /**
   * @lua document, message, offset = mtev.parsejson(text)
   * Parses a JSON document. The root must be an object or an array; whatever
   * follows it is ignored. Comments, single quotes and trailing commas are
   * accepted; escapes take lower-case hexadecimal digits only.
   * @param text string: the document, UTF-8 or any other bytes
   * @return mtev.json: the document, or nil if the text is not acceptable
   * @return string: what is wrong
   * @return integer: the offset of the offending byte, from 0
   * @error `parsejson requires one argument`
   * @suspends no
   * @example local config = assert(mtev.parsejson('{"retries": 3}')):document()
   * @source mtev-lua-api.md §8.1
   * @compat same
   */
  define(mtev, "parsejson", (...args) => {
    if (args.length !== 1) raise(state, "parsejson requires one argument");
    const [value] = args;
    const text = typeof value === "string"
      ? value
      : toStringArgument(value) ?? "";
    try {
      return new JsonDocument(metatable, parseJson(text));
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      return multi(undefined, error.reason, error.offset);
    }
  });

  /**
   * @lua document = mtev.tojson(value, maxdepth)
   * Makes a JSON document of a value. A table becomes an array if all of its
   * keys are numbers from 1 on, so an empty table does; holes become null. What
   * JSON does not know (functions, userdata, NaN) becomes null. Metatables are
   * ignored.
   * @param value any: the value
   * @param maxdepth? integer: levels to keep; deeper values become `[depth elided]`
   * @return mtev.json: the document, independent of the table
   * @error `tojson requires at least one argument`
   * @error for tables that nest deeper than 1000 levels or contain themselves, unless `maxdepth` is less
   * @error for keys that are neither strings nor numbers, and for arrays of more than 50,000,000 elements
   * @suspends no
   * @example print(mtev.tojson({name = "x", list = {1, 2.5}}):tostring())
   * @source mtev-lua-api.md §8.2
   * @compat differs: endless recursion, keys of other types and huge arrays are errors; they crash libmtev
   */
  define(mtev, "tojson", (...args) => {
    if (args.length === 0) {
      raise(state, "tojson requires at least one argument");
    }
    const depth = args.length === 2 ? Math.trunc(looseNumber(args[1])) : -1;
    return new JsonDocument(metatable, toJson(state, args[0], depth, 0));
  });

  /**
   * @lua text = json:tostring()
   * Writes the document as JSON. Slashes are escaped and doubles have exactly
   * six decimals.
   * @return string: the text
   * @error `expects no arguments, got %d`
   * @error for a text of more than some 500 million bytes
   * @suspends no
   * @example print(mtev.tojson({1, 2}):tostring()) -- [ 1, 2 ]
   * @source mtev-lua-api.md §8.3
   * @compat same
   */
  define(methods, "tostring", (...args) => {
    const { root } = receiver(args);
    try {
      return formatJson(root);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      raise(state, `json:tostring: ${error.message}`);
    }
  });

  /**
   * @lua value = json:document()
   * Converts the document to Lua values. Members and elements that are null are
   * absent. Integers from 2^52 on, or below −2^52, become strings of digits.
   * @return any: a new table at each call; another value if the root is one
   * @error `expects no arguments, got %d`
   * @suspends no
   * @example for name, value in pairs(mtev.parsejson('{"a": 1}'):document()) do print(name, value) end
   * @source mtev-lua-api.md §8.4
   * @compat same
   */
  define(
    methods,
    "document",
    (...args) => fromJson(state, receiver(args).root),
  );

  /**
   * @lua object = json:unwrap()
   * Returns the bare value of the document, of which Lua can make nothing.
   * @return mtev.json_object: an opaque object
   * @error `expects no arguments, got %d`
   * @suspends no
   * @example local object = mtev.tojson({1}):unwrap()
   * @source mtev-lua-api.md §8.5
   * @compat same
   */
  define(methods, "unwrap", (...args) => {
    receiver(args);
    return new UnwrappedJson(undefined);
  });
}

/** The Lua value of a JSON value (§8.4). */
function fromJson(state: LuaState, value: JsonValue): LuaValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return isTextInteger(value) ? String(value) : value;
    case "bigint":
      return String(value);
  }
  if (value === null) return undefined;
  if (value instanceof JsonDouble) return value.value;
  const table = state.newTable();
  if (value instanceof JsonObject) {
    const { keys, values } = value;
    for (let i = 0; i < keys.length; i++) {
      table.set(keys[i], fromJson(state, values[i]!));
    }
  } else {
    for (let i = 0; i < value.length; i++) {
      const element = fromJson(state, value[i]!);
      if (element !== undefined) table.set(i + 1, element);
    }
  }
  return table;
}

function isTextInteger(value: number): boolean {
  return (value >= FIRST_TEXT_INTEGER || value <= -FIRST_TEXT_INTEGER) &&
    Number.isSafeInteger(value);
}

/**
 * The JSON value of a Lua value (§8.2).
 *
 * @param depth Levels that are left; negative without a limit.
 * @param level Levels above the value.
 */
function toJson(
  state: LuaState,
  value: LuaValue,
  depth: number,
  level: number,
): JsonValue {
  if (depth === 0) return ELIDED;
  switch (typeof value) {
    case "string":
      return cutAtNul(value);
    case "number":
      return numberToJson(value);
    case "boolean":
      return value;
  }
  return isTable(value) ? tableToJson(state, value, depth, level) : null;
}

function numberToJson(value: number): JsonValue {
  if (Number.isSafeInteger(value)) return value + 0; // −0 is the integer 0
  const integer = value >= -(2 ** 63) && value < 2 ** 63 &&
    Number.isInteger(value);
  return integer ? BigInt(value) : jsonDouble(value);
}

function tableToJson(
  state: LuaState,
  table: LuaTable,
  depth: number,
  level: number,
): JsonValue {
  if (level >= MAX_DEPTH) {
    raise(
      state,
      `tojson: tables nest deeper than ${MAX_DEPTH} levels or contain themselves`,
    );
  }
  const keys: LuaValue[] = [];
  const values: JsonValue[] = [];
  let length = 0;
  let isArray = true;
  for (
    let entry = table.next(undefined);
    entry !== undefined;
    entry = table.next(entry[0])
  ) {
    const key = entry[0];
    if (typeof key !== "number" || key < 1) isArray = false;
    else if (key > length) length = Math.trunc(key);
    keys.push(key);
    values.push(toJson(state, entry[1], depth - 1, level + 1));
  }
  return isArray
    ? arrayOf(state, keys as number[], values, length)
    : new JsonObject(keys.map((key) => memberName(state, key)), values);
}

/** Puts each value at its index; holes become null. */
function arrayOf(
  state: LuaState,
  keys: readonly number[],
  values: JsonValue[],
  length: number,
): JsonValue[] {
  if (length > MAX_ARRAY_LENGTH) {
    raise(
      state,
      `tojson: array index ${length} is above ${MAX_ARRAY_LENGTH}`,
    );
  }
  if (keys.length === length && keys.every((key, i) => key === i + 1)) {
    return values;
  }
  const array = new Array<JsonValue>(length).fill(null);
  keys.forEach((key, i) => array[Math.trunc(key) - 1] = values[i]!);
  return array;
}

function memberName(state: LuaState, key: LuaValue): string {
  if (typeof key === "string") return cutAtNul(key);
  if (typeof key === "number" && Number.isFinite(key)) {
    return String(BigInt(Math.trunc(key)));
  }
  const got = typeof key === "number" ? String(key) : typeName(key);
  raise(state, `tojson: keys must be strings or numbers, got ${got}`);
}

function cutAtNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
