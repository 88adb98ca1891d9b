/** Binary strings and bytes, there and back. */
import assert from "node:assert/strict";
import {
  binaryBytes,
  binaryString,
  writeBinaryString,
} from "../../../runtime/posix/bytes.ts";

const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);

Deno.test("binaryString() gives one character per byte, for every byte", () => {
  const text = binaryString(all);
  assert.equal(text.length, 256);
  for (let byte = 0; byte < 256; byte++) {
    assert.equal(text.charCodeAt(byte), byte);
  }
});

Deno.test("binaryString() takes a part", () => {
  assert.equal(binaryString(all, 65, 68), "ABC");
  assert.equal(binaryString(all, 68, 68), "");
});

Deno.test("binaryBytes() undoes binaryString(), also for long ones", () => {
  for (const length of [0, 1, 8191, 8192, 8193, 100_000]) {
    const bytes = Uint8Array.from(
      { length },
      (_, index) => (index * 31) & 255,
    );
    assert.deepEqual(binaryBytes(binaryString(bytes)), bytes);
  }
});

Deno.test("binaryBytes() keeps the low eight bits", () => {
  assert.deepEqual([...binaryBytes("\u0141")], [0x41]);
  for (const rest of ["x", "\xff", "\u0141"]) { // each way of writing long text
    const bytes = new Uint8Array(40_002);
    writeBinaryString(rest.repeat(40_000), bytes, 1);
    const byte = rest.charCodeAt(0) & 0xff;
    assert.deepEqual([bytes[0], bytes[1], bytes[40_000], bytes[40_001]], [
      0,
      byte,
      byte,
      0,
    ]);
    assert.ok(bytes.subarray(1, -1).every((one) => one === byte));
  }
});

Deno.test("writeBinaryString() writes where it is told", () => {
  const bytes = new Uint8Array(5);
  writeBinaryString("\xff\x80", bytes, 2);
  assert.deepEqual([...bytes], [0, 0, 255, 128, 0]);
});

Deno.test("writeBinaryString() throws when the buffer ends first", () => {
  assert.throws(() => writeBinaryString("abc", new Uint8Array(4), 2), {
    name: "RangeError",
    message: "Cannot write 3 bytes at 2: the buffer holds 4",
  });
});
