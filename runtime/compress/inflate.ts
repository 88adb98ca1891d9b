/**
 * Decompression piece by piece: gzip, zlib and raw deflate, told apart by the
 * first two bytes. On pako, which is zlib in JavaScript: node:zlib has no
 * synchronous streams, and fflate does not check the CRC.
 *
 * The invariant: a call never makes more than its limit allows plus one buffer,
 * whatever the data claim.
 */
import type * as Pako from "pako";

import { binaryString, writeBinaryString } from "../posix/bytes.ts";

let pako: typeof Pako;

/**
 * Loads pako when the first stream starts. A static import would cost every
 * program 4 ms, also as `import defer`, and `import()` is not synchronous.
 */
function loadPako(): void {
  const { createRequire } = process.getBuiltinModule("node:module");
  const { fileURLToPath } = process.getBuiltinModule("node:url");
  pako ??= createRequire(import.meta.url)(
    fileURLToPath(import.meta.resolve("pako")),
  );
}

/** The output buffer: how far a limit may be overrun before it is noticed. */
const OUTPUT_SIZE = 64 * 1024;

/** zlib's window argument that also reads the header of gzip and zlib. */
const WITH_HEADER = 15 + 32;
const RAW = -15;

/** What is wrong with compressed data, in zlib's terms. */
export type InflateFault =
  | "dictionary error"
  | "stream error"
  | "data error"
  | "out-of-memory"
  | "buffer error"
  | "version mismatch";

/** zlib's results that are faults. */
const FAULTS: Readonly<Record<number, InflateFault>> = {
  2: "dictionary error", // Z_NEED_DICT
  [-2]: "stream error",
  [-3]: "data error",
  [-4]: "out-of-memory",
  [-5]: "buffer error",
  [-6]: "version mismatch",
};

/** Data that cannot be decompressed. */
export class InflateError extends Error {
  override readonly name = "InflateError";

  /** @param fault What zlib calls it */
  constructor(readonly fault: InflateFault) {
    super(`Cannot decompress: ${fault}`);
  }
}

/**
 * A compressed stream that arrives in pieces. Only its first member counts;
 * what follows is ignored.
 *
 * @example
 * ```ts ignore
 * const stream = new Inflate();
 * const text = stream.push(firstPiece, 1e6) + stream.push(secondPiece, 1e6);
 * ```
 */
export class Inflate {
  #stream: InstanceType<typeof Pako.ZStream> | undefined;
  /** A first byte that may begin a header. */
  #held = "";
  #ended = false;
  #failed = false;

  /** Whether the end of the stream was reached. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Decompresses the next piece.
   *
   * @param piece A binary string, not empty before the stream's end
   * @param limit The most bytes that this call may return; 0 for any number
   * @returns What the piece gives, a binary string; empty after the end
   * @throws {InflateError} For broken data; a `buffer error` for an empty piece
   *   and a `stream error` for any piece after an error
   * @throws {RangeError} When the limit is exceeded; the stream ends with it
   */
  push(piece: string, limit: number): string {
    if (this.#ended) return "";
    if (this.#failed) throw new InflateError("stream error");
    if (piece === "") throw new InflateError("buffer error");
    if (this.#stream === undefined) {
      piece = this.#held + piece;
      if (piece.length === 1 && mayBeginHeader(piece)) {
        this.#held = piece;
        return "";
      }
      this.#held = "";
      loadPako();
      this.#stream = new pako.ZStream();
      const window = hasHeader(piece) ? WITH_HEADER : RAW;
      this.#check(pako.zlibInflateInit2(this.#stream, window));
    }
    return this.#inflate(this.#stream, piece, limit);
  }

  #inflate(
    stream: InstanceType<typeof Pako.ZStream>,
    piece: string,
    limit: number,
  ): string {
    const input = new Uint8Array(piece.length);
    writeBinaryString(piece, input);
    stream.input = input;
    stream.next_in = 0;
    stream.avail_in = input.length;
    let text = "";
    do {
      stream.output = output;
      stream.next_out = 0;
      stream.avail_out = OUTPUT_SIZE;
      const result = pako.zlibInflate(stream, pako.Z_NO_FLUSH);
      text += binaryString(output, 0, stream.next_out);
      if (limit > 0 && text.length > limit) {
        this.#failed = true;
        throw new RangeError(
          `Cannot decompress: more than ${limit} bytes result`,
        );
      }
      if (result === pako.Z_STREAM_END) {
        this.#ended = true;
        this.#stream = undefined;
        return text;
      }
      // All input was read, and a full buffer held the last of the output.
      if (result === pako.Z_BUF_ERROR && stream.avail_in === 0) return text;
      this.#check(result);
    } while (stream.avail_in > 0 || stream.avail_out === 0);
    return text;
  }

  #check(result: number): void {
    const fault = FAULTS[result];
    if (fault === undefined) return;
    this.#failed = true;
    this.#stream = undefined;
    throw new InflateError(fault);
  }
}

/** Shared: nothing in it outlives a call. */
const output = new Uint8Array(OUTPUT_SIZE);

function mayBeginHeader(byte: string): boolean {
  const code = byte.charCodeAt(0);
  return code === 0x1f || (code & 0x0f) === 8;
}

/** Whether data begin as gzip (RFC 1952) or zlib (RFC 1950) do. */
function hasHeader(data: string): boolean {
  const first = data.charCodeAt(0), second = data.charCodeAt(1);
  if (first === 0x1f && second === 0x8b) return true;
  return (first & 0x0f) === 8 && first >> 4 <= 7 &&
    (first * 256 + second) % 31 === 0;
}
