/**
 * The one exception that carries a Lua error value through TypeScript.
 *
 * Not a catalogue of messages: those stand where they are raised, worded as
 * LuaJIT words them. Throwing a `LuaError` from a host function raises its
 * value in Lua; a Lua error that leaves a call arrives as a `LuaError`.
 */
import { type LuaValue, typeName } from "./value.ts";

/**
 * How errors are made: an engine sets `quiet` while a `pcall` is the next to
 * catch, so that nobody will ask for their JavaScript stack, which takes V8 up
 * to 30 µs to note.
 */
export const raising = { quiet: false };

/** A Lua error: any Lua value, most often a string with its position. */
export class LuaError extends Error {
  override readonly name = "LuaError";

  /**
   * @param value The error value as Lua's `pcall` would return it.
   * @param traceback The Lua stack at the place of the error, if it was kept.
   */
  constructor(
    readonly value: LuaValue,
    public traceback?: string,
  ) {
    if (raising.quiet) {
      return new (QuietError as unknown as typeof LuaError)(value, traceback);
    }
    super(
      typeof value === "string" || typeof value === "number"
        ? String(value)
        : `(error object is a ${typeName(value)} value)`,
    );
  }
}

/** A LuaError that never was a JavaScript error. */
function QuietError(
  this: { -readonly [field in keyof LuaError]: LuaError[field] },
  value: LuaValue,
  traceback: string | undefined,
) {
  this.name = "LuaError";
  this.message = typeof value === "string" ? value : "";
  this.value = value;
  this.traceback = traceback;
}
QuietError.prototype = LuaError.prototype;

/** A defect of this project, never the mistake of a user. */
export class InternalError extends Error {
  override readonly name = "InternalError";

  /** @param message What went wrong, without a final period. */
  constructor(message: string) {
    super(`${message} (please report this)`);
  }
}
