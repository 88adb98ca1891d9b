/**
 * The C library through Deno's FFI: the one place that opens it, and `errno`.
 *
 * Each topic (descriptors.ts, epoll.ts, …) names its own symbols and they are opened together when
 * the topic is first used: a symbol costs about 0.15 ms to open, and start-up time is a feature.
 * The invariant: `errno()` is read in the statement right after the call, before anything is
 * allocated, because Deno's own system calls share the variable. A `nonblocking` call runs on
 * another thread, so its error number cannot be read at all.
 */

import { requiredPlatform } from "./platform.ts";

/** This thread's errno, as memory. Set before any symbol of the library can be called. */
let errnoView = new Int32Array(1);
let errnoFound = false;

/**
 * Declares a group of C functions that is opened when it is first used.
 *
 * @param symbols The functions as `Deno.dlopen` takes them. Declare sizes and results as 32-bit
 *   numbers where the values allow: 64-bit ones travel as BigInt and cost twice the time.
 * @returns A function that returns the group's callable symbols; cheap after its first call.
 *   It throws `Deno.errors.NotSupported` on a platform that is not described.
 */
export function libc<const Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): () => Deno.DynamicLibrary<Symbols>["symbols"] {
  let opened: Deno.DynamicLibrary<Symbols>["symbols"] | undefined;
  return () => opened ??= open(symbols);
}

function open<Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols>["symbols"] {
  const platform = requiredPlatform();
  if (!errnoFound) {
    const { symbols: { location } } = Deno.dlopen(platform.libc, {
      location: {
        name: platform.errnoLocation,
        parameters: [],
        result: "pointer",
      },
    });
    const address = location();
    if (address === null) {
      throw new Error("Cannot find errno: the C library returned no address");
    }
    errnoView = new Int32Array(
      Deno.UnsafePointerView.getArrayBuffer(address, 4),
    );
    errnoFound = true;
  }
  return Deno.dlopen(platform.libc, symbols).symbols;
}

/**
 * The error number that the last C call of this thread left.
 *
 * @returns The number; meaningful only in the statement right after a call that failed.
 */
export function errno(): number {
  return errnoView[0]!;
}
