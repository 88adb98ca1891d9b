/**
 * Shared libraries by `dlopen`, for programs that name C functions at run time. The project's own
 * calls go through libc.ts, which knows their types.
 */

import { binaryBytes, binaryString } from "./bytes.ts";
import { libc } from "./libc.ts";
import { stringLength } from "./memory.ts";

const native = libc({
  dlopen: { parameters: ["buffer", "i32"], result: "u64" },
  dlsym: { parameters: ["u64", "buffer"], result: "u64" },
  dlclose: { parameters: ["u64"], result: "i32" },
  dlerror: { parameters: [], result: "pointer" },
}, { rarely: true });

const RTLD_LAZY = 1;
const RTLD_GLOBAL = 0x100;

/** The handle that stands for all that the process has loaded. */
export const ALL_LIBRARIES = 0n;

function failure(): Error {
  const text = native().dlerror();
  if (text === null) return new Error("unknown error");
  const size = stringLength(Deno.UnsafePointer.value(text) as bigint);
  const bytes = new Uint8Array(
    Deno.UnsafePointerView.getArrayBuffer(text, size),
  );
  return new Error(binaryString(bytes));
}

/**
 * Loads a library.
 *
 * @param name Its file name; without a slash the system's folders are searched.
 * @param global Whether its symbols are for all that is loaded later.
 * @returns A handle.
 * @throws {Error} What `dlerror` says.
 */
export function openLibrary(name: string, global: boolean): bigint {
  const handle = native().dlopen(
    binaryBytes(name + "\0"),
    RTLD_LAZY | (global ? RTLD_GLOBAL : 0),
  );
  if (handle === 0n) throw failure();
  return handle;
}

/**
 * Unloads a library when nobody else has it loaded.
 *
 * @param handle What {@link openLibrary} returned.
 */
export function closeLibrary(handle: bigint): void {
  native().dlclose(handle);
}

/**
 * Finds a function or a variable.
 *
 * @param handle What {@link openLibrary} returned, or {@link ALL_LIBRARIES}.
 * @param name Its name.
 * @returns Its address.
 * @throws {Error} What `dlerror` says when there is none.
 */
export function findSymbol(handle: bigint, name: string): bigint {
  const address = native().dlsym(handle, binaryBytes(name + "\0"));
  if (address === 0n) throw failure();
  return address;
}
