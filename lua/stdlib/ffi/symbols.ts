/** Functions, variables and constants of libraries: `ffi.C.name`, `ffi.load`. */
import type { LuaTable, LuaValue } from "../../value.ts";
import {
  closeLibrary,
  findSymbol,
  openLibrary,
} from "../../../runtime/posix/dynamic_library.ts";
import { CLibrary } from "./c_library.ts";
import { Pointer } from "./cdata.ts";
import { CError, CONSTANT } from "./c_error.ts";
import { load, store } from "./convert.ts";
import type { CType } from "./ctype.ts";
import type { Declaration } from "./declarations.ts";
import type { Ffi } from "./ffi_state.ts";
import { ForeignBlock } from "./memory.ts";

function declared(ffi: Ffi, name: string): Declaration {
  const declaration = ffi.declarations.symbols.get(name);
  if (declaration === undefined) {
    throw new CError(`missing declaration for symbol '${name}'`);
  }
  return declaration;
}

function locate(library: CLibrary, symbol: string): ForeignBlock {
  try {
    return new ForeignBlock(findSymbol(library.handle, symbol));
  } catch (error) {
    throw new CError((error as Error).message);
  }
}

/** `library[name]`. */
export function readSymbol(
  ffi: Ffi,
  library: CLibrary,
  name: string,
): LuaValue {
  const found = library.found.get(name);
  if (found instanceof Pointer && found.type.kind === "function") return found;
  const declaration = declared(ffi, name);
  if (declaration.kind === "constant") return declaration.value;
  const { type, symbol } = declaration;
  const block = locate(library, symbol);
  if (type.kind !== "function") return load(ffi, type, block, 0);
  const value = new Pointer(ffi, type, block, 0);
  library.found.set(name, value);
  return value;
}

/** `library[name] = value`, for a variable. */
export function writeSymbol(
  ffi: Ffi,
  library: CLibrary,
  name: string,
  value: LuaValue,
): void {
  const declaration = declared(ffi, name);
  if (declaration.kind === "constant" || isConstant(declaration.type)) {
    throw new CError(CONSTANT);
  }
  store(
    ffi,
    declaration.type,
    locate(library, declaration.symbol),
    0,
    value,
  );
}

function isConstant(type: CType): boolean {
  return type.kind === "function" || type.constant === true;
}

/** `libm.so` of `m`, as it is written where it is given in full. */
function fileName(name: string): string {
  if (name.includes("/")) return name;
  const file = name.includes(".") ? name : `${name}.so`;
  return file.startsWith("lib") ? file : `lib${file}`;
}

/** A linker script in place of a library names the library. */
const SCRIPT = /(?:GROUP|INPUT)\s*\(\s*(\S+)/;

/** Loads a library. */
export function loadLibrary(
  metatable: LuaTable | undefined,
  name: string,
  global: boolean,
): CLibrary {
  const library = new CLibrary(metatable);
  library.handle = openOrFollow(fileName(name), global);
  unloading.register(library, library.handle);
  return library;
}

const unloading = new FinalizationRegistry(closeLibrary);

function openOrFollow(file: string, global: boolean): bigint {
  try {
    return openLibrary(file, global);
  } catch (error) {
    const { message } = error as Error;
    const script = /^(\/[^:]*): (?:invalid ELF header|file too short)/
      .exec(message);
    const target = script && SCRIPT.exec(readScript(script[1]!));
    if (target === null) throw new CError(message);
    try {
      return openLibrary(target[1]!, global);
    } catch (inner) {
      throw new CError((inner as Error).message);
    }
  }
}

function readScript(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
