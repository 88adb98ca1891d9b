/**
 * Source maps of emitted code: for a debugger, in which Lua code then looks like
 * any other source, and for profiles. Made only after {@link mapScripts}; until
 * then they cost one test a chunk.
 *
 * The mapping is one of lines: each emitted line belongs to the Lua line of its
 * site, or of the statement that begins on it.
 */
import { decodeText, encodeText } from "../text.ts";
import { functionNames } from "./line_counts.ts";
import { HEADER_LINES, type Script } from "./prototype.ts";

/** What is known of a piece of emitted code. */
export interface MappedScript {
  /** Its name in stack traces and profiles. */
  readonly url: string;
  /** The Lua chunk: the URL of a file, or `lua:` and its name. */
  readonly source: string;
  /** The Lua line of each emitted line, from line 1 on; 0 where there is none. */
  readonly lines: readonly number[];
  /** What the source calls its functions, by their JavaScript names. */
  readonly functions: Readonly<Record<string, MappedFunction>>;
}

/** A Lua function of a script. */
export interface MappedFunction {
  readonly name: string;
  /** The line where it is defined. */
  readonly line: number;
}

let receive: ((script: MappedScript) => void) | undefined;
let inlined = false;

/**
 * From now on emitted code carries a source map.
 *
 * @param receiver Told of each script instead, which then carries none.
 */
export function mapScripts(receiver?: (script: MappedScript) => void): void {
  inlined = receiver === undefined;
  receive = receiver;
}

/** Whether somebody wants maps. */
export function scriptsAreMapped(): boolean {
  return inlined || receive !== undefined;
}

/** The comment that carries the map of a script, or nothing. */
export function mapping(script: Script, url: string): string {
  if (!scriptsAreMapped()) return "";
  const lines = luaLines(script);
  const source = sourceUrl(script.chunk.chunkName, script.chunk.shortName);
  if (receive !== undefined) {
    receive({ url, source, lines, functions: functionsOf(script) });
    return "";
  }
  const map = JSON.stringify({
    version: 3,
    sources: [source],
    sourcesContent: [textOf(script.chunk.source)],
    names: [],
    mappings: encodeMappings(lines),
  });
  const encoded = btoa(encodeText(map));
  return `\n//# sourceMappingURL=data:application/json;base64,${encoded}`;
}

function luaLines({ chunk, lines, marks }: Script): number[] {
  const header = new Array(HEADER_LINES).fill(0);
  return header.concat(lines.map((entry, i) => {
    const site = entry % 2 ** 20;
    const { fn, facts } = chunk.prototypes[(entry - site) / 2 ** 20]!;
    return marks[i] ?? facts.siteLines[site] ?? fn.line;
  }));
}

function functionsOf({ chunk }: Script): Record<string, MappedFunction> {
  const { functions } = chunk.emitter;
  const found = functionNames(functions);
  const result: Record<string, MappedFunction> = {};
  for (const fn of functions) {
    const name = fn.id === 0 ? "main chunk" : found.get(fn) ?? "function";
    result[`F${fn.id}`] = result[`R${fn.id}`] = { name, line: fn.line };
  }
  return result;
}

function sourceUrl(chunkName: string, shortName: string): string {
  if (!chunkName.startsWith("@")) return `lua:${encodeURI(shortName)}`;
  const path = textOf(chunkName.slice(1));
  const absolute = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  return new URL(
    `file://${encodeURI(absolute).replace(/[?#]/g, encodeURIComponent)}`,
  ).href;
}

/** Source text in UTF-8, or one character a byte if it is none. */
function textOf(bytes: string): string {
  const text = decodeText(bytes);
  return text.includes("\ufffd") ? bytes : text;
}

const DIGITS =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** One segment at the start of each line: version 3 of the format, in VLQ. */
function encodeMappings(lines: readonly number[]): string {
  let before = 1;
  return lines.map((line) => {
    if (line === 0) return "";
    const segment = `AA${variableLength(line - before)}A`;
    before = line;
    return segment;
  }).join(";");
}

function variableLength(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let digits = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    digits += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return digits;
}
