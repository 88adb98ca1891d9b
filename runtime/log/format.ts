/**
 * What a line of a log looks like where it is written: plain with optional
 * prefixes, or a JSON object. Texts are binary strings.
 * Specification: runtime.md §2.3, §2.4.
 */
import { binaryBytes, binaryString } from "../posix/bytes.ts";
import type { LogLine } from "./line.ts";

/** How a stream writes. */
export type LogFormat = "plain" | "json";

/** What comes before a plain message, in this order; to be or-ed. */
export const TIMESTAMPS = 1, FACILITY = 2, DEBUG = 4;

/**
 * A line in the plain format.
 *
 * @param line The line.
 * @param flags Which prefixes it gets.
 * @param splits Whether each line of the message gets them, and an end.
 * @returns The text; empty when the message is.
 */
export function plainText(
  line: LogLine,
  flags: number,
  splits: boolean,
): string {
  const { message } = line;
  if (message === "") return "";
  const start = flags === 0 ? "" : prefix(line, flags);
  if (!splits) return start + message;
  const end = message.length - 1;
  const newline = message.indexOf("\n");
  if (newline < 0) return start + message + "\n";
  if (newline === end || start === "") {
    return start + (message.endsWith("\n") ? message : message + "\n");
  }
  const parts = message.split("\n");
  if (parts.at(-1) === "") parts.pop();
  return parts.map((part) => start + part + "\n").join("");
}

function prefix(line: LogLine, flags: number): string {
  let text = "";
  if ((flags & TIMESTAMPS) !== 0) text += `[${timestamp(line.time)}] `;
  if ((flags & FACILITY) !== 0) text += `[${line.facility}] `;
  if ((flags & DEBUG) !== 0) {
    const { id, name } = line.thread;
    const thread = name === "" ? id : `${id}/${name}`;
    text += `[t@${thread},${line.file}:${line.line}] `;
  }
  return text;
}

/** The second that was formatted last, which most lines share. */
let second = NaN;
let secondText = "";

/** `YYYY-MM-DD HH:MM:SS.uuuuuu` in local time. */
function timestamp(time: number): string {
  const seconds = Math.floor(time / 1e6);
  if (seconds !== second) {
    const date = new Date(seconds * 1000);
    const two = (value: number) => String(value).padStart(2, "0");
    secondText = `${String(date.getFullYear()).padStart(4, "0")}-` +
      `${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
      `${two(date.getHours())}:${two(date.getMinutes())}:` +
      `${two(date.getSeconds())}.`;
    second = seconds;
  }
  return secondText + microseconds(time - seconds * 1e6);
}

function microseconds(value: number): string {
  return String(value).padStart(6, "0");
}

/**
 * A line in the JSON format.
 *
 * @param line The line; bytes that are not UTF-8 become U+FFFD.
 * @returns An object and a newline, without blanks; its keys are in an order
 * that readers may depend on.
 */
export function jsonText(line: LogLine): string {
  const seconds = Math.floor(line.time / 1e6);
  const { id, name } = line.thread;
  let text = `{"timestamp":"${seconds}.` +
    microseconds(line.time - seconds * 1e6) +
    `","facility":${quote(line.facility)},"threadid":${id},"threadname":` +
    `${quote(name === "" ? "unnamed" : name)},"file":${quote(line.file)}` +
    `,"line":${line.line},"message":${quote(line.message)}`;
  if (line.fields !== undefined) {
    for (const [key, value] of Object.entries(line.fields)) {
      text += `,${quote(key)}:${jsonValue(value)}`;
    }
  }
  return text + "}\n";
}

function jsonValue(value: string | number): string {
  if (typeof value === "string") return quote(value);
  if (!Number.isFinite(value)) return "null";
  return Number.isInteger(value) ? String(value) : value.toFixed(6);
}

// deno-lint-ignore no-control-regex -- they are what has to be escaped
const SPECIAL = /[\0-\x1f"\\\x80-\xff]/;
// deno-lint-ignore no-control-regex -- as above
const ESCAPED = /[\0-\x1f"\\]/g;

function quote(text: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  return `"${wellFormed(text).replace(ESCAPED, escape)}"`;
}

/** JSON has the escapes of binary strings, and no slash needs one here. */
function escape(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}

function wellFormed(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  const bytes = binaryBytes(text);
  return binaryString(
    new TextEncoder().encode(
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
    ),
  );
}
