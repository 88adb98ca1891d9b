/**
 * A WebSocket connection from the client's side: connect, TLS, upgrade, messages, goodbye.
 *
 * Everything happens on the loop, by callbacks. The next message is read when the handler of the
 * last one says so, so that a slow handler holds back the peer and not the memory. The invariants:
 * `closed` is called exactly once, last, unless the client is disposed; pings are answered here.
 */
import type { Eventer } from "../eventer/eventer.ts";
import type { Cancellable } from "../net/channel.ts";
import { parseIp } from "../net/ip_address.ts";
import {
  connectSocket,
  openSocket,
  rawAddress,
  waitConnect,
} from "../net/socket.ts";
import { PENDING, Stream } from "../net/stream.ts";
import { EAGAIN } from "../posix/constants.ts";
import { handshake, type Preparation } from "../tls/connection.ts";
import {
  CloseCode,
  decodeHead,
  encodeCloseCode,
  encodeFrame,
  type FrameHead,
  headLength,
  MAX_CONTROL,
  MessageAssembler,
  Opcode,
  ProtocolError,
} from "./websocket_frames.ts";

/** Where to connect, and how. */
export interface WebsocketOptions {
  /** A literal IP address; also the value of `Host`. */
  readonly address: string;
  readonly port: number;
  /** The path, with the query. */
  readonly uri: string;
  /** The value of `Sec-WebSocket-Protocol`. */
  readonly protocol?: string | undefined;
  /** TLS, if wanted. */
  readonly tls?: Preparation | undefined;
}

/** Told what happens. */
export interface WebsocketHandlers {
  /** The connection is there. Call `next` to get messages. */
  ready(next: () => void): void;
  /** A message of text or bytes is there. Call `next` to get more. */
  message(opcode: number, payload: string, next: () => void): void;
  /** The connection is gone, or never was. */
  closed(): void;
}

/** The response to an upgrade is no longer than this. */
const MAX_RESPONSE = 65536;
/** How long the peer may take to say goodbye, in milliseconds. */
const GOODBYE_MS = 2000;
/** What the protocol puts behind a key before it is hashed. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** One connection. */
export class WebsocketClient implements Disposable {
  #stream: Stream | undefined;
  #operation: Cancellable | undefined;
  #writing: Cancellable | undefined;
  #goodbye: Cancellable | undefined;
  readonly #outgoing: string[] = [];
  readonly #assembler = new MessageAssembler();
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";

  private constructor(
    readonly eventer: Eventer,
    readonly options: WebsocketOptions,
    readonly handlers: WebsocketHandlers,
  ) {}

  /**
   * Begins to connect. Does not suspend.
   *
   * @param eventer The loop.
   * @param options Where to connect.
   * @param handlers Told what happens, later, on the loop.
   * @returns The client; undefined when the address is none, or the system refuses at once.
   */
  static connect(
    eventer: Eventer,
    options: WebsocketOptions,
    handlers: WebsocketHandlers,
  ): WebsocketClient | undefined {
    const ip = parseIp(options.address);
    if (ip === undefined) return undefined;
    const family = ip.length === 4 ? "inet" : "inet6";
    const fd = openSocket(family, "tcp");
    if (fd < 0) return undefined;
    const stream = Stream.of(eventer, fd);
    stream.searchLimit = MAX_RESPONSE;
    const address = rawAddress(family, options.address, options.port)!;
    const result = connectSocket(fd, address);
    if (result !== 0 && result !== -EAGAIN) {
      stream[Symbol.dispose]();
      return undefined;
    }
    const client = new WebsocketClient(eventer, options, handlers);
    client.#stream = stream;
    const connected = (error: number) =>
      error === 0 ? client.#secure(fd) : client.#close();
    client.#operation = result === 0
      ? eventer.timer(0, () => connected(0))
      : waitConnect(eventer, fd, address, undefined, connected);
    return client;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /**
   * Sends a frame. Does not suspend; what the peer does not take is kept.
   *
   * @param opcode Its kind.
   * @param payload Its bytes.
   * @returns Whether the connection is open and there can be such a frame.
   */
  send(opcode: number, payload: string): boolean {
    if (this.#state !== "open") return false;
    if (opcode < 0 || opcode > 15) return false;
    if (opcode >= 8 && payload.length > MAX_CONTROL) return false;
    this.#write(encodeFrame(opcode, payload));
    if (opcode === Opcode.CONNECTION_CLOSE) this.#awaitGoodbye();
    return true;
  }

  /**
   * Says goodbye and closes, at the latest after two seconds. Does not suspend.
   *
   * @param code Why.
   */
  close(code: number = CloseCode.NORMAL): void {
    if (this.#state === "connecting") return this.#closeSoon();
    if (this.#state !== "open") return;
    this.send(Opcode.CONNECTION_CLOSE, encodeCloseCode(code));
    // Whoever says goodbye no longer waits for a handler.
    if (this.#operation === undefined) this.#readFrame();
  }

  /** Closes at once; nothing is told. */
  [Symbol.dispose](): void {
    this.#state = "closed";
    this.#operation?.cancel();
    this.#writing?.cancel();
    this.#goodbye?.cancel();
    this.#stream?.[Symbol.dispose]();
    this.#stream = undefined;
  }

  #close(): void {
    if (this.#state === "closed") return;
    this[Symbol.dispose]();
    this.handlers.closed();
  }

  /** For calls from outside the loop's callbacks. */
  #closeSoon(): void {
    this.#operation?.cancel();
    this.#operation = this.eventer.timer(0, () => this.#close());
  }

  #awaitGoodbye(): void {
    this.#state = "closing";
    this.#goodbye ??= this.eventer.timer(GOODBYE_MS, () => this.#close());
  }

  #secure(fd: number): void {
    const { tls } = this.options;
    if (tls === undefined) return this.#upgrade();
    this.#operation = handshake(this.eventer, fd, "", tls, (result) => {
      if (result instanceof Error) return this.#close();
      this.#stream!.replaceChannel(result.channel);
      this.#upgrade();
    });
  }

  #upgrade(): void {
    const { address, uri, protocol } = this.options;
    const key = btoa(
      String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))),
    );
    const lines = [
      `GET ${uri} HTTP/1.1`,
      `Host: ${address}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${key}`,
      "Sec-WebSocket-Version: 13",
      ...(protocol === undefined
        ? []
        : [`Sec-WebSocket-Protocol: ${protocol}`]),
    ];
    this.#write(`${lines.join("\r\n")}\r\n\r\n`);
    this.#read("\r\n\r\n", (response) => {
      if (!acceptsUpgrade(response, key)) return this.#close();
      this.#state = "open";
      this.#operation = undefined;
      this.handlers.ready(() => this.#next());
    });
  }

  /** A handler is done. */
  #next(): void {
    if (this.#operation === undefined && this.#state === "open") {
      this.#readFrame();
    }
  }

  #readFrame(): void {
    this.#read(2, (start) =>
      this.#read(headLength(start) - 2, (rest) => {
        const head = decodeHead(start + rest);
        this.#read(head.length, (payload) => this.#receive(head, payload));
      }));
  }

  #receive(head: FrameHead, payload: string): void {
    switch (head.opcode) {
      case Opcode.CONNECTION_CLOSE: {
        if (this.#state !== "open") return this.#close();
        // The same code back; then the server ends the connection, or time does.
        this.send(Opcode.CONNECTION_CLOSE, payload.slice(0, 2));
        return this.#flushAndClose();
      }
      case Opcode.PING:
        this.send(Opcode.PONG, payload);
        return this.#readFrame();
      case Opcode.PONG:
        return this.#readFrame();
    }
    const message = this.#assembler.add(head, payload);
    if (message === undefined || this.#state !== "open") {
      return this.#readFrame();
    }
    this.#operation = undefined;
    this.handlers.message(
      message.opcode,
      message.payload,
      () => this.#next(),
    );
  }

  #flushAndClose(): void {
    if (this.#writing === undefined) this.#closeSoon();
    // Else the end of the writing, or of the time for it, closes.
  }

  /** Reads, and goes on from the loop; closes when there is no more, or the protocol is broken. */
  #read(stop: number | string, next: (data: string) => void): void {
    const proceed = (data: string | undefined) => {
      const whole = data !== undefined &&
        (typeof stop === "number" ? data.length === stop : data.endsWith(stop));
      if (!whole) return this.#close();
      try {
        next(data);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        if (this.#state === "open") {
          this.send(Opcode.CONNECTION_CLOSE, encodeCloseCode(error.code));
        }
        this.#flushAndClose();
      }
    };
    const stream = this.#stream;
    if (stream === undefined) return;
    const data = stream.read(stop);
    this.#operation = data === PENDING
      ? stream.waitRead(stop, proceed)
      // Never nested: a server may send any number of small frames at once.
      : this.eventer.timer(0, () => proceed(data));
  }

  #write(data: string): void {
    this.#outgoing.push(data);
    if (this.#writing === undefined) this.#flush();
  }

  #flush(): void {
    this.#writing = undefined;
    const stream = this.#stream;
    while (stream !== undefined && this.#outgoing.length > 0) {
      const data = this.#outgoing[0]!;
      const done = stream.write(data);
      if (done < 0) return this.#closeSoon();
      if (done < data.length) {
        this.#writing = stream.waitWrite(data, done, (error) => {
          this.#outgoing.shift();
          if (error !== 0) return this.#close();
          this.#flush();
          if (this.#state === "closing" && this.#operation === undefined) {
            this.#close();
          }
        });
        return;
      }
      this.#outgoing.shift();
    }
  }
}

/** Whether a response agrees to an upgrade. */
function acceptsUpgrade(response: string, key: string): boolean {
  const [status, ...lines] = response.split("\r\n");
  if (!/^HTTP\/1\.1 101(?: |$)/.test(status!)) return false;
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [
        line.slice(0, colon).toLowerCase(),
        line.slice(colon + 1).trim(),
      ];
    }),
  );
  const expected = process.getBuiltinModule("node:crypto")
    .createHash("sha1").update(key + KEY_SUFFIX).digest("base64");
  return headers.get("sec-websocket-accept") === expected &&
    headers.get("upgrade")?.toLowerCase() === "websocket";
}
