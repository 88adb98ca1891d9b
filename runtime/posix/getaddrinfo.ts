/**
 * The C library's resolver: getaddrinfo. It blocks the thread, by files and over the network.
 *
 * Only the first IPv4 address is asked for. `struct addrinfo` is read as 64-bit Linux lays it out.
 */

import { AF_INET } from "./constants.ts";
import { libc } from "./libc.ts";

const symbols = libc({
  getaddrinfo: {
    parameters: ["buffer", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  freeaddrinfo: { parameters: ["pointer"], result: "void" },
  gai_strerror: { parameters: ["i32"], result: "pointer" },
}, { rarely: true });

const FAMILY_OFFSET = 4;
const ADDRESS_OFFSET = 24;

/** What the resolver said: 4 bytes, or why there are none. */
export type ResolvedIpv4 =
  | { readonly ip: Uint8Array }
  | { readonly error: string };

/**
 * Resolves a name to an IPv4 address. Blocks the thread.
 *
 * @param name The name, without NUL bytes; a binary string.
 * @returns The first address, or the C library's text for the failure.
 */
export function resolveIpv4(name: Uint8Array): ResolvedIpv4 {
  const text = new Uint8Array(name.length + 1);
  text.set(name);
  // flags, family, socket type, protocol, then what must be zero: 48 bytes.
  const hints = new Int32Array(12);
  hints[1] = AF_INET;
  const result = new BigUint64Array(1);
  const calls = symbols();
  const failure = calls.getaddrinfo(text, null, hints, result);
  if (failure !== 0) {
    const message = calls.gai_strerror(failure);
    return {
      error: message === null
        ? `error ${failure}`
        : Deno.UnsafePointerView.getCString(message),
    };
  }
  const list = Deno.UnsafePointer.create(result[0]!);
  if (list === null) return { error: "not found" };
  try {
    const view = new Deno.UnsafePointerView(list);
    const address = view.getPointer(ADDRESS_OFFSET);
    if (view.getInt32(FAMILY_OFFSET) !== AF_INET || address === null) {
      return { error: "not found" };
    }
    const bytes = new Deno.UnsafePointerView(address);
    return {
      ip: Uint8Array.from(
        { length: 4 },
        (_, index) => bytes.getUint8(4 + index),
      ),
    };
  } finally {
    calls.freeaddrinfo(list);
  }
}
