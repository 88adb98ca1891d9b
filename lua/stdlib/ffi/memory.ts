/**
 * The memory behind cdata: blocks that the collector owns, and memory of C's
 * at an address. A place is a block and an offset, so that a pointer into a
 * block keeps it alive and is checked against its end. The memory of C's is
 * not checked, as in C, except for null pointers.
 */
import {
  addressOfBytes,
  fillMemory,
  moveMemory,
  readMemory,
  writeMemory,
} from "../../../runtime/posix/memory.ts";
import { CError } from "./c_error.ts";

/** Memory that lives as long as somebody refers to it. */
export class OwnedBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** What pointers stored in the block point to. */
  kept: Map<number, Block> | undefined;
  #address: bigint | undefined;

  /** @param size In bytes. */
  constructor(readonly size: number) {
    // A buffer of no bytes has no address.
    const buffer = allocate(Math.max(size, 1));
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  get address(): bigint {
    return this.#address ??= addressOfBytes(this.bytes);
  }
}

function allocate(size: number): ArrayBuffer {
  try {
    return new ArrayBuffer(size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CError("not enough memory");
  }
}

/** Memory that C knows by its address. */
export class ForeignBlock {
  readonly view = undefined;
  constructor(readonly address: bigint) {}
}

export type Block = OwnedBlock | ForeignBlock;

export const NULL_BLOCK = new ForeignBlock(0n);

/** Values of C's memory pass through here. */
const scratch = new Uint8Array(16);
const scratchView = new DataView(scratch.buffer);
/** No object lies in the first page. */
const FIRST_ADDRESS = 4096n;
/** Programs have no memory from here on, so that -1 is caught as well. */
const END_OF_ADDRESSES = 1n << (Deno.build.arch === "aarch64" ? 48n : 47n);

/** Where in the view that was returned last the value stands. */
export let position = 0;

/** The address of a place. */
export function addressAt(block: Block, offset: number): bigint {
  return offset === 0
    ? block.address
    : BigInt.asUintN(64, block.address + BigInt(offset));
}

function foreign(block: ForeignBlock, offset: number): bigint {
  const address = addressAt(block, offset);
  if (address < FIRST_ADDRESS) {
    throw new CError("attempt to access memory at a null pointer");
  }
  if (address >= END_OF_ADDRESSES) {
    throw new CError("attempt to access memory at an invalid address");
  }
  return address;
}

function check(block: OwnedBlock, offset: number, size: number): void {
  if (offset < 0 || offset + size > block.size) {
    throw new CError("attempt to access memory outside of the object");
  }
}

/** A view of the `size` bytes at a place, from {@link position} on. */
export function viewToRead(
  block: Block,
  offset: number,
  size: number,
): DataView {
  if (block instanceof OwnedBlock) {
    check(block, offset, size);
    position = offset;
    return block.view;
  }
  readMemory(foreign(block, offset), scratch, size);
  position = 0;
  return scratchView;
}

/** A view to write `size` bytes to, from {@link position} on; then {@link written}. */
export function viewToWrite(
  block: Block,
  offset: number,
  size: number,
): DataView {
  if (block instanceof OwnedBlock) {
    check(block, offset, size);
    position = offset;
    return block.view;
  }
  position = 0;
  return scratchView;
}

/** Takes what was put into the view of {@link viewToWrite} to its place. */
export function written(block: Block, offset: number, size: number): void {
  if (block instanceof ForeignBlock) {
    writeMemory(foreign(block, offset), scratch, size);
  }
}

/** Copies bytes from place to place; they may overlap. */
export function copyMemory(
  to: Block,
  toOffset: number,
  from: Block,
  fromOffset: number,
  size: number,
): void {
  if (size === 0) return;
  if (to instanceof OwnedBlock) check(to, toOffset, size);
  if (from instanceof OwnedBlock) check(from, fromOffset, size);
  if (to instanceof OwnedBlock && from instanceof OwnedBlock) {
    to.bytes.set(
      from.bytes.subarray(fromOffset, fromOffset + size),
      toOffset,
    );
  } else {
    moveMemory(
      to instanceof OwnedBlock
        ? addressAt(to, toOffset)
        : foreign(to, toOffset),
      from instanceof OwnedBlock
        ? addressAt(from, fromOffset)
        : foreign(from, fromOffset),
      size,
    );
  }
}

/** Fills memory with a byte. */
export function fillBlock(
  block: Block,
  offset: number,
  size: number,
  value: number,
): void {
  if (size === 0) return;
  if (block instanceof OwnedBlock) {
    check(block, offset, size);
    block.bytes.fill(value, offset, offset + size);
  } else fillMemory(foreign(block, offset), value, size);
}

/** The bytes at a place, copied unless the block is ours. */
export function bytesAt(
  block: Block,
  offset: number,
  size: number,
): Uint8Array<ArrayBuffer> {
  if (block instanceof OwnedBlock) {
    check(block, offset, size);
    return block.bytes.subarray(offset, offset + size);
  }
  const bytes = new Uint8Array(size);
  if (size > 0) readMemory(foreign(block, offset), bytes, size);
  return bytes;
}
