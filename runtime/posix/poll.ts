/**
 * Waiting with the thread blocked, for the few places that cannot wait on a loop.
 */

import { libc } from "./libc.ts";

const symbols = libc({
  poll: { parameters: ["buffer", "u32", "i32"], result: "i32" },
}, { rarely: true });

/**
 * Blocks the thread until a descriptor is ready.
 *
 * @param fd The descriptor; -1 for none, which only lets the time pass.
 * @param events The POLL bits to wait for.
 * @param timeoutMs Milliseconds; -1 for ever.
 */
export function poll(fd: number, events: number, timeoutMs: number): void {
  // struct pollfd: descriptor, then wanted and found events, 16 bits each.
  symbols().poll(new Int32Array([fd, events]), 1, timeoutMs);
}
