/**
 * Random bytes of the mtev API. Specification: mtev-lua-api.md §11.1.
 */
import { randomBytes } from "../../runtime/crypto/random.ts";
import { type Args, raise, toNumberArgument } from "../args.ts";
import { definer } from "../define.ts";
import type { LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** More bytes than a string can have. */
const TOO_MANY = 2 ** 29;

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);

  function draw(args: Args): string {
    const count = Math.trunc(toNumberArgument(args[0]) ?? 0);
    if (args.length !== 1 || !(count > 0 && count < TOO_MANY)) {
      raise(state, "crypto.rand_bytes takes a positive integer argument");
    }
    return randomBytes(count);
  }

  /**
   * @lua bytes = mtev.rand_bytes(n)
   * Random bytes, good enough for keys.
   * @param n integer: how many, at least 1
   * @return string: the bytes
   * @error `crypto.rand_bytes takes a positive integer argument`
   * @suspends no
   * @example local key = mtev.rand_bytes(32)
   * @source mtev-lua-api.md §11.1
   * @compat differs: more than 1024 bytes work; they overrun a buffer of libmtev
   */
  define(mtev, "rand_bytes", (...args) => draw(args));

  /**
   * @lua bytes = mtev.pseudo_rand_bytes(n)
   * The same as `mtev.rand_bytes`.
   * @param n integer: how many, at least 1
   * @return string: the bytes
   * @error `crypto.rand_bytes takes a positive integer argument`
   * @suspends no
   * @example local salt = mtev.pseudo_rand_bytes(8)
   * @source mtev-lua-api.md §11.1
   * @compat differs: more than 1024 bytes work; they overrun a buffer of libmtev
   */
  define(mtev, "pseudo_rand_bytes", (...args) => draw(args));
}
