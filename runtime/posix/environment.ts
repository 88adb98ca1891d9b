/**
 * The process's environment as the C library has it: bytes, which need not be UTF-8. `Deno.env`
 * hides what is not, and throws when asked for it. What `Deno.env` sets or deletes is seen here too.
 */

import { binaryBytes } from "./bytes.ts";
import { libc, libcAddress } from "./libc.ts";

const symbols = libc({
  getenv: { parameters: ["buffer"], result: "pointer" },
}, { rarely: true });
const environ = libcAddress("environ");

const POINTER_SIZE = 8;

/**
 * Reads a variable.
 *
 * @param name A binary string; one that is empty or has `=` or NUL in it names nothing.
 * @returns Its value, a binary string, or `undefined` where there is none.
 */
export function environmentVariable(name: string): string | undefined {
  if (name === "" || /[=\0]/.test(name)) return undefined;
  const value = symbols().getenv(binaryBytes(name + "\0"));
  return value === null ? undefined : cText(value);
}

/**
 * Reads all variables.
 *
 * @returns Names and values, binary strings, in the order of the environment.
 */
export function environment(): Map<string, string> {
  const variables = new Map<string, string>();
  const list = environ && new Deno.UnsafePointerView(environ).getPointer();
  if (list === null || list === undefined) return variables;
  const entries = new Deno.UnsafePointerView(list);
  for (let offset = 0;; offset += POINTER_SIZE) {
    const entry = entries.getPointer(offset);
    if (entry === null) return variables;
    const text = cText(entry);
    const equals = text.indexOf("=");
    if (equals > 0) {
      variables.set(text.slice(0, equals), text.slice(equals + 1));
    }
  }
}

/** Reads a C string as a binary string. */
function cText(pointer: Deno.PointerObject): string {
  const text = Deno.UnsafePointerView.getCString(pointer);
  // Most often it is ASCII: then decoding it, which is fast, changed nothing.
  // deno-lint-ignore no-control-regex
  if (/^[\x01-\x7f]*$/.test(text)) return text;
  const view = new Deno.UnsafePointerView(pointer);
  let bytes = "";
  for (let offset = 0;; offset++) {
    const byte = view.getUint8(offset);
    if (byte === 0) return bytes;
    bytes += String.fromCharCode(byte);
  }
}
