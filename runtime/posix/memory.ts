/**
 * The process's memory by address, as C sees it. Nothing is checked: a bad address ends the process.
 * The invariant: an address of a JavaScript buffer is good only as long as somebody keeps the buffer.
 */

import { libc } from "./libc.ts";

const native = libc({
  read: {
    name: "memcpy",
    parameters: ["buffer", "u64", "usize"],
    result: "void",
  },
  write: {
    name: "memcpy",
    parameters: ["u64", "buffer", "usize"],
    result: "void",
  },
  move: {
    name: "memmove",
    parameters: ["u64", "u64", "usize"],
    result: "void",
  },
  fill: { name: "memset", parameters: ["u64", "i32", "usize"], result: "void" },
  length: { name: "strlen", parameters: ["u64"], result: "usize" },
});

/**
 * Copies memory into bytes.
 *
 * @param address Where to read.
 * @param bytes What is filled.
 * @param size How many bytes.
 */
export function readMemory(
  address: bigint,
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
): void {
  native().read(bytes, address, BigInt(size));
}

/**
 * Copies bytes into memory.
 *
 * @param address Where to write.
 * @param bytes What is written.
 * @param size How many bytes.
 */
export function writeMemory(
  address: bigint,
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
): void {
  native().write(address, bytes, BigInt(size));
}

/**
 * Copies memory to memory; the two may overlap.
 *
 * @param to Where to write.
 * @param from Where to read.
 * @param size How many bytes.
 */
export function moveMemory(to: bigint, from: bigint, size: number): void {
  native().move(to, from, BigInt(size));
}

/**
 * Fills memory with a byte.
 *
 * @param address The first byte.
 * @param value The byte.
 * @param size How many bytes.
 */
export function fillMemory(address: bigint, value: number, size: number): void {
  native().fill(address, value, BigInt(size));
}

/**
 * The number of bytes in front of the first zero.
 *
 * @param address Where to start.
 * @returns The length.
 */
export function stringLength(address: bigint): number {
  return Number(native().length(address));
}

/**
 * Where a buffer's bytes are.
 *
 * @param bytes A view of the buffer.
 * @returns The address of the view's first byte.
 */
export function addressOfBytes(bytes: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)) as bigint;
}
