/**
 * LuaJIT's wording for what fengari reports in 5.3's: runtime errors, syntax
 * errors and chunk names. Errors of library functions are worded where they
 * are raised.
 *
 * Every message of the VM is built by `luaO_pushvfstring` from a format, so
 * the formats are what is translated; the values that they print stay.
 */
import { toBytes, toText, TString } from "./early_patches.ts";
import { formatNumber } from "../number.ts";
import type { State } from "./internals.ts";
import { lobject, LONG_STRING } from "./vm.ts";

const ID_SIZE = 60;

/**
 * The name of a chunk as messages show it: `a.lua`, `[string "x = 1..."]`.
 *
 * @param name The chunk name as `load` got it.
 */
export function formatChunkName(name: string): string {
  if (name.startsWith("=")) return name.slice(1, ID_SIZE);
  if (name.startsWith("@")) {
    return name.length <= ID_SIZE
      ? name.slice(1)
      : "..." + name.slice(4 - ID_SIZE);
  }
  let length = 0; // up to the first control character
  while (length < name.length && name.charCodeAt(length) >= 32) length++;
  return length === name.length && length <= 47
    ? `[string "${name}"]`
    : `[string "${name.slice(0, Math.min(length, 45))}..."]`;
}

/** The variable that the VM last named: `[kind, name]`. */
let variable: [string, string] | undefined;

const VARIABLE_KINDS = ["global", "local", "method", "field", "upvalue"];

/** Formats that need another text, keyed by the VM's. */
const REWORDED: Record<string, string> = {
  "attempt to yield across a JS-call boundary":
    "attempt to yield across C-call boundary",
  "JS stack overflow": "stack overflow",
  "'__index' chain too long; possible loop": "loop in gettable",
  "'__newindex' chain too long; possible loop": "loop in settable",
  "<goto %s> at line %d jumps into the scope of local '%s'":
    "<goto %s> jumps into the scope of local '%3$s'",
  "label '%s' already defined on line %d": "duplicate label '%s'",
  "no visible label '%s' for <goto> at line %d": "undefined label '%s'",
  "<%s> at line %d not inside a loop": "no loop to break",
  "too many %s (limit is %d) in %s": "%3$s has more than %2$d %1$s",
};

/** Messages of the lexer that differ. */
const REWORDED_SYNTAX: Record<string, string> = {
  "<name> expected": "'<name>' expected",
  "<eof> expected": "'<eof>' expected",
  "hexadecimal digit expected": "invalid escape sequence",
  "decimal escape too large": "invalid escape sequence",
  "missing '{'": "invalid escape sequence",
  "missing '}'": "invalid escape sequence",
  "UTF-8 value too large": "invalid escape sequence",
};

lobject.luaO_chunkid = (source) => toBytes(formatChunkName(toText(source)));

lobject.luaO_pushvfstring = (L, format, args) =>
  pushText(L, translate(toText(format), args.map(toArgument)));
lobject.luaO_pushfstring = (L, format, ...args) =>
  lobject.luaO_pushvfstring(L, format, args);

function toArgument(argument: unknown): string {
  if (typeof argument === "number") return formatNumber(argument);
  if (typeof argument === "string") return argument;
  if (argument === null || argument === undefined) return "(null)";
  if (argument instanceof Uint8Array) return toText(argument).split("\0")[0]!;
  return String(argument);
}

function translate(format: string, args: string[]): string {
  switch (format) {
    case " (%s '%s')": // what the VM is about to say of a variable
      variable = [args[0]!, args[1]!];
      return "";
    case "attempt to %s a %s value%s": {
      const [operation, type] = args;
      const named = variable;
      variable = undefined;
      return named !== undefined && VARIABLE_KINDS.includes(named[0]) &&
          named[1] !== "?"
        ? `attempt to ${operation} ${named[0]} '${named[1]}' (a ${type} value)`
        : `attempt to ${operation} a ${type} value`;
    }
    case "%s:%d: %s":
      return `${args[0]}:${args[1]}: ${rewordSyntax(args[2]!)}`;
    case "%s near %s":
      return formatSyntaxError(args[0]!, args[1]!);
    case "'%c'": {
      const code = Number(args[0]);
      return code < 32 || code > 126
        ? `'char(${code})'`
        : `'${String.fromCharCode(code)}'`;
    }
  }
  let next = 0;
  return (REWORDED[format] ?? format).replace(
    /%(?:(\d)\$)?([a-zA-Z%])/g,
    (_, position?: string, kind?: string) => {
      if (kind === "%") return "%";
      const text = args[position ? Number(position) - 1 : next++] ?? "";
      return kind === "c" ? String.fromCharCode(Number(text)) : text;
    },
  );
}

function formatSyntaxError(message: string, near: string): string {
  if (/^<\w+>$/.test(near)) near = `'${near}'`;
  if (/has more than \d+ /.test(message)) return message;
  if (message.endsWith("invalid escape sequence")) {
    near = near.replace(/\\[^\\]*$/, "'");
  } else {
    // 5.3 asks whether the expression was a call, LuaJIT for what follows it.
    message = message.replace(
      /syntax error$/,
      near === "'='" || near === "','" ? "unexpected symbol" : "'=' expected",
    );
  }
  return `${message} near ${near}`;
}

function rewordSyntax(message: string): string {
  const long = /^unfinished long (string|comment) \(starting/.exec(message);
  if (long !== null) return `unfinished long ${long[1]}`;
  return REWORDED_SYNTAX[message] ?? message;
}

function pushText(L: State, text: string): Uint8Array {
  const string = new TString(undefined, text);
  L.stack[L.top++] = new lobject.TValue(LONG_STRING, string);
  return string.getstr();
}
