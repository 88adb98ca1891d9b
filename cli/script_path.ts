/**
 * From the script word of the command line to the module to run.
 * Specification: mtev-lua-api.md §16.1 (last paragraph).
 */
import { decodeBytes, encodeText } from "../lua/text.ts";
import { ENOENT } from "../runtime/posix/constants.ts";
import { realpath } from "../runtime/posix/files.ts";

/** The module, or why there is none. */
export type ScriptPath =
  | { readonly ok: true; readonly module: string }
  | { readonly ok: false };

/**
 * The absolute path of an existing file; a word that names no file is the name
 * of a module, to be found through `package.path`. Anything else that keeps
 * the file from being reached is an error.
 */
export function resolveScript(word: string): ScriptPath {
  const path = realpath(encodeText(word));
  if (typeof path === "string") return { ok: true, module: decodeBytes(path) };
  return path === -ENOENT ? { ok: true, module: word } : { ok: false };
}
