/**
 * The functions that compile Lua code: load, loadstring, loadfile, dofile and
 * string.dump. Finding modules is the package library's task (lua/stdlib).
 */
import { checkFunction, checkString } from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { type Multi, multi } from "../host.ts";
import {
  isFunction,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
} from "../value.ts";
import { toText } from "./early_patches.ts";
import { libraryTable } from "./natives.ts";
import type { FengariState } from "./state.ts";
import { isClosure, push } from "./values.ts";
import { lapi } from "./vm.ts";

/** What compiled chunks start with. */
const SIGNATURE = "\x1b";

/** Puts the functions into the globals. */
export function installLoad(state: FengariState): void {
  const { globals } = state;
  const define = definer(state);

  /** Compiles; gives the function, or nil and the message. */
  function compile(
    source: string,
    chunkName: string,
    mode: LuaValue,
    environment: readonly LuaValue[],
  ): LuaFunction | Multi {
    const kind = source.startsWith(SIGNATURE) ? "b" : "t";
    if (typeof mode === "string" && !mode.includes(kind)) {
      return multi(undefined, "attempt to load chunk with wrong mode");
    }
    try {
      const fn = state.load(source, chunkName);
      if (environment.length > 0) {
        state.setEnvironment(fn, environment[0] as LuaTable);
      }
      return fn;
    } catch (error) {
      if (error instanceof LuaError) return multi(undefined, error.value);
      throw error;
    }
  }

  function readAll(reader: LuaFunction): string {
    const parts: string[] = [];
    for (;;) {
      const [part] = state.call(reader);
      if (part === undefined || part === "") return parts.join("");
      if (typeof part !== "string") {
        throw new LuaError(
          state.where(1) + "reader function must return a string",
        );
      }
      parts.push(part);
    }
  }

  define(globals, "load", (...args) => {
    const [chunk, name, mode] = args;
    const environment = args.slice(3, 4);
    if (!isFunction(chunk)) {
      const source = checkString(state, args, 0);
      return compile(
        source,
        name === undefined ? source : checkString(state, args, 1),
        mode,
        environment,
      );
    }
    let source: string;
    try {
      source = readAll(chunk);
    } catch (error) {
      if (error instanceof LuaError) return multi(undefined, error.value);
      throw error;
    }
    return compile(
      source,
      name === undefined ? "=(load)" : checkString(state, args, 1),
      mode,
      environment,
    );
  });

  define(globals, "loadstring", (...args) => {
    const source = checkString(state, args, 0);
    const name = args[1] === undefined ? source : checkString(state, args, 1);
    return compile(source, name, undefined, []);
  });

  define(globals, "loadfile", (...args) => {
    const name = args[0] === undefined
      ? undefined
      : checkString(state, args, 0);
    const source = readSource(name);
    return source instanceof LuaError
      ? multi(undefined, source.value)
      : compile(source, chunkNameOf(name), args[1], args.slice(2, 3));
  });

  define(globals, "dofile", (...args) => {
    const name = args[0] === undefined
      ? undefined
      : checkString(state, args, 0);
    const source = readSource(name);
    if (source instanceof LuaError) throw source;
    return multi(...state.call(state.load(source, chunkNameOf(name))));
  });

  define(libraryTable(state, "string"), "dump", (...args) => {
    const fn = checkFunction(state, args, 0);
    if (!isClosure(fn)) {
      throw new LuaError(state.where(1) + "unable to dump given function");
    }
    return dump(state, fn);
  });
}

/** The whole file, its first line taken out when it starts with `#`. */
function readSource(name: string | undefined): string | LuaError {
  try {
    const bytes = name === undefined
      ? readStandardInput()
      : Deno.readFileSync(toPath(name));
    const text = toText(bytes);
    return text.startsWith("#") ? text.replace(/^#[^\n]*/, "") : text;
  } catch (error) {
    return new LuaError(`cannot open ${name ?? "stdin"}: ${reason(error)}`);
  }
}

function chunkNameOf(name: string | undefined): string {
  return name === undefined ? "=stdin" : "@" + name;
}

/** A Lua string that names a file, as Deno takes it. */
function toPath(name: string): string {
  return new TextDecoder().decode(
    Uint8Array.from(name, (character) => character.charCodeAt(0)),
  );
}

function readStandardInput(): Uint8Array {
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(65536);
  for (
    let count = Deno.stdin.readSync(buffer);
    count !== null;
    count = Deno.stdin.readSync(buffer)
  ) {
    parts.push(buffer.slice(0, count));
  }
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "No such file or directory";
  if (error instanceof Deno.errors.PermissionDenied) return "Permission denied";
  if (error instanceof Deno.errors.NotADirectory) return "Not a directory";
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error.*$/, "").replace(/:.*$/, "");
}

function dump(state: FengariState, fn: LuaFunction): string {
  const L = state.machine.current;
  const parts: string[] = [];
  push(L, fn);
  // Names stay, for that of the environment is what restores it.
  lapi.lua_dump(
    L,
    (_L, bytes, size) => {
      parts.push(toText(bytes.subarray(0, size)));
      return 0;
    },
    null,
    false,
  );
  delete L.stack[--L.top];
  return parts.join("");
}
