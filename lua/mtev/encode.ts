/**
 * Encoders of the mtev API: Base64, Base32, HTML entities and UUIDs. The
 * encodings are in runtime/encode/. Specification: mtev-lua-api.md §10.2,
 * §10.4, §10.5.
 */
import { decodeBase32, encodeBase32 } from "../../runtime/encode/base32.ts";
import { decodeBase64, encodeBase64 } from "../../runtime/encode/base64.ts";
import { utf8ToHtml } from "../../runtime/encode/html_entities.ts";
import { type Args, raise, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import {
  isTruthy,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);

  /** The one argument, as text; nil counts as empty. */
  function onlyText(args: Args, name: string): string {
    if (args.length !== 1) raise(state, `bad call to mtev.${name}`);
    const [value] = args;
    return typeof value === "string" ? value : toStringArgument(value) ?? "";
  }

  /**
   * @lua text = mtev.base64_encode(bytes)
   * Encodes a string in Base64: the standard alphabet, padded, in one line.
   * @param bytes string: any bytes; nil counts as the empty string
   * @return string: the encoded text
   * @error `bad call to mtev.encode` unless there is one argument
   * @suspends no
   * @example print(mtev.base64_encode("hello")) -- aGVsbG8=
   * @source mtev-lua-api.md §10.2
   * @compat same
   */
  define(
    mtev,
    "base64_encode",
    (...args) => encodeBase64(onlyText(args, "encode")),
  );

  /**
   * @lua bytes = mtev.base64_decode(text)
   * Decodes Base64 in the standard or the URL alphabet. White space is skipped;
   * the first other character ends the text; a last group that is incomplete
   * and not padded is dropped. Never fails.
   * @param text string: the encoded text
   * @return string: the bytes
   * @error `bad call to mtev.decode` unless there is one argument
   * @suspends no
   * @example print(mtev.base64_decode("aGVsbG8=")) -- hello
   * @source mtev-lua-api.md §10.2
   * @compat same
   */
  define(
    mtev,
    "base64_decode",
    (...args) => decodeBase64(onlyText(args, "decode")),
  );

  /**
   * @lua text = mtev.base32_encode(bytes)
   * Encodes a string in Base32 (RFC 4648): upper case, padded.
   * @param bytes string: any bytes; nil counts as the empty string
   * @return string: the encoded text
   * @error `bad call to mtev.encode` unless there is one argument
   * @suspends no
   * @example print(mtev.base32_encode("hello")) -- NBSWY3DP
   * @source mtev-lua-api.md §10.2
   * @compat same
   */
  define(
    mtev,
    "base32_encode",
    (...args) => encodeBase32(onlyText(args, "encode")),
  );

  /**
   * @lua bytes = mtev.base32_decode(text)
   * Decodes Base32 in either case. White space and hyphens are skipped; the
   * first other character ends the text; a last group that is incomplete and
   * not padded is dropped. Never fails.
   * @param text string: the encoded text
   * @return string: the bytes
   * @error `bad call to mtev.decode` unless there is one argument
   * @suspends no
   * @example print(mtev.base32_decode("nbsw-y3dp")) -- hello
   * @source mtev-lua-api.md §10.2
   * @compat same
   */
  define(
    mtev,
    "base32_decode",
    (...args) => decodeBase32(onlyText(args, "decode")),
  );

  /**
   * @lua html = mtev.utf8tohtml(text, tags)
   * Replaces what is not ASCII by HTML entities, named where HTML 4 has a name.
   * ASCII stays as it is, `&` included. A character cut off at the end of the
   * text is left out.
   * @param text string: text in UTF-8
   * @param tags? any: whether `<` and `>` are replaced too
   * @return string: the text in ASCII
   * @error `bad arguments to mtev.utf8tohtml`
   * @error `utf8tohtml transcoding failure` when the text is not UTF-8
   * @suspends no
   * @example print(mtev.utf8tohtml("<caf\u{e9}>", true)) -- &lt;caf&eacute;&gt;
   * @source mtev-lua-api.md §10.5
   * @compat differs: a character that is broken off in the middle of the text is an error; libmtev gives wrong characters for it
   */
  define(mtev, "utf8tohtml", (...args) => {
    // So that it can be a method of objects.
    if (args[0] instanceof LuaUserdata) args.shift();
    const [value, tags]: LuaValue[] = args;
    const text = toStringArgument(value) ??
      raise(state, "bad arguments to mtev.utf8tohtml");
    try {
      return utf8ToHtml(text, isTruthy(tags));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      raise(state, "utf8tohtml transcoding failure");
    }
  });

  /**
   * @lua id = mtev.uuid()
   * A new random UUID (version 4).
   * @return string: 36 lower-case characters
   * @suspends no
   * @example print(mtev.uuid())
   * @source mtev-lua-api.md §10.4
   * @compat same
   */
  define(mtev, "uuid", () => crypto.randomUUID());
}
