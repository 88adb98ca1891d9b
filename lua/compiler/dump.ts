/**
 * What `string.dump` returns and `load` reads back: a mark that no Lua source
 * starts with, the number of the function, the chunk's name and its source.
 */
import { runtime } from "./messages.ts";
import { LuaError } from "../errors.ts";
import type { LuaFunction } from "../value.ts";
import { Chunk, type MakeNumeral } from "./chunk.ts";
import { prototypeOf } from "./closure.ts";
import type { Table } from "./table.ts";

const MARK = "\x1bLuamtev\n";

/** A Lua function as a string, or `undefined` for a host function. */
export function dump(fn: LuaFunction): string | undefined {
  const prototype = prototypeOf(fn);
  if (prototype === undefined) return undefined;
  const { chunkName, source } = prototype.chunk;
  return `${MARK}${prototype.fn.id}\n${chunkName.length}\n${chunkName}${source}`;
}

/** Loads what {@link dump} made; `undefined` for anything else. */
export function loadDump(
  text: string,
  environment: Table,
  makeNumeral: MakeNumeral,
): LuaFunction | undefined {
  if (text[0] !== "\x1b") return undefined;
  const header = /^(\d+)\n(\d+)\n/.exec(text.slice(MARK.length, 64));
  if (!text.startsWith(MARK) || header === null) {
    throw new LuaError(runtime.incompatibleDump);
  }
  const nameAt = MARK.length + header[0].length;
  const sourceAt = nameAt + Number(header[2]);
  const chunk = new Chunk(
    text.slice(sourceAt),
    text.slice(nameAt, sourceAt),
    makeNumeral,
  );
  const id = Number(header[1]);
  if (id >= chunk.prototypes.length) {
    throw new LuaError(runtime.malformedDump);
  }
  return chunk.instantiateFunction(id, environment);
}
