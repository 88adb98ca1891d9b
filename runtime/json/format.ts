/**
 * Writes JSON as libmtev does, byte for byte: blanks inside brackets, escaped
 * slashes, doubles with six decimals. Not a pretty printer, and not
 * `JSON.stringify`. Specification: mtev-lua-api.md §8.3.
 */
import { formatFixed6 } from "./format_double.ts";
import { JsonDouble, JsonObject, type JsonValue } from "./value.ts";

// deno-lint-ignore no-control-regex -- they are what has to be escaped
const SPECIAL = /[\0-\x1f"\\/]/;
// deno-lint-ignore no-control-regex -- as above
const ALL_SPECIAL = /[\0-\x1f"\\/]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
};

/**
 * Writes a document.
 *
 * @param value The root.
 * @returns The text, one byte per character; no newline at the end.
 * @throws {RangeError} If the text or the nesting exceeds what JavaScript can
 * hold (some 500 million characters, some thousand levels).
 */
export function formatJson(value: JsonValue): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return formatNumber(value);
    case "bigint":
    case "boolean":
      return String(value);
  }
  if (value === null) return "null";
  if (value instanceof JsonDouble) return formatFixed6(value.value);
  return value instanceof JsonObject ? formatObject(value) : formatArray(value);
}

function formatObject(object: JsonObject): string {
  const { keys, values } = object.settle();
  if (keys.length === 0) return "{ }";
  let text = "{ ";
  for (let i = 0; i < keys.length; i++) {
    if (i > 0) text += ", ";
    text += quote(keys[i]!) + ": " + formatJson(values[i]!);
  }
  return text + " }";
}

function formatArray(values: readonly JsonValue[]): string {
  if (values.length === 0) return "[ ]";
  let text = "[ ";
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ", ";
    text += formatJson(values[i]!);
  }
  return text + " ]";
}

/** A `number` is an integer or a double with a fraction (see value.ts). */
function formatNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isFinite(value) ? formatFixed6(value) : "null";
}

function quote(text: string): string {
  return SPECIAL.test(text)
    ? '"' + text.replace(ALL_SPECIAL, escape) + '"'
    : '"' + text + '"';
}

function escape(character: string): string {
  return ESCAPES[character] ??
    "\\u00" + character.charCodeAt(0).toString(16).padStart(2, "0");
}
