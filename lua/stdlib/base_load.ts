/**
 * The base functions that compile Lua: `load`, `loadstring`, `loadfile`,
 * `dofile`. The function that `dofile` runs may suspend; the reader of `load`
 * may not.
 */
import {
  checkString,
  optional,
  raise,
  toStringArgument,
  typeError,
} from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { call, type LuaState, Multi, multi } from "../host.ts";
import {
  isFunction,
  isTable,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
} from "../value.ts";
import { loadChunk, loadFile, withoutShebang } from "./load_file.ts";

/** Adds the functions to `globals`. `readInput` reads standard input to its end. */
export function openLoad(
  state: LuaState,
  globals: LuaTable,
  readInput: () => string,
): void {
  const define = definer(state);

  const load = (...args: LuaValue[]) => {
    const [chunk, , , environment] = args;
    const text = toStringArgument(chunk);
    if (text === undefined && !isFunction(chunk)) {
      typeError(state, args, 0, "function");
    }
    const name = optional(checkString, state, args, 1, text ?? "=(load)");
    const mode = optional(checkString, state, args, 2, "bt");
    return attempt(() => {
      const source = text ?? readChunk(state, chunk as LuaFunction);
      const fn = loadChunk(state, source, name, mode);
      if (isTable(environment)) state.setEnvironment(fn, environment);
      return fn;
    });
  };
  define(globals, "load", load);
  define(globals, "loadstring", load);

  const fromFile = (path: string | undefined, mode?: string) =>
    path === undefined
      ? loadChunk(state, withoutShebang(readInput()), "=stdin", mode)
      : loadFile(state, path, mode);

  define(globals, "loadfile", (...args) => {
    const path = optional(checkString, state, args, 0, undefined);
    const mode = optional(checkString, state, args, 1, "bt");
    const environment = args[2];
    return attempt(() => {
      const fn = fromFile(path, mode);
      if (isTable(environment)) state.setEnvironment(fn, environment);
      return fn;
    });
  });

  define(globals, "dofile", function* (...args) {
    const path = optional(checkString, state, args, 0, undefined);
    return new Multi(yield call(fromFile(path)));
  });
}

/** The pieces that a reader function gives, up to nil or an empty one. */
function readChunk(state: LuaState, reader: LuaFunction): string {
  let source = "";
  for (;;) {
    const [piece] = state.call(reader);
    if (piece === undefined || piece === "") return source;
    const text = toStringArgument(piece);
    if (text === undefined) {
      raise(state, "reader function must return a string");
    }
    source += text;
  }
}

/** What `compile` returns, or nil and the error that it raised. */
function attempt(compile: () => LuaFunction): LuaValue | Multi {
  try {
    return compile();
  } catch (error) {
    if (error instanceof LuaError) return multi(undefined, error.value);
    throw error;
  }
}
