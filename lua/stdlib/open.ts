/**
 * Puts the standard library into a Lua state: the table of contents of this
 * folder. What the engine has put into the globals before stays: an engine
 * installs first what only it can do, or does better, and this file adds the
 * rest.
 */
import type { LuaState } from "../host.ts";
import { entries, isTable, type LuaTable } from "../value.ts";
import { definePrint, openBase } from "./base.ts";
import { openEnvironment } from "./base_environment.ts";
import { openLoad } from "./base_load.ts";
import { openBit } from "./bit.ts";
import { LazyFfi } from "./ffi.ts";
import { type IoLibrary, openIo } from "./io.ts";
import { openJit } from "./jit.ts";
import { openMath } from "./math.ts";
import { openOs } from "./os.ts";
import { openPackage } from "./package.ts";
import { openString } from "./string.ts";
import { openPack } from "./string_pack.ts";
import { openTable } from "./table.ts";

/** How the library meets the world around the state. */
export interface LibraryOptions {
  /** Called by `os.exit` after files are flushed; must not return. */
  readonly exit: (code: number) => never;
  /** Receives what `print` prints; standard output of `io` by default. */
  readonly print?: (bytes: string) => void;
}

/** What the libraries hold open. Whoever ends the state disposes it too. */
export interface Libraries extends Disposable {
  /** Writes out what the buffers of `io` hold; the end of a program does it. */
  flush(): void;
  /** Flushes, and closes the files that are still open. */
  [Symbol.dispose](): void;
}

/** Installs all libraries in the globals and in `package.loaded`. */
export function openLibraries(
  state: LuaState,
  options: LibraryOptions,
): Libraries {
  const { globals } = state;
  const packages = tableAt(state, globals, "package");
  const loaded = tableAt(state, packages, "loaded");
  const preload = tableAt(state, packages, "preload");

  const install = (
    name: string,
    open: (library: LuaTable) => void,
  ): LuaTable => {
    const library = name === "_G" ? globals : tableAt(state, globals, name);
    const native = [...entries(library)];
    open(library);
    for (const [key, value] of native) library.set(key, value);
    loaded.set(name, library);
    return library;
  };

  let io: IoLibrary;
  install("io", (library) => io = openIo(state, library));
  const { files, stdin, stdout } = io!;
  const print = options.print ?? ((bytes) => void stdout.write(bytes));

  install("_G", (library) => {
    openBase(state, library);
    openLoad(state, library, () => stdin.readAll());
    openEnvironment(state, library);
  });
  definePrint(state, print);
  install("package", (library) => openPackage(state, library, globals));
  const strings = install("string", (library) => {
    openString(state, library);
    openPack(state, library);
  });
  state.stringMetatable ??= state.newTable();
  state.stringMetatable.set("__index", strings);
  install("table", (library) => openTable(state, library, preload));
  install("math", (library) => openMath(state, library));
  install("bit", (library) => openBit(state, library));
  install("os", (library) =>
    openOs(state, library, (code) => {
      files.flush();
      return options.exit(code);
    }));
  install("jit", (library) => loaded.set("jit.opt", openJit(state, library)));
  for (const name of ["coroutine", "debug"]) {
    const library = globals.get(name);
    if (isTable(library)) loaded.set(name, library);
  }
  if (state.makeNumeral === undefined) return files;
  const ffi = new LazyFfi(state);
  preload.set("ffi", state.newFunction("ffi", () => ffi.table));
  return {
    flush: () => files.flush(),
    [Symbol.dispose]() {
      ffi[Symbol.dispose]();
      files[Symbol.dispose]();
    },
  };
}

/** The table in a field of `table`, made when it is not there. */
function tableAt(state: LuaState, table: LuaTable, name: string): LuaTable {
  let field = table.get(name);
  if (!isTable(field)) table.set(name, field = state.newTable());
  return field;
}
