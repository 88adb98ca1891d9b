/**
 * `mtev.gunzip`: decompressing functions. The streams are in
 * runtime/compress/inflate.ts. Specification: mtev-lua-api.md §10.6.
 */
import { Inflate, InflateError } from "../../runtime/compress/inflate.ts";
import { looseNumber, raise, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** The most bytes that a call returns if it does not say. */
const DEFAULT_LIMIT = 1024 * 1024;

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);

  /**
   * @lua inflate = mtev.gunzip()
   * Returns a function that decompresses a stream of gzip, zlib or raw deflate
   * data piece by piece: `inflate(data, limit)` takes the next piece and returns
   * the bytes that it gives, at most `limit` of them (1048576 by default, 0 for
   * any number). After the end of the stream it returns empty strings. Without
   * data, or with more than two arguments, it returns nil.
   * @return function: takes the pieces
   * @error `HTTP client internal error: download exceeded maximum read size (%d bytes)`, raised by `inflate`
   * @error `zlib: data error` for broken data; likewise `dictionary`, `stream` and `buffer error`, the last for an empty piece before the end
   * @suspends no
   * @example local inflate = mtev.gunzip() local text = inflate(compressed)
   * @source mtev-lua-api.md §10.6
   * @compat differs: after an error a stream raises `zlib: stream error`; libmtev goes on in an undefined place
   */
  define(mtev, "gunzip", () => {
    const stream = new Inflate();
    return state.newFunction(
      "inflate",
      (...args) => inflate(stream, args),
    );
  });

  function inflate(
    stream: Inflate,
    args: readonly LuaValue[],
  ): string | undefined {
    const data = toStringArgument(args[0]);
    if (data === undefined || args.length > 2) return undefined;
    const limit = args[1] === undefined
      ? DEFAULT_LIMIT
      : Math.max(0, Math.trunc(looseNumber(args[1])));
    try {
      return stream.push(data, limit);
    } catch (error) {
      if (error instanceof InflateError) raise(state, `zlib: ${error.fault}`);
      if (!(error instanceof RangeError)) throw error;
      raise(
        state,
        `HTTP client internal error: download exceeded maximum read size (${limit} bytes)\n`,
      );
    }
  }
}
