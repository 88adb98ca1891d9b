/**
 * Removes from the output of a busted-like harness what may differ between
 * two correct runs: the work folder, addresses, durations, dates, and those
 * frames of tracebacks that are not the user's. What is left is compared byte
 * by byte with what was recorded.
 */
import { XmlDocument, type XmlElement } from "libxml2-wasm";

/** The kinds of output, as the files `expected.<kind>` are named. */
export type OutputKind =
  | "tap"
  | "plain"
  | "gtest"
  | "utf"
  | "out"
  | "err"
  | "file"
  | "json"
  | "junit.xml";

const ADDRESS = "(?:builtin[:#] ?)?(?:0x[0-9a-fA-F]+|\\d+)";

/**
 * Normalises an output.
 *
 * @param kind What it is
 * @param bytes The output
 * @param folder The folder in which the harness ran
 * @returns Comparable text
 */
export function normalise(
  kind: OutputKind,
  bytes: Uint8Array,
  folder: string,
): string {
  const text = decode(bytes);
  if (kind === "json" || kind === "junit.xml") {
    try {
      return normaliseReport(kind, text, folder);
    } catch (error) {
      return `not valid ${kind}: ${error}\n${plainText(text, folder)}`;
    }
  }
  const plain = plainText(text, folder);
  return kind === "err"
    ? plain.replace(/^\S*busted\S*: error:/gm, "APP: error:")
    : plain;
}

/** UTF-8; a byte that is none becomes `\xff`. */
function decode(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let start = 0;
  const flush = (end: number) => {
    text += decoder.decode(bytes.subarray(start, end));
  };
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length > 0) at += length;
    else {
      flush(at);
      text += `\\x${bytes[at]!.toString(16).padStart(2, "0")}`;
      start = ++at;
    }
  }
  flush(bytes.length);
  return text;
}

/** The length of the valid UTF-8 sequence at a place, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    new TextDecoder("utf-8", { fatal: true })
      .decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

function plainText(text: string, folder: string): string {
  const replaced = text
    .replaceAll(`${folder}/`, "").replaceAll(folder, ".")
    .replace(
      new RegExp(
        `\\b(table|function|userdata|thread|cdata<[^>]*>): ${ADDRESS}`,
        "g",
      ),
      "$1: ADDR",
    )
    .replace(/\bfile \(0x[0-9a-fA-F]+\)/g, "file (ADDR)")
    .replace(
      // deno-lint-ignore no-control-regex
      /(: (?:\x1b\[1m)?)\d+\.\d+(?=(?:\x1b\[0m)? seconds\b)/g,
      "$1N",
    )
    // deno-lint-ignore no-control-regex
    .replace(/\((?:\x1b\[\d+m)?\d+\.\d+ ms( total)?/g, "(N ms$1");
  return tracebacks(replaced);
}

/** Keeps `file:line:` of the frames in relative files, and no others. */
function tracebacks(text: string): string {
  const lines: string[] = [];
  let inside = false;
  for (const line of text.split("\n")) {
    const frame = inside ? /^((?:# )?\t)(.*)/.exec(line) : null;
    if (frame !== null) {
      const place = /^(?![/([=]|\.\.\.)[^:]+:\d+:/.exec(frame[2]!);
      if (place !== null) lines.push(frame[1]! + place[0]);
      continue;
    }
    inside = line.endsWith("stack traceback:");
    lines.push(line);
  }
  return lines.join("\n");
}

/** What the tests printed comes before the report. */
function normaliseReport(
  kind: "json" | "junit.xml",
  text: string,
  folder: string,
): string {
  const pattern = kind === "json" ? /^\{.*\}$/m : /^<testsuites/m;
  const start = Math.max(0, text.search(pattern));
  const printed = plainText(text.slice(0, start), folder);
  const report = kind === "json"
    ? writeJson(reduceJson(JSON.parse(text.slice(start)), folder), "") + "\n"
    : junit(text.slice(start), folder);
  const before = printed.trim() === ""
    ? ""
    : printed.replace(/\n+$/, "") + "\n";
  return before + report;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const VOLATILE = new Set([
  "duration",
  "starttick",
  "endtick",
  "starttime",
  "endtime",
]);

/** Without times and empty containers. */
function reduceJson(value: Json, folder: string): Json {
  if (typeof value === "string") return plainText(value, folder);
  if (Array.isArray(value)) {
    return value.map((item) => reduceJson(item, folder));
  }
  if (value === null || typeof value !== "object") return value;
  const kept: { [key: string]: Json } = {};
  for (const key of Object.keys(value).sort()) {
    const item = value[key]!;
    const empty = item !== null && typeof item === "object" &&
      Object.keys(item).length === 0;
    if (!VOLATILE.has(key) && !empty) kept[key] = reduceJson(item, folder);
  }
  return kept;
}

/** JSON with an indentation of one, and ASCII only. */
function writeJson(value: Json, indent: string): string {
  const inner = indent + " ";
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const items = value.map((item) => inner + writeJson(item, inner));
    return `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (value !== null && typeof value === "object") {
    const items = Object.entries(value).map(([key, item]) =>
      `${inner}${writeJson(key, inner)}: ${writeJson(item, inner)}`
    );
    if (items.length === 0) return "{}";
    return `{\n${items.join(",\n")}\n${indent}}`;
  }
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const DROPPED: Record<string, string> = {
  time: "N",
  timestamp: "T",
  hostname: "H",
};

/** A line for each element, with its attributes sorted, and for each text. */
function junit(text: string, folder: string): string {
  using document = XmlDocument.fromString(text.trim());
  const lines: string[] = [];
  const emit = (element: XmlElement, depth: number) => {
    const pad = "  ".repeat(depth);
    const attributes = element.attrs
      .map(({ name, value }) => {
        const shown = DROPPED[name] ?? plainText(value, folder);
        return ` ${name}=${quote(shown)}`;
      })
      .sort();
    lines.push(pad + element.name + attributes.join(""));
    let before = "";
    const children: XmlElement[] = [];
    for (let node = element.firstChild; node !== null; node = node.next) {
      if ("attrs" in node) children.push(node as XmlElement);
      else if (children.length === 0) before += node.content;
    }
    for (const line of plainText(before, folder).trim().split("\n")) {
      if (line.trim() !== "") lines.push(`${pad}  | ${line}`);
    }
    for (const child of children) emit(child, depth + 1);
  };
  emit(document.root, 0);
  return lines.join("\n") + "\n";
}

/** As Python's `repr` has it, with which the corpus was recorded. */
function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return escaped.includes("'") && !escaped.includes('"')
    ? `"${escaped}"`
    : `'${escaped.replaceAll("'", "\\'")}'`;
}
