/**
 * Loads Lua files: what `loadfile`, `dofile` and the loader of `package.path`
 * share. Paths are Lua strings and go to the system as they are.
 */
import { readBytes } from "../../runtime/files/read.ts";
import { LuaError } from "../errors.ts";
import type { LuaState } from "../host.ts";
import type { LuaFunction } from "../value.ts";

/** A chunk that `string.dump` gave starts with this, in every engine. */
const DUMPED = "\x1b";

/**
 * Compiles the file at `path`. A first line that starts with `#` is skipped.
 *
 * @param mode Whether text (`t`) and dumped functions (`b`) are accepted.
 * @throws {LuaError} `cannot open …`, or a syntax error.
 */
export function loadFile(
  state: LuaState,
  path: string,
  mode = "bt",
): LuaFunction {
  const read = readBytes(path);
  if (!read.ok) {
    throw new LuaError(`cannot ${read.action} ${path}: ${read.reason}`);
  }
  return loadChunk(state, withoutShebang(read.bytes), "@" + path, mode);
}

/**
 * Compiles `source` if `mode` allows its kind.
 *
 * @throws {LuaError} `attempt to load chunk with wrong mode`, or a syntax
 * error.
 */
export function loadChunk(
  state: LuaState,
  source: string,
  chunkName: string,
  mode = "bt",
): LuaFunction {
  if (!mode.includes(source.startsWith(DUMPED) ? "b" : "t")) {
    throw new LuaError("attempt to load chunk with wrong mode");
  }
  return state.load(source, chunkName);
}

/** A first line that starts with `#` is for the system's shell. */
export function withoutShebang(source: string): string {
  return source.startsWith("#") ? source.replace(/^[^\n]*/, "") : source;
}
