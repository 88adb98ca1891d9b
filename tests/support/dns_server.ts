/**
 * A name server for tests, on UDP and TCP of one kernel-given port of 127.0.0.1.
 *
 * A test says what is answered to each question, as a packet or as raw bytes; the bytes go over
 * real sockets.
 */
import dgram from "node:dgram";
import net from "node:net";
import * as packets from "dns-packet";

/** What dns-packet makes of a question. */
export interface Query {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly class: string;
  /** Whether it came over TCP. */
  readonly tcp: boolean;
  /** How many came before it. */
  readonly count: number;
}

/** An answer: records, or a packet's own fields, raw bytes, or silence. */
export type Reply =
  | readonly object[]
  | { readonly packet: object }
  | { readonly bytes: Uint8Array }
  | undefined;

/** The flags of an answer that is cut off. */
export const TRUNCATED = 0x200;

export class DnsServer implements AsyncDisposable {
  readonly #udp = dgram.createSocket("udp4");
  readonly #tcp: net.Server;
  readonly #connections = new Set<net.Socket>();
  readonly queries: Query[] = [];
  port = 0;

  private constructor(readonly answer: (query: Query) => Reply) {
    this.#udp.on("message", (message, from) => {
      const reply = this.#reply(message, false);
      if (reply !== undefined) this.#udp.send(reply, from.port, from.address);
    });
    this.#tcp = net.createServer((connection) => {
      this.#connections.add(connection);
      connection.on("close", () => this.#connections.delete(connection));
      connection.on("error", () => {});
      connection.once("data", (data) => {
        const reply = this.#reply(data.subarray(2), true);
        if (reply === undefined) return connection.destroy();
        const prefix = new Uint8Array([reply.length >> 8, reply.length & 255]);
        connection.write(prefix);
        connection.end(reply);
      });
    });
  }

  static async start(answer: (query: Query) => Reply): Promise<DnsServer> {
    const server = new DnsServer(answer);
    await new Promise<void>((resolve) =>
      server.#tcp.listen(0, "127.0.0.1", resolve)
    );
    server.port = (server.#tcp.address() as net.AddressInfo).port;
    await new Promise<void>((resolve) =>
      server.#udp.bind(server.port, "127.0.0.1", resolve)
    );
    return server;
  }

  /** The address as `mtev.dns` takes it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  #reply(message: Uint8Array, tcp: boolean): Uint8Array | undefined {
    const asked = packets.decode(message as never);
    const [question] = asked.questions!;
    const query = {
      id: asked.id!,
      name: question!.name,
      type: question!.type as string,
      class: question!.class as string,
      tcp,
      count: this.queries.length,
    };
    this.queries.push(query);
    const reply = this.answer(query);
    if (reply === undefined) return undefined;
    if ("bytes" in reply) return reply.bytes;
    return packets.encode({
      type: "response",
      id: asked.id,
      questions: asked.questions,
      ...("packet" in reply ? reply.packet : { answers: reply }),
    } as packets.Packet);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#udp.close(resolve)),
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
    ]);
  }
}
