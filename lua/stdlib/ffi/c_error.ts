/**
 * The error of the parts of `ffi` that know no Lua state: a bad declaration, a
 * conversion that C does not have. Who called adds the position (raise.ts).
 */
export class CError extends Error {
  override readonly name = "CError";

  /**
   * @param message In LuaJIT's words.
   * @param argument The argument it is about, counted from 0.
   */
  constructor(message: string, readonly argument?: number) {
    super(message);
  }
}

export const UNKNOWN_SIZE = "size of C type is unknown or too large";
export const INVALID_TYPE = "invalid C type";
export const CONSTANT = "attempt to write to constant location";
