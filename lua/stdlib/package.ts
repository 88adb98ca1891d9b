/**
 * The library `package`, with `require` and `module`. Loaders are asked in the
 * order of `package.loaders`; what a loader finds may suspend while it runs.
 * Native modules are not loaded: `package.cpath` is searched so that messages
 * name the same files, and what is found there is refused.
 */
import {
  checkString,
  checkTable,
  optional,
  raise,
  toStringArgument,
} from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { call, type LuaState, multi, NOTHING } from "../host.ts";
import {
  isFunction,
  isTable,
  isTruthy,
  type LuaTable,
  type LuaValue,
} from "../value.ts";
import { O_CLOEXEC, O_RDONLY } from "../../runtime/posix/constants.ts";
import { close } from "../../runtime/posix/descriptors.ts";
import { environmentVariable } from "../../runtime/posix/environment.ts";
import { open } from "../../runtime/posix/files.ts";
import { loadFile } from "./load_file.ts";

const DEFAULT_PATH = "./?.lua;/usr/local/share/lua/5.1/?.lua;" +
  "/usr/local/share/lua/5.1/?/init.lua;/usr/share/lua/5.1/?.lua;" +
  "/usr/share/lua/5.1/?/init.lua";
const DEFAULT_CPATH = "./?.so;/usr/local/lib/lua/5.1/?.so;" +
  "/usr/local/lib/lua/5.1/loadall.so";
const NO_NATIVE =
  "dynamic libraries not enabled; no support for native modules";

/** Adds the functions to `library`, and `require` and `module` to `globals`. */
export function openPackage(
  state: LuaState,
  library: LuaTable,
  globals: LuaTable,
): void {
  const define = definer(state);
  library.set("config", "/\n;\n?\n!\n-\n");
  library.set("path", initialPath("LUA_PATH", DEFAULT_PATH));
  library.set("cpath", initialPath("LUA_CPATH", DEFAULT_CPATH));
  defineLoaders(state, library);
  defineRequire(state, library, globals);
  defineModule(state, library, globals);

  define(library, "searchpath", (...args) => {
    const found = searchPath(
      checkString(state, args, 0),
      checkString(state, args, 1),
      optional(checkString, state, args, 2, "."),
      optional(checkString, state, args, 3, "/"),
    );
    return found.file ?? multi(undefined, found.tried);
  });
  define(library, "loadlib", (...args) => {
    const path = checkString(state, args, 0);
    checkString(state, args, 1);
    return multi(undefined, `${path}: ${NO_NATIVE}`, "absent");
  });
  define(library, "seeall", (...args) => {
    const module = checkTable(state, args, 0);
    module.metatable ??= state.newTable();
    module.metatable.set("__index", globals);
    return NOTHING;
  });
}

/** The path in the environment, where `;;` stands for the built-in one. */
function initialPath(variable: string, builtIn: string): string {
  const value = environmentVariable(variable);
  if (value === undefined) return builtIn;
  return value.replace(/;;/g, () => `;${builtIn};`)
    .replace(/^;(?=\.)|;$/g, "");
}

interface SearchResult {
  readonly file: string | undefined;
  /** One line a file that is not there. */
  readonly tried: string;
}

function searchPath(
  name: string,
  path: string,
  separator: string,
  replacement: string,
): SearchResult {
  if (separator !== "") name = name.replaceAll(separator, () => replacement);
  let tried = "";
  for (const template of path.split(";")) {
    if (template === "") continue;
    const file = template.replaceAll("?", () => name);
    if (isReadable(file)) return { file, tried };
    tried += `\n\tno file '${file}'`;
  }
  return { file: undefined, tried };
}

function isReadable(path: string): boolean {
  const fd = open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return false;
  close(fd);
  return true;
}

function defineLoaders(state: LuaState, library: LuaTable): void {
  const loaders = state.newTable();
  library.set("loaders", loaders);
  const add = (
    name: string,
    find: (module: string) => LuaValue | typeof NOTHING,
  ) =>
    loaders.set(
      loaders.length() + 1,
      state.newFunction(name, (...args) => find(checkString(state, args, 0))),
    );
  const pathIn = (field: string): string =>
    toStringArgument(library.get(field)) ??
      raise(state, `'package.${field}' must be a string`);
  const failed = (module: string, file: string, reason: LuaValue): never =>
    raise(
      state,
      `error loading module '${module}' from file '${file}':\n\t${reason}`,
    );

  add("preload_loader", (module) => {
    const preload = library.get("preload");
    if (!isTable(preload)) raise(state, "'package.preload' must be a table");
    return state.index(preload, module) ??
      `\n\tno field package.preload['${module}']`;
  });
  add("lua_loader", (module) => {
    const { file, tried } = searchPath(module, pathIn("path"), ".", "/");
    if (file === undefined) return tried;
    try {
      return loadFile(state, file);
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      return failed(module, file, error.value);
    }
  });
  const native = (module: string, searched: string) => {
    const { file, tried } = searchPath(searched, pathIn("cpath"), ".", "/");
    return file === undefined ? tried : failed(module, file, NO_NATIVE);
  };
  add("native_loader", (module) => native(module, module));
  add("native_root_loader", (module) => {
    const dot = module.indexOf(".");
    return dot < 0 ? NOTHING : native(module, module.slice(0, dot));
  });
}

function defineRequire(
  state: LuaState,
  library: LuaTable,
  globals: LuaTable,
): void {
  const loaded = library.get("loaded") as LuaTable;
  // Stands in `package.loaded` while a module is being loaded.
  const loading = state.newFunction("loading", () => NOTHING);

  definer(state)(globals, "require", function* (...args) {
    const name = checkString(state, args, 0);
    const present = state.index(loaded, name);
    if (isTruthy(present)) {
      if (present === loading) {
        raise(state, `loop or previous error loading module '${name}'`);
      }
      return present;
    }
    const loaders = state.index(library, "loaders");
    if (!isTable(loaders)) raise(state, "'package.loaders' must be a table");
    let messages = "";
    for (let i = 1;; i++) {
      const loader = loaders.get(i);
      if (loader === undefined) {
        raise(state, `module '${name}' not found:${messages}`);
      }
      const [found] = yield call(loader, name);
      if (isFunction(found)) {
        loaded.set(name, loading);
        const [result] = yield call(found, name);
        if (result !== undefined) loaded.set(name, result);
        break;
      }
      messages += toStringArgument(found) ?? "";
    }
    if (loaded.get(name) === loading) loaded.set(name, true);
    return loaded.get(name);
  });
}

function defineModule(
  state: LuaState,
  library: LuaTable,
  globals: LuaTable,
): void {
  const loaded = library.get("loaded") as LuaTable;
  definer(state)(globals, "module", (...args) => {
    const name = checkString(state, args, 0);
    let module = loaded.get(name);
    if (!isTable(module)) {
      module = findTable(state, globals, name) ??
        raise(state, `name conflict for module '${name}'`);
      loaded.set(name, module);
    }
    if (module.get("_NAME") === undefined) {
      module.set("_M", module);
      module.set("_NAME", name);
      module.set("_PACKAGE", name.slice(0, name.lastIndexOf(".") + 1));
    }
    const caller = state.functionAt(1);
    if (caller === undefined || !state.setEnvironment(caller, module)) {
      raise(state, "'module' not called from a Lua function");
    }
    for (const option of args.slice(1)) {
      if (isFunction(option)) state.call(option, module);
    }
    return NOTHING;
  });
}

/** The table at `a.b.c` below `root`, made if it is not there. */
function findTable(
  state: LuaState,
  root: LuaTable,
  name: string,
): LuaTable | undefined {
  let table = root;
  for (const part of name.split(".")) {
    let field = table.get(part);
    if (field === undefined) {
      field = state.newTable();
      state.setIndex(table, part, field);
    }
    if (!isTable(field)) return undefined;
    table = field;
  }
  return table;
}
