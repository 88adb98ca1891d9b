/**
 * Digests, HMACs and the CRC of the mtev API. The algorithms are in
 * runtime/crypto/digest.ts. Specification: mtev-lua-api.md §10.3.
 */
import {
  digest,
  type DigestAlgorithm,
  hmacBase64,
} from "../../runtime/crypto/digest.ts";
import { binaryBytes, binaryString } from "../../runtime/posix/bytes.ts";
import { looseNumber, raise, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);

  const raw = (algorithm: DigestAlgorithm, name: string) =>
  (
    ...args: LuaValue[]
  ): string => {
    if (args.length !== 1) raise(state, `bad call to mtev.${name}`);
    return binaryString(digest(algorithm, looseText(args[0])));
  };

  const hex = (algorithm: DigestAlgorithm, name: string) =>
  (
    ...args: LuaValue[]
  ): string => {
    if (args.length !== 1) raise(state, `bad call to mtev.${name}`);
    return digest(algorithm, looseText(args[0])).toHex();
  };

  const hmac = (algorithm: DigestAlgorithm, name: string) =>
  (
    ...args: LuaValue[]
  ): string => {
    if (args.length !== 2) raise(state, `bad call to mtev.${name}`);
    return hmacBase64(algorithm, looseText(args[0]), looseText(args[1]));
  };

  /**
   * @lua bytes = mtev.md5(message)
   * The MD5 digest of a string. Not safe against forgery; use SHA-256.
   * @param message string: any bytes; nil counts as the empty string
   * @return string: 16 bytes
   * @error `bad call to mtev.md5` unless there is one argument
   * @suspends no
   * @example print(#mtev.md5("hello")) -- 16
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "md5", raw("md5", "md5"));

  /**
   * @lua text = mtev.md5_hex(message)
   * The MD5 digest of a string in hexadecimal. Not safe against forgery; use
   * SHA-256.
   * @param message string: any bytes; nil counts as the empty string
   * @return string: 32 lower-case digits
   * @error `bad call to mtev.md5_hex` unless there is one argument
   * @suspends no
   * @example print(mtev.md5_hex("hello"))
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "md5_hex", hex("md5", "md5_hex"));

  /**
   * @lua bytes = mtev.sha1(message)
   * The SHA-1 digest of a string. Not safe against forgery; use SHA-256.
   * @param message string: any bytes; nil counts as the empty string
   * @return string: 20 bytes
   * @error `bad call to mtev.sha1` unless there is one argument
   * @suspends no
   * @example print(#mtev.sha1("hello")) -- 20
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "sha1", raw("sha1", "sha1"));

  /**
   * @lua text = mtev.sha1_hex(message)
   * The SHA-1 digest of a string in hexadecimal. Not safe against forgery; use
   * SHA-256.
   * @param message string: any bytes; nil counts as the empty string
   * @return string: 40 lower-case digits
   * @error `bad call to mtev.sha1_hex` unless there is one argument
   * @suspends no
   * @example print(mtev.sha1_hex("hello"))
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "sha1_hex", hex("sha1", "sha1_hex"));

  /**
   * @lua bytes = mtev.sha256(message)
   * The SHA-256 digest of a string.
   * @param message string: any bytes; nil counts as the empty string
   * @return string: 32 bytes
   * @error `bad call to mtev.sha256` unless there is one argument
   * @suspends no
   * @example print(#mtev.sha256("hello")) -- 32
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "sha256", raw("sha256", "sha256"));

  /**
   * @lua text = mtev.sha256_hex(message)
   * The SHA-256 digest of a string in hexadecimal.
   * @param message string: any bytes; nil counts as the empty string
   * @return string: 64 lower-case digits
   * @error `bad call to mtev.sha256_hex` unless there is one argument
   * @suspends no
   * @example print(mtev.sha256_hex("hello"))
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "sha256_hex", hex("sha256", "sha256_hex"));

  /**
   * @lua text = mtev.sha256_hash(message)
   * Another name of `mtev.sha256_hex`.
   * @param message string: any bytes; nil counts as the empty string
   * @return string: 64 lower-case digits
   * @error `bad call to mtev.sha256_hex` unless there is one argument
   * @suspends no
   * @example print(mtev.sha256_hash("hello") == mtev.sha256_hex("hello"))
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "sha256_hash", hex("sha256", "sha256_hex"));

  /**
   * @lua text = mtev.hmac_sha1_encode(message, key)
   * Authenticates a message with a key: HMAC with SHA-1, in Base64. Mind the
   * order of the arguments.
   * @param message string: any bytes; nil counts as the empty string
   * @param key string: any bytes
   * @return string: 28 characters
   * @error `bad call to mtev.hmac_sha1_encode` unless there are two arguments
   * @suspends no
   * @example print(mtev.hmac_sha1_encode("message", "key"))
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "hmac_sha1_encode", hmac("sha1", "hmac_sha1_encode"));

  /**
   * @lua text = mtev.hmac_sha256_encode(message, key)
   * Authenticates a message with a key: HMAC with SHA-256, in Base64. Mind the
   * order of the arguments.
   * @param message string: any bytes; nil counts as the empty string
   * @param key string: any bytes
   * @return string: 44 characters
   * @error `bad call to mtev.hmac_sha256_encode` unless there are two arguments
   * @suspends no
   * @example print(mtev.hmac_sha256_encode("message", "key"))
   * @source mtev-lua-api.md §10.3
   * @compat same
   */
  define(mtev, "hmac_sha256_encode", hmac("sha256", "hmac_sha256_encode"));

  /**
   * @lua sum = mtev.crc32(data, start)
   * The CRC-32 of a string, as zlib and PNG have it. With the sum of what came
   * before as `start` it goes on from there.
   * @param data string: any bytes; nil counts as the empty string
   * @param start? integer: the sum so far, 0 by default
   * @return integer: from 0 to 2^32 - 1
   * @suspends no
   * @example print(mtev.crc32("world", mtev.crc32("hello ")) == mtev.crc32("hello world"))
   * @source mtev-lua-api.md §10.3
   * @compat differs: libmtev takes the second argument for the data too
   */
  define(mtev, "crc32", (data, start) => {
    const { crc32 } = process.getBuiltinModule("node:zlib");
    return crc32(binaryBytes(looseText(data)), looseNumber(start) >>> 0);
  });
}

/** An argument as text; what is neither string nor number is empty. */
function looseText(value: LuaValue): string {
  return typeof value === "string" ? value : toStringArgument(value) ?? "";
}
