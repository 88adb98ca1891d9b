/** The allocator of shared memory against a model: random requests, contents, reuse. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  newSharedBuffer,
  SharedHeap,
  SharedMemoryFull,
} from "../../../runtime/sync/shared_heap.ts";

const RESERVED = 64;

function newHeap(): { heap: SharedHeap; other: SharedHeap } {
  const buffer = newSharedBuffer(RESERVED);
  const heap = new SharedHeap(buffer, RESERVED);
  heap.initialize();
  return { heap, other: new SharedHeap(buffer, RESERVED) };
}

Deno.test("blocks are aligned, apart from each other, and keep what is in them", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          size: fc.oneof(
            fc.nat(64),
            fc.nat(5000),
            fc.nat({ max: 300_000 }),
          ),
          frees: fc.nat(100),
        }),
        { maxLength: 80 },
      ),
      (requests) => {
        const { heap, other } = newHeap();
        const live: { address: number; size: number; mark: number }[] = [];
        const check = (block: typeof live[number]) => {
          const bytes = other.bytes.subarray(
            block.address,
            block.address + block.size,
          );
          assert.ok(bytes.every((byte) => byte === block.mark));
        };
        requests.forEach(({ size, frees }, index) => {
          const address = heap.allocate(size);
          assert.equal(address % 8, 0);
          const mark = index % 255 + 1;
          heap.bytes.fill(mark, address, address + size);
          live.push({ address, size, mark });
          if (frees < 50) {
            const [block] = live.splice(frees % live.length, 1);
            check(block!);
            other.free(block!.address);
          }
        });
        live.forEach(check);
        for (const block of live) heap.free(block.address);
        // All neighbours have joined: the whole is there again, in one piece.
        const size = heap.size;
        if (requests.length > 0) {
          const whole = heap.allocate(size - 1000);
          assert.equal(heap.size, size);
          heap.free(whole);
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("what is freed is used again: 100,000 rounds take no more memory", () => {
  const { heap } = newHeap();
  const kept: number[] = [];
  for (let i = 0; i < 100; i++) kept.push(heap.allocate(i * 7));
  const size = heap.size;
  for (let round = 0; round < 100_000; round++) {
    const index = round % kept.length;
    heap.free(kept[index]!);
    kept[index] = heap.allocate((round * 31) % 700);
  }
  assert.ok(heap.size <= Math.max(size, 4 * 64 * 1024));
});

Deno.test("allocate() refuses what is beyond the limit and goes on afterwards", () => {
  const { heap } = newHeap();
  assert.throws(() => heap.allocate(2 ** 30), SharedMemoryFull);
  assert.throws(() => heap.allocate(2 ** 40), SharedMemoryFull);
  assert.throws(() => heap.allocate(NaN), SharedMemoryFull);
  const address = heap.allocate(10_000_000);
  heap.bytes[address + 9_999_999] = 7;
  heap.free(address);
});

Deno.test("a view made before the buffer grew sees what another wrote afterwards", () => {
  const { heap, other } = newHeap();
  const address = heap.allocate(1_000_000);
  heap.bytes[address + 999_999] = 42;
  assert.equal(other.bytes[address + 999_999], 42);
});
