/**
 * The C library through Deno's FFI: the one place that opens it, and `errno`.
 *
 * Each topic (descriptors.ts, epoll.ts, …) names its own symbols. They are opened when the topic is
 * imported, because a library opened later is a leak to whoever watches for leaks (Deno's test
 * sanitizer). Most of the cost is compiling: 0.2 ms a symbol, for calls of 0.2 µs instead of 1 µs.
 * So only what is called often is compiled; start-up time is a feature. The invariant: `errno()` is
 * read in the statement right after the call, before anything is allocated, because Deno's own
 * system calls share the variable. A `nonblocking` call runs on another thread, so its error number
 * cannot be read at all.
 */

import { platform, requiredPlatform } from "./platform.ts";

type Symbols = Record<string, Deno.ForeignFunction>;
type Callable<Declared extends Symbols> = Deno.DynamicLibrary<
  Declared
>["symbols"];

/**
 * Opens a group of C functions.
 *
 * @param declared The functions as `Deno.dlopen` takes them. Declare sizes and results as 32-bit
 *   numbers where the values allow: 64-bit ones travel as BigInt and cost twice the time.
 * @param options With `rarely`, the functions are not compiled: opening costs next to nothing, a
 *   call 1 µs more.
 * @returns A function that returns the group's callable symbols. It throws
 *   `Deno.errors.NotSupported` on a platform that is not described; importing never does.
 */
export function libc<const Declared extends Symbols>(
  declared: Declared,
  options: { readonly rarely?: boolean } = {},
): () => Callable<Declared> {
  if (platform === undefined) return () => requiredPlatform() as never;
  const symbols = options.rarely === true
    ? addressed(platform.libc, declared)
    : Deno.dlopen(platform.libc, declared).symbols;
  return () => symbols;
}

/** Functions called by address: Deno compiles nothing for them. */
function addressed<const Declared extends Symbols>(
  library: string,
  declared: Declared,
): Callable<Declared> {
  const addresses = Deno.dlopen(
    library,
    Object.fromEntries(
      Object.entries(declared).map(([key, { name = key }]) =>
        [key, { name, type: "pointer" }] as const
      ),
    ),
  ).symbols;
  const calls = Object.entries(declared).map(([key, definition]) => {
    const address = addresses[key] as unknown as Deno.PointerObject<
      never
    >;
    const pointer = new Deno.UnsafeFnPointer(address, definition);
    return [key, pointer.call.bind(pointer)] as const;
  });
  // The keys and signatures are those declared; `fromEntries` cannot know.
  return Object.fromEntries(calls) as unknown as Callable<Declared>;
}

/**
 * The address of a variable or a function of the C library. Call it when the module is imported, as
 * {@link libc}.
 *
 * @param name The variable or the function.
 * @returns Where it is, or `undefined` on a platform that is not described.
 */
export function libcAddress(name: string): Deno.PointerObject | undefined {
  if (platform === undefined) return undefined;
  const { symbols } = Deno.dlopen(platform.libc, {
    symbol: { name, type: "pointer" },
  });
  return symbols.symbol ?? undefined;
}

/** This thread's errno, as memory. */
const errnoView = findErrno();

function findErrno(): Int32Array {
  if (platform === undefined) return new Int32Array(1);
  const calls = addressed(platform.libc, {
    location: {
      name: platform.errnoLocation,
      parameters: [],
      result: "pointer",
    },
  });
  const address = calls.location();
  if (address === null) {
    throw new Error("Cannot find errno: the C library returned no address");
  }
  return new Int32Array(Deno.UnsafePointerView.getArrayBuffer(address, 4));
}

/**
 * The error number that the last C call of this thread left.
 *
 * @returns The number; meaningful only in the statement right after a call that failed.
 */
export function errno(): number {
  return errnoView[0]!;
}

/**
 * Sets this thread's error number, for C functions that tell failure by it alone.
 *
 * @param value The number.
 */
export function setErrno(value: number): void {
  errnoView[0] = value;
}
