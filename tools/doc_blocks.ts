/**
 * Reads the documentation of Lua functions from the sources: the block with
 * `@lua` that stands directly above a registration, in TypeScript
 * (`define(mtev, "sleep", …)` or `newFunction("seconds", …)`) or in Lua
 * (`function extras.split(…)`, lines that start with `---`).
 *
 * Strict on purpose: what is wrong is an error with file and line, because a
 * page that is silently incomplete looks like a complete one.
 */

/** A name, a type and what it means. */
export interface DocValue {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly text: string;
}

/** The documentation of one Lua function. */
export interface DocEntry {
  /** `mtev.sleep`, `process:wait`, `errorf`. */
  readonly name: string;
  /** The whole line after `@lua`. */
  readonly signature: string;
  readonly summary: string;
  readonly params: readonly DocValue[];
  readonly returns: readonly DocValue[];
  readonly errors: readonly string[];
  readonly suspends: string;
  readonly example: string;
  readonly source: string;
  readonly compat: string;
  /** `file:line` of the block. */
  readonly place: string;
}

/** A source file to read. */
export interface DocSource {
  /** The path, for messages; `.lua` and `.ts` are read differently. */
  readonly path: string;
  readonly text: string;
  /** Whether each registration has to have a block. */
  readonly complete: boolean;
}

interface Block {
  readonly lines: readonly string[];
  readonly line: number;
  /** Where the code below the block begins. */
  readonly end: number;
}

const TS_BLOCK = /^[ \t]*\/\*\*((?:(?!\*\/)[^])*)\*\/[ \t]*\n/gm;
const TS_REGISTRATION =
  /^[ \t]*(?:(?:const|let) \w+ = |return )?(?:\w+\.)*(define\(\s*[\w.]+,|newFunction\()\s*"([^"]+)"/;
const TS_DEFINE = /^[ \t]*define\(\s*[\w.]+,\s*"([^"]+)"/gm;
const LUA_BLOCK = /^(?:[ \t]*---.*\n)+/gm;
const LUA_FUNCTION = /^function ((?:\w+[.:])*)(\w+)/;
const LUA_FUNCTIONS = /^function (?:\w+[.:])*(\w+)/gm;

const TAGS =
  /^@(lua|param|return|error|suspends|example|source|compat)(?: (.*))?$/;

/**
 * Reads the blocks of one file.
 *
 * @param source The file
 * @param problems Gets a sentence with the place for each block that is wrong
 * or missing
 * @returns Its documented functions, in the order of the file
 */
export function readDocBlocks(
  source: DocSource,
  problems: string[],
): DocEntry[] {
  const inLua = source.path.endsWith(".lua");
  const entries: DocEntry[] = [];
  const documented = new Set<number>();
  for (const block of findBlocks(source.text, inLua)) {
    if (!block.lines.some((line) => line.startsWith("@lua"))) continue;
    // Whatever is wrong with the block, the registration below it has one.
    documented.add(block.end);
    try {
      const place = `${source.path}:${block.line}`;
      const entry = parseBlock(block.lines, place);
      const below = source.text.slice(block.end);
      const name = (inLua ? LUA_FUNCTION : TS_REGISTRATION).exec(below)?.[2];
      if (name === undefined) {
        throw wrong(place, `"${entry.name}" stands above no registration`);
      }
      if (name !== entry.name.split(/[.:]/).at(-1)) {
        throw wrong(place, `"${entry.name}" stands above "${name}"`);
      }
      entries.push(entry);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems.push(error.message);
    }
  }
  if (source.complete) {
    const all = source.text.matchAll(inLua ? LUA_FUNCTIONS : TS_DEFINE);
    for (const { index, 1: name } of all) {
      if (documented.has(index)) continue;
      const place = `${source.path}:${lineOf(source.text, index)}`;
      problems.push(
        wrong(place, `"${name}" is registered without an @lua block`).message,
      );
    }
  }
  return entries;
}

function findBlocks(text: string, inLua: boolean): Block[] {
  const blocks: Block[] = [];
  for (const match of text.matchAll(inLua ? LUA_BLOCK : TS_BLOCK)) {
    const prefix = inLua ? /^\s*--- ?/ : /^\s*\* ?/;
    const body = inLua ? match[0].trimEnd() : match[1] ?? "";
    blocks.push({
      lines: body.split("\n").map((line) => line.replace(prefix, "").trimEnd()),
      line: lineOf(text, match.index),
      end: match.index + match[0].length,
    });
  }
  return blocks;
}

function parseBlock(lines: readonly string[], place: string): DocEntry {
  const tags: { tag: string; lines: string[] }[] = [];
  for (const line of lines) {
    const match = TAGS.exec(line);
    if (match?.[1] !== undefined) {
      tags.push({ tag: match[1], lines: [match[2] ?? ""] });
    } else if (line.startsWith("@")) {
      throw wrong(place, `there is no tag "${line.split(" ")[0]}"`);
    } else if (tags.length > 0) {
      tags.at(-1)?.lines.push(line);
    } else if (line !== "") {
      throw wrong(place, "@lua has to come first");
    }
  }
  const values = (tag: string) =>
    tags.filter((one) => one.tag === tag).map((one) => joinLines(one.lines));
  const single = (tag: string) => {
    const all = values(tag);
    if (all.length !== 1 || all[0] === "" || all[0] === undefined) {
      throw wrong(place, `got ${all.length} @${tag}, want one with a text`);
    }
    return all[0];
  };
  if (tags[0]?.tag !== "lua") throw wrong(place, "@lua has to come first");
  const signature = tags[0].lines[0] ?? "";
  const summary = joinLines(tags[0].lines.slice(1));
  if (summary === "") throw wrong(place, "there is no summary below @lua");
  single("example");
  const example = (tags.find((one) => one.tag === "example")?.lines ?? [])
    .join("\n").trim();
  const parsed = parseSignature(signature, place);
  const params = values("param").map((text) => parseParam(text, place));
  const names = params.map((param) => param.name).join(", ");
  if (names !== parsed.params) {
    throw wrong(
      place,
      `@lua has the parameters (${parsed.params}), @param has (${names})`,
    );
  }
  const suspends = single("suspends");
  if (!/^(no|always|maybe|switch)(:|$)/.test(suspends)) {
    throw wrong(place, `got @suspends "${suspends}", want no, always or maybe`);
  }
  const compat = single("compat");
  if (!/^(same$|(differs|extension): .)/.test(compat)) {
    throw wrong(
      place,
      `got @compat "${compat}", want "same", "differs: how" or "extension: why"`,
    );
  }
  return {
    name: parsed.name,
    signature,
    summary,
    params,
    returns: parseReturns(values("return"), parsed.results, place),
    errors: values("error"),
    suspends,
    example,
    source: single("source"),
    compat,
    place,
  };
}

/** Splits `a, b = mtev.f(x, y)`. */
function parseSignature(
  signature: string,
  place: string,
): { name: string; params: string; results: string[] } {
  const match = /^(?:([\w., ]+?) = )?([A-Za-z_][\w.]*(?::\w+)?)\((.*)\)$/
    .exec(signature);
  const [, results, name, params] = match ?? [];
  if (name === undefined || params === undefined) {
    throw wrong(
      place,
      `got @lua "${signature}", want "results = name(params)"`,
    );
  }
  return { name, params, results: results?.split(/, ?/) ?? [] };
}

/** Reads `name type: text`, or `name? type: text` for an optional one. */
function parseParam(text: string, place: string): DocValue {
  const match = /^(\.\.\.|\w+)(\??) (\S[^:]*): (.+)$/.exec(text);
  const [, name, optional, type, rest] = match ?? [];
  if (name === undefined || type === undefined || rest === undefined) {
    throw wrong(place, `got @param "${text}", want "name type: text"`);
  }
  return { name, type, optional: optional === "?", text: rest };
}

/** Pairs each `@return type: text` with its name in the signature. */
function parseReturns(
  texts: readonly string[],
  names: readonly string[],
  place: string,
): DocValue[] {
  const rest = names.includes("...");
  const least = rest ? names.length - 1 : names.length;
  if (texts.length < least || texts.length > names.length) {
    throw wrong(
      place,
      `@lua has the results (${
        names.join(", ")
      }), and there are ${texts.length} @return`,
    );
  }
  return texts.map((text, index) => {
    const [, type, meaning] = /^(\S[^:]*): (.+)$/.exec(text) ?? [];
    if (type === undefined || meaning === undefined) {
      throw wrong(place, `got @return "${text}", want "type: text"`);
    }
    return {
      name: names[index] ?? "...",
      type,
      optional: false,
      text: meaning,
    };
  });
}

function joinLines(lines: readonly string[]): string {
  return lines.join("\n").trim().split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ")).join("\n\n");
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function wrong(place: string, what: string): SyntaxError {
  return new SyntaxError(`Cannot read the documentation at ${place}: ${what}`);
}
