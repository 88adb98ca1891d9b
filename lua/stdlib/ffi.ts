/**
 * The library `ffi` until it is needed: the table, whose functions load the
 * rest (ffi/library.ts) when one is called. Only for an engine that has
 * numerals for cdata. Loading takes about 50 ms and must not wait, since
 * `require` and numerals cannot.
 */
import { definer } from "../define.ts";
import type { LuaState } from "../host.ts";
import type { LuaTable } from "../value.ts";
import { CLibrary } from "./ffi/c_library.ts";
import type { FfiImplementation } from "./ffi/library.ts";

const FUNCTIONS = "cdef typeof sizeof alignof offsetof istype metatype new " +
  "cast gc string copy fill load errno abi";

/** The library of a state. */
export class LazyFfi implements Disposable {
  readonly #state: LuaState;
  #namespace: LuaTable | undefined;
  #table: LuaTable | undefined;
  #implementation: FfiImplementation | undefined;

  constructor(state: LuaState) {
    this.#state = state;
    state.makeNumeral = (text) => this.#load().numeral(text);
  }

  /** What `require "ffi"` returns. */
  get table(): LuaTable {
    return this.#table ??= this.#makeTable();
  }

  #makeTable(): LuaTable {
    const state = this.#state;
    const table = state.newTable();
    const define = definer(state);
    for (const name of FUNCTIONS.split(" ")) {
      define(table, name, (...args) => this.#load().functions[name]!(...args));
    }
    table.set("C", new CLibrary(this.#namespaces()));
    table.set("os", "Linux");
    table.set("arch", Deno.build.arch === "aarch64" ? "arm64" : "x64");
    return table;
  }

  /** The metatable of libraries. */
  #namespaces(): LuaTable {
    if (this.#namespace !== undefined) return this.#namespace;
    const namespace = this.#namespace = this.#state.newTable();
    const define = definer(this.#state);
    for (const name of ["__index", "__newindex"]) {
      define(
        namespace,
        name,
        (...args) => this.#load().functions[name]!(...args),
      );
    }
    return namespace;
  }

  #load(): FfiImplementation {
    return this.#implementation ??= implementation().createFfi(
      this.#state,
      this.#namespaces(),
    );
  }

  [Symbol.dispose](): void {
    this.#implementation?.[Symbol.dispose]();
  }
}

/** Loads the rest without waiting, which only `require` does. */
function implementation(): typeof import("./ffi/library.ts") {
  return process.getBuiltinModule("node:module")
    .createRequire(import.meta.url)("./ffi/library.ts");
}
