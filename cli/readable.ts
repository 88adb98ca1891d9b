/**
 * Lua values as a person reads them, in Lua's own notation where it has one:
 * what the REPL prints. Not a serialisation: long and deep tables are cut.
 */
import { LuaError } from "../lua/errors.ts";
import type { LuaState } from "../lua/host.ts";
import { decodeText } from "../lua/text.ts";
import {
  addressOf,
  entries,
  isTable,
  type LuaTable,
  type LuaValue,
  typeName,
} from "../lua/value.ts";

/** Tables that fit stand on one line. */
const WIDTH = 72;
/** Tables nested deeper are not opened. */
const DEPTH = 5;
/** Entries of one table that are shown. */
const ENTRIES = 100;
const NAME = /^[A-Za-z_]\w*$/;
const KEYWORD =
  /^(?:and|break|do|else|elseif|end|false|for|function|goto|if|in|local|nil|not|or|repeat|return|then|true|until|while)$/;

/**
 * Describes a value.
 *
 * @returns A binary string.
 */
export function readable(state: LuaState, value: LuaValue): string {
  return describe(state, value, "", []);
}

function describe(
  state: LuaState,
  value: LuaValue,
  indent: string,
  parents: readonly LuaTable[],
): string {
  if (typeof value === "string") return quoted(value);
  if (
    !isTable(value) || parents.includes(value) || parents.length === DEPTH ||
    state.metatable(value)?.get("__tostring") !== undefined
  ) return plain(state, value);
  const inner = indent + "  ";
  const around = [...parents, value];
  const parts: string[] = [];
  let position = 0;
  let width = 0;
  for (const [key, field] of entries(value)) {
    if (parts.length === ENTRIES) {
      parts.push("...");
      break;
    }
    const text = describe(state, field, inner, around);
    const part = key === position + 1 ? text : `${named(state, key)} = ${text}`;
    if (key === position + 1) position++;
    parts.push(part);
    width += part.length + 2;
  }
  if (parts.length === 0) return "{}";
  return indent.length + width <= WIDTH &&
      !parts.some((part) => part.includes("\n"))
    ? `{ ${parts.join(", ")} }`
    : `{\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}}`;
}

function named(state: LuaState, key: LuaValue): string {
  if (typeof key === "string") {
    return NAME.test(key) && !KEYWORD.test(key) ? key : `[${quoted(key)}]`;
  }
  return `[${plain(state, key)}]`;
}

/** What `tostring` gives, if it works. */
function plain(state: LuaState, value: LuaValue): string {
  try {
    return state.tostring(value);
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    return `${typeName(value)}: ${addressOf(value as object)}`;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A string literal; what is no UTF-8 is escaped byte by byte. */
function quoted(text: string): string {
  const unreadable = decodeText(text).includes("\ufffd")
    ? /[^ !#-[\]-~]/g
    : /[^ !#-[\]-~\x80-\xff]/g;
  return `"${
    text.replace(
      unreadable,
      (byte) => ESCAPES[byte] ?? `\\${decimal(byte.charCodeAt(0))}`,
    )
  }"`;
}

function decimal(code: number): string {
  return String(code).padStart(3, "0");
}
