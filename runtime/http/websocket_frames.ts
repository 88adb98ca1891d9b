/**
 * Frames of the WebSocket protocol (RFC 6455), as a client sends and receives them.
 *
 * Bytes and rules only: what is a frame, what may follow what, when a message is whole. Connections
 * are websocket_client.ts. The invariant: a message is delivered once, whole, or the protocol was
 * broken, which ends everything.
 */
import { binaryBytes } from "../posix/bytes.ts";

/** Kinds of frames. */
export const Opcode = {
  CONTINUATION: 0,
  TEXT: 1,
  BINARY: 2,
  CONNECTION_CLOSE: 8,
  PING: 9,
  PONG: 10,
} as const;

/** Codes with which a connection is closed. */
export const CloseCode = {
  NORMAL: 1000,
  PROTOCOL_ERROR: 1002,
  INVALID_TEXT: 1007,
  TOO_BIG: 1009,
} as const;

/** A message is no longer than this. */
export const MAX_MESSAGE = 64 * 1024 * 1024;
/** What a control frame holds at the most. */
export const MAX_CONTROL = 125;

/** The peer broke the protocol. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";

  /**
   * @param code The code to close with.
   * @param message What it did.
   */
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/**
 * Makes a frame, masked as a client's must be.
 *
 * @param opcode Its kind.
 * @param payload Its bytes.
 * @returns A binary string.
 */
export function encodeFrame(opcode: number, payload: string): string {
  const { length } = payload;
  const head = [0x80 | opcode];
  if (length < 126) head.push(0x80 | length);
  else if (length < 65536) head.push(0x80 | 126, length >> 8, length & 255);
  else {
    head.push(0x80 | 127, 0, 0, 0, Math.floor(length / 2 ** 32) & 255);
    for (const shift of [24, 16, 8, 0]) head.push((length >>> shift) & 255);
  }
  const mask = crypto.getRandomValues(new Uint8Array(4));
  const bytes = binaryBytes(payload);
  for (let index = 0; index < length; index++) {
    bytes[index]! ^= mask[index & 3]!;
  }
  return String.fromCharCode(...head, ...mask) + latin1(bytes);
}

function latin1(bytes: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes.buffer).toString("latin1");
}

/**
 * The payload of a frame that closes.
 *
 * @param code Why.
 * @returns A binary string.
 */
export function encodeCloseCode(code: number): string {
  return String.fromCharCode(code >> 8, code & 255);
}

/** The beginning of a frame: what it is and how much follows. */
export interface FrameHead {
  readonly final: boolean;
  readonly opcode: number;
  readonly length: number;
}

/**
 * Tells how long the beginning of a frame is.
 *
 * @param start Its first two bytes.
 * @returns The number of bytes, these two included.
 */
export function headLength(start: string): number {
  const length = start.charCodeAt(1) & 127;
  return length === 126 ? 4 : length === 127 ? 10 : 2;
}

/**
 * Reads the beginning of a frame that a server sent.
 *
 * @param head As many bytes as {@link headLength} says.
 * @returns What it says.
 * @throws {ProtocolError} When no server may send it.
 */
export function decodeHead(head: string): FrameHead {
  const first = head.charCodeAt(0);
  const opcode = first & 15;
  if ((first & 0x70) !== 0) {
    throw new ProtocolError(CloseCode.PROTOCOL_ERROR, "A reserved bit is set");
  }
  if ((head.charCodeAt(1) & 0x80) !== 0) {
    throw new ProtocolError(CloseCode.PROTOCOL_ERROR, "A frame is masked");
  }
  let length = head.charCodeAt(1) & 127;
  if (head.length > 2) {
    length = 0;
    for (let index = 2; index < head.length; index++) {
      length = length * 256 + head.charCodeAt(index);
    }
  }
  const final = (first & 0x80) !== 0;
  if (opcode >= 8 && (!final || length > MAX_CONTROL)) {
    throw new ProtocolError(
      CloseCode.PROTOCOL_ERROR,
      "A control frame is too long, or a fragment",
    );
  }
  if ((opcode > 2 && opcode < 8) || opcode > 10) {
    throw new ProtocolError(
      CloseCode.PROTOCOL_ERROR,
      `There is no opcode ${opcode}`,
    );
  }
  if (length > MAX_MESSAGE) {
    throw new ProtocolError(CloseCode.TOO_BIG, "A frame is too long");
  }
  return { final, opcode, length };
}

/** A message that is whole. */
export interface Message {
  readonly opcode: number;
  readonly payload: string;
}

/** Puts messages together from data frames. */
export class MessageAssembler {
  #opcode = 0;
  #fragments: string[] = [];
  #length = 0;

  /**
   * Adds a data frame.
   *
   * @param frame Its beginning.
   * @param payload Its bytes.
   * @returns The message that it completes, if it does.
   * @throws {ProtocolError} When the frame cannot follow what came before.
   */
  add(frame: FrameHead, payload: string): Message | undefined {
    const continues = frame.opcode === Opcode.CONTINUATION;
    if (continues !== (this.#opcode !== 0)) {
      throw new ProtocolError(
        CloseCode.PROTOCOL_ERROR,
        continues
          ? "There is nothing to continue"
          : "A message is not finished",
      );
    }
    if (!continues) this.#opcode = frame.opcode;
    this.#fragments.push(payload);
    this.#length += payload.length;
    if (this.#length > MAX_MESSAGE) {
      throw new ProtocolError(CloseCode.TOO_BIG, "A message is too long");
    }
    if (!frame.final) return undefined;
    const message = {
      opcode: this.#opcode,
      payload: this.#fragments.join(""),
    };
    this.#opcode = 0;
    this.#fragments = [];
    this.#length = 0;
    if (message.opcode === Opcode.TEXT) checkText(message.payload);
    return message;
  }
}

function checkText(payload: string): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(binaryBytes(payload));
  } catch {
    throw new ProtocolError(CloseCode.INVALID_TEXT, "A text is not UTF-8");
  }
}
