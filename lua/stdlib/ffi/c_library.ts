/**
 * A library's namespace, `ffi.C` or what `ffi.load` gives, as a Lua value. Not
 * how names are looked up in it (symbols.ts).
 */
import { LuaUserdata, type LuaValue } from "../../value.ts";

/** A namespace of C functions, variables and constants. */
export class CLibrary extends LuaUserdata {
  /** What has been looked up. */
  readonly found = new Map<string, LuaValue>();

  /** The library's handle; 0 stands for all that is loaded. */
  handle = 0n;
}
