/**
 * From the script word of the command line to the module to run.
 * Specification: mtev-lua-api.md §16.1 (last paragraph).
 */

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
  try {
    return { ok: true, module: Deno.realPathSync(word) };
  } catch (error) {
    return error instanceof Deno.errors.NotFound
      ? { ok: true, module: word }
      : { ok: false };
  }
}
