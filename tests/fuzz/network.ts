/**
 * What peers send, as fuzz targets: answers of name servers, frames of WebSocket servers, responses
 * of HTTP servers, the last through real sockets. Garbage is an error, never a crash or a hang.
 */
import { gzipSync } from "node:zlib";
import * as packets from "dns-packet";
import { LuaError } from "../../lua/errors.ts";
import { createRuntime } from "../../lua/runtime.ts";
import { decodeAnswer, type PacketLibrary } from "../../runtime/dns/message.ts";
import {
  decodeHead,
  encodeFrame,
  headLength,
  MessageAssembler,
  Opcode,
  ProtocolError,
} from "../../runtime/http/websocket_frames.ts";
import { binaryBytes, binaryString } from "../../runtime/posix/bytes.ts";
import { within } from "../support/eventer.ts";
import type { Targets } from "./codecs.ts";
import type { Target } from "./target.ts";

const library = packets as unknown as PacketLibrary;

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Cannot be: ${what}`);
}

const NAME = "a.example";
const ID = 0x4142;
const ANY = 255;

function answer(records: readonly object[]): string {
  return binaryString(library.encode({
    type: "response",
    id: ID,
    questions: [{ name: NAME, type: "A" }],
    answers: records.map((record) => ({ name: NAME, ttl: 60, ...record })),
  }));
}

const DNS: Target = {
  name: "dns",
  seeds: [
    answer([
      { type: "CNAME", data: "b.a.example" },
      { name: "b.a.example", type: "A", data: "192.0.2.1" },
      { name: "b.a.example", type: "AAAA", data: "2001:db8::1" },
    ]),
    answer([
      { type: "MX", data: { preference: 10, exchange: "m.a.example" } },
      { type: "TXT", data: ["one", "two"] },
      {
        type: "SRV",
        data: { port: 1, target: NAME, weight: 2, priority: 3 },
      },
      { type: "UNKNOWN_9", data: Buffer.from("\x01x\xc0\x0c", "latin1") },
    ]),
  ],
  // A pointer to the name of the question, one to itself, a record that never ends.
  tokens: [
    "\xc0\x0c",
    "\xc0\x20",
    "\xc0\xff",
    "\xff\xff",
    "\x3f",
    "\0",
    "\x40",
  ],
  run(text) {
    const bytes = binaryBytes(text);
    for (const type of [1, 5, 9, 15, 16, ANY]) {
      const question = { name: NAME, type, class: 1 };
      const result = decodeAnswer(library, bytes, ID, question);
      if (result.kind !== "records") continue;
      for (const { ttl, fields } of result.records) {
        check(Number.isInteger(ttl) && ttl >= 0, `${ttl} seconds`);
        for (const [key, value] of Object.entries(fields)) {
          const isNumber = typeof value === "number";
          check(isNumber === (key === "preference"), `${key}: ${value}`);
        }
      }
    }
  },
  refuses: () => false, // decodeAnswer says what is wrong without an error
};

/** A frame as a server sends it: not masked. */
function frame(opcode: number, payload: string, final = true): string {
  const masked = encodeFrame(opcode, payload);
  const head = headLength(masked);
  return String.fromCharCode(
    masked.charCodeAt(0) & (final ? 255 : 127),
    masked.charCodeAt(1) & 127,
  ) + masked.slice(2, head) + payload;
}

const WEBSOCKET: Target = {
  name: "websocket",
  seeds: [
    frame(Opcode.TEXT, "h\xc3\xa9llo") + frame(Opcode.PING, "p") +
    frame(Opcode.BINARY, "x".repeat(300)) +
    frame(Opcode.CONNECTION_CLOSE, "\x03\xe8"),
    frame(Opcode.TEXT, "\xe2\x82", false) + frame(Opcode.PONG, "") +
    frame(Opcode.CONTINUATION, "\xac", false) +
    frame(Opcode.CONTINUATION, "") + frame(Opcode.BINARY, "y".repeat(70_000)),
  ],
  tokens: [
    "\x81",
    "\x01",
    "\x80",
    "\x7e\0\x05",
    "\x7f\0\0\0\0\0\0\0\x05",
    "\xff",
  ],
  run(text) {
    const assembler = new MessageAssembler();
    let at = 0, received = 0;
    while (at + 2 <= text.length) {
      const length = headLength(text.slice(at, at + 2));
      if (at + length > text.length) break;
      const head = decodeHead(text.slice(at, at + length));
      at += length;
      if (at + head.length > text.length) break;
      const payload = text.slice(at, at + head.length);
      at += head.length;
      if (head.opcode >= Opcode.CONNECTION_CLOSE) continue;
      const message = assembler.add(head, payload);
      received += message?.payload.length ?? 0;
    }
    check(received <= text.length, `${received} bytes of ${text.length}`);
  },
  refuses: (error) => error instanceof ProtocolError,
};

/** A server that sends a document and hangs up, and a client that makes a response of it. */
const LUA = `
  local HttpClient = require("mtev.HttpClient")
  local path, document = "\\0fuzz-" .. mtev.uuid()
  mtev.coroutine_spawn(function()
    local listener = mtev.socket("unix")
    assert(listener:bind(path) == 0 and listener:listen(1) == 0)
    while true do
      local connection = listener:accept()
      connection:write(document)
      connection:close()
    end
  end)
  function fuzz_http(text)
    local method = #text % 7 == 0 and "HEAD" or "GET"
    document = text
    local connection = mtev.socket("unix")
    assert(connection:connect(path) == 0)
    local total = 0
    local client = HttpClient:new{ consume = function(piece) total = total + #piece end }
    client.e, client.method = connection, method
    client.raw_bytes, client.content_bytes = 0, 0
    local ok, problem = pcall(client.get_response, client, 100000)
    connection:close()
    if not ok then error(problem, 0) end
    assert(total == client.content_bytes and total <= 100000)
    assert(client.raw_bytes <= #text and client.code >= 100)
  end
`;

const OK = "HTTP/1.1 200 OK\r\n";
const ZIPPED = binaryString(
  Uint8Array.from(gzipSync("The quick brown fox. ".repeat(50))),
);

/**
 * Makes the targets.
 *
 * @returns The targets; to be disposed, as there is a runtime behind them
 */
export async function network(): Promise<Targets> {
  const runtime = await createRuntime();
  await runtime.eval(LUA);
  const http: Target = {
    name: "http",
    seeds: [
      `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 11\r\nX: a\r\n b\r\n\r\nhello world`,
      `${OK}Transfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: 1\r\n\r\n`,
      `${OK}Content-Encoding: gzip\r\nContent-Length: ${ZIPPED.length}\r\n\r\n${ZIPPED}`,
      `${OK}Connection: close\r\n\r\nto the end`,
      "HTTP/1.0 204 No Content\r\n\r\n",
    ],
    tokens: [
      ...["\r\n", "\n", ":", "\0", "0\r\n\r\n", "ffffffff\r\n", "-1", " "],
      ...["Content-Length: 5\r\n", "Content-Length: 99999999999999999999\r\n"],
      ...["Transfer-Encoding: chunked\r\n", "Content-Encoding: deflate\r\n"],
    ],
    async run(text) {
      await within(runtime.call("fuzz_http", text));
    },
    refuses: (error) =>
      error instanceof LuaError &&
      /no response|malformed HTTP response|malformed header line|bad chunk|short chunked|unknown content-encoding|zlib:/
        .test(error.message),
  };
  return {
    list: [DNS, WEBSOCKET, http],
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}
