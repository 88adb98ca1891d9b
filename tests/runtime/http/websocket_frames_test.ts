/** Frames: there and back, borders of lengths, and what no server may send. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CloseCode,
  decodeHead,
  encodeFrame,
  type FrameHead,
  headLength,
  MessageAssembler,
  Opcode,
  ProtocolError,
} from "../../../runtime/http/websocket_frames.ts";

function data(opcode: number, final: boolean, length = 0): FrameHead {
  return { opcode, final, length };
}

/** What a server understands of a frame. */
function unmask(frame: string): string {
  const start = frame.charCodeAt(1) & 127;
  const offset = start === 126 ? 4 : start === 127 ? 10 : 2;
  const mask = [0, 1, 2, 3].map((index) => frame.charCodeAt(offset + index));
  return [...frame.slice(offset + 4)].map((character, index) =>
    String.fromCharCode(character.charCodeAt(0) ^ mask[index & 3]!)
  ).join("");
}

Deno.test("encodeFrame() writes lengths in all three forms, masked", () => {
  for (const length of [0, 1, 125, 126, 65535, 65536, 70000]) {
    const payload = "x".repeat(length);
    const frame = encodeFrame(Opcode.BINARY, payload);
    assert.equal(frame.charCodeAt(0), 0x82);
    assert.ok((frame.charCodeAt(1) & 0x80) !== 0);
    assert.equal(unmask(frame), payload);
    // Without the mask bit it is what a server would send.
    const start = frame[0]! + String.fromCharCode(frame.charCodeAt(1) & 127);
    const head = start + frame.slice(2, headLength(start));
    assert.deepEqual(decodeHead(head), data(Opcode.BINARY, true, length));
  }
});

Deno.test("decodeHead() refuses what no server may send", () => {
  for (
    const [first, second] of [
      [0xc1, 0], // a reserved bit
      [0x81, 0x80], // a mask
      [0x83, 0], // no such opcode
      [0x8b, 0],
      [0x09, 0], // a fragment of a control frame
    ]
  ) {
    assert.throws(
      () => decodeHead(String.fromCharCode(first!, second!)),
      ProtocolError,
    );
  }
  assert.throws(() => decodeHead("\x89\x7e\x00\x7e"), ProtocolError);
  const huge = "\x82\x7f" + "\xff".repeat(8);
  assert.throws(
    () => decodeHead(huge),
    (error) =>
      error instanceof ProtocolError && error.code === CloseCode.TOO_BIG,
  );
});

Deno.test("MessageAssembler joins fragments", () => {
  const assembler = new MessageAssembler();
  assert.equal(assembler.add(data(Opcode.TEXT, false), "he"), undefined);
  assert.equal(
    assembler.add(data(Opcode.CONTINUATION, false), "ll"),
    undefined,
  );
  assert.deepEqual(assembler.add(data(Opcode.CONTINUATION, true), "o"), {
    opcode: Opcode.TEXT,
    payload: "hello",
  });
  assert.deepEqual(assembler.add(data(Opcode.BINARY, true), "\xff"), {
    opcode: Opcode.BINARY,
    payload: "\xff",
  });
});

Deno.test("MessageAssembler refuses what cannot follow, and bad text", () => {
  const add = (...frames: [FrameHead, string][]) => {
    const assembler = new MessageAssembler();
    for (const [frame, payload] of frames) assembler.add(frame, payload);
  };
  assert.throws(
    () => add([data(Opcode.CONTINUATION, true), ""]),
    ProtocolError,
  );
  assert.throws(
    () => add([data(Opcode.TEXT, false), ""], [data(Opcode.TEXT, true), ""]),
    ProtocolError,
  );
  assert.throws(
    () => add([data(Opcode.TEXT, true), "\xff"]),
    (error) =>
      error instanceof ProtocolError &&
      error.code === CloseCode.INVALID_TEXT,
  );
});

Deno.test("decodeHead() gives a frame or a ProtocolError for any bytes", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.array(byte, { minLength: 10, maxLength: 10 }), (bytes) => {
      const text = String.fromCharCode(...bytes);
      try {
        const head = decodeHead(text.slice(0, headLength(text)));
        assert.ok(head.length >= 0 && head.opcode <= 10);
      } catch (error) {
        assert.ok(error instanceof ProtocolError);
      }
    }),
    { numRuns: 2000 },
  );
});
