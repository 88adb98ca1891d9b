/**
 * Asks name servers: over UDP, again when nothing comes, over TCP when an answer is cut off.
 *
 * Every lookup has sockets of its own, connected to their servers, so that the port is a new random
 * one, nobody else's datagrams arrive, and a server that is not there says so at once. The
 * invariants: a lookup ends, at the latest after all attempts; it calls back once, from the loop;
 * whatever ends it closes its sockets. Nothing is kept: there is no cache.
 */
import type { Eventer } from "../eventer/eventer.ts";
import type { Job } from "../eventer/job.ts";
import type { Timer } from "../eventer/timers.ts";
import type { Cancellable } from "../net/channel.ts";
import { formatIp } from "../net/ip_address.ts";
import {
  connectSocket,
  openSocket,
  type RawAddress,
  receiveOnce,
  sendOnce,
  waitConnect,
} from "../net/socket.ts";
import { PENDING, Stream } from "../net/stream.ts";
import { binaryBytes, binaryString } from "../posix/bytes.ts";
import { EAGAIN } from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import { encodeIpAddress } from "../posix/socket_address.ts";
import {
  type DnsConfiguration,
  hostAddresses,
  readSystemFile,
  type Server,
} from "./configuration.ts";
import {
  decodeAnswer,
  type DnsRecord,
  encodeQuestion,
  type PacketLibrary,
  type Question,
} from "./message.ts";
import { INTERNET, isEncodable, typeNumber } from "./names.ts";

/** Told the records, perhaps none. */
export type LookupCallback = (records: DnsRecord[]) => void;

const MAX_DATAGRAM = 65535;
const A = typeNumber("A")!;
const AAAA = typeNumber("AAAA")!;

let library: PacketLibrary | undefined;

async function loadLibrary(): Promise<PacketLibrary> {
  const module = await import("dns-packet");
  // Its published types are of an older version.
  return library = (module.default ?? module) as unknown as PacketLibrary;
}

/**
 * Resolves names.
 *
 * @example Ask for addresses
 * ```ts no-run
 * import { Eventer } from "../eventer/eventer.ts";
 * import { configurationFor, parseServer } from "./configuration.ts";
 * import { Resolver } from "./resolver.ts";
 *
 * await using eventer = new Eventer();
 * const resolver = new Resolver(
 *   eventer,
 *   configurationFor(parseServer("127.0.0.1")!),
 * );
 * resolver.lookup(
 *   { name: "example.com", type: 1, class: 1 },
 *   (records) => console.log(records),
 * );
 * ```
 */
export class Resolver {
  readonly #eventer: Eventer;
  readonly #configuration: DnsConfiguration;
  readonly #hostsFile: string | undefined;

  /**
   * @param eventer The loop.
   * @param configuration Whom to ask.
   * @param hostsFile A file that is asked first for A and AAAA records.
   */
  constructor(
    eventer: Eventer,
    configuration: DnsConfiguration,
    hostsFile?: string,
  ) {
    this.#eventer = eventer;
    this.#configuration = configuration;
    this.#hostsFile = hostsFile;
  }

  /**
   * Looks a name up. Does not suspend.
   *
   * @param question What to ask.
   * @param done Told the records; none when the name is not there, no server answers, or all fail.
   * @returns What gives it up.
   * @throws {RangeError} When the name does not fit into a question.
   */
  lookup(question: Question, done: LookupCallback): Cancellable {
    if (!isEncodable(question.name)) {
      throw new RangeError(
        `Cannot look up "${question.name}": a label is empty or too long`,
      );
    }
    const known = this.#knownHere(question);
    if (known.length > 0) return this.#eventer.timer(0, () => done(known));
    return new Lookup(this.#eventer, this.#configuration, question, done);
  }

  #knownHere(question: Question): DnsRecord[] {
    const { type, name } = question;
    if (this.#hostsFile === undefined || question.class !== INTERNET) return [];
    if (type !== A && type !== AAAA) return [];
    return hostAddresses(readSystemFile(this.#hostsFile), name)
      .filter((ip) => (ip.length === 4) === (type === A))
      .map((ip) => ({
        type,
        ttl: 0,
        fields: { [type === A ? "a" : "aaaa"]: formatIp(ip) },
      }));
  }
}

/** One lookup under way. */
class Lookup implements Cancellable {
  readonly #id = crypto.getRandomValues(new Uint16Array(1))[0]!;
  /** The UDP socket of each server that was asked. */
  readonly #sockets = new Map<Server, number>();
  #attempt = 0;
  #timer: Timer | undefined;
  #loading: Job | undefined;
  #stream: TcpQuestion | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #ended = false;

  constructor(
    readonly eventer: Eventer,
    readonly configuration: DnsConfiguration,
    readonly question: Question,
    readonly done: LookupCallback,
  ) {
    if (library !== undefined) {
      // Callbacks come from the loop, also when all sockets fail at once.
      this.#timer = eventer.timer(0, () => this.#next());
      return;
    }
    this.#loading = eventer.job(loadLibrary, (outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      this.#next();
    });
  }

  cancel(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#loading?.cancel();
    this.#timer?.cancel();
    this.#stream?.cancel();
    for (const fd of this.#sockets.values()) this.#close(fd);
    this.#sockets.clear();
  }

  #close(fd: number): void {
    this.eventer.forgetFd(fd);
    close(fd);
  }

  #end(records: DnsRecord[]): void {
    this.cancel();
    this.done(records);
  }

  /** Asks the next server, or gives up. */
  #next(): void {
    this.#timer?.cancel();
    const { servers, attempts, timeoutMs } = this.configuration;
    if (this.#attempt >= servers.length * attempts) return this.#end([]);
    const server = servers[this.#attempt++ % servers.length]!;
    this.#timer = this.eventer.timer(timeoutMs, () => this.#next());
    this.#ask(server);
  }

  /** A failed server: not called from where it was asked, so that no chain of failures nests. */
  #failed(): void {
    this.#timer?.cancel();
    this.#timer = this.eventer.timer(0, () => this.#next());
  }

  #ask(server: Server): void {
    this.#bytes ??= encodeQuestion(library!, this.#id, this.question);
    let fd = this.#sockets.get(server);
    if (fd === undefined) {
      fd = openSocket(server.ip.length === 4 ? "inet" : "inet6", "udp");
      if (fd < 0) return this.#failed();
      this.#sockets.set(server, fd);
      if (connectSocket(fd, addressOf(server)) !== 0) return this.#failed();
      this.#listen(server, fd);
    }
    const sent = sendOnce(fd, this.#bytes, undefined);
    if (sent < 0 && sent !== -EAGAIN) this.#failed();
  }

  #listen(server: Server, fd: number): void {
    this.eventer.waitFd(fd, "read", () => {
      const bytes = new Uint8Array(MAX_DATAGRAM);
      for (;;) {
        const received = receiveOnce(fd, bytes);
        if (typeof received !== "number") {
          this.#receive(server, bytes.slice(0, received.count));
          if (this.#ended) return;
          continue;
        }
        this.#listen(server, fd);
        if (received !== -EAGAIN) this.#failed();
        return;
      }
    });
  }

  #receive(server: Server, bytes: Uint8Array): void {
    const answer = decodeAnswer(library!, bytes, this.#id, this.question);
    switch (answer.kind) {
      case "records":
        return this.#end(answer.records);
      case "truncated":
        return this.#askAgain(server);
      case "failed":
      case "malformed":
        return this.#failed();
      case "other": // somebody guesses; the answer may still come
    }
  }

  /** Over TCP, within the time of the attempt. */
  #askAgain(server: Server): void {
    if (this.#stream !== undefined) return;
    const fd = openSocket(server.ip.length === 4 ? "inet" : "inet6", "tcp");
    if (fd < 0) return this.#failed();
    this.#stream = new TcpQuestion(
      this.eventer,
      fd,
      addressOf(server),
      this.#bytes!,
      (bytes) => {
        this.#stream?.cancel();
        this.#stream = undefined;
        if (bytes === undefined) return this.#failed();
        const answer = decodeAnswer(library!, bytes, this.#id, this.question);
        if (answer.kind === "records") this.#end(answer.records);
        else this.#failed();
      },
    );
    this.#stream.begin();
  }
}

/** A question over TCP: a length before each message. */
class TcpQuestion implements Cancellable {
  readonly #stream: Stream;
  #connecting: Cancellable | undefined;
  #ended = false;

  constructor(
    readonly eventer: Eventer,
    readonly fd: number,
    readonly address: RawAddress,
    readonly bytes: Uint8Array<ArrayBuffer>,
    readonly done: (answer: Uint8Array | undefined) => void,
  ) {
    this.#stream = Stream.of(eventer, fd);
  }

  begin(): void {
    const result = connectSocket(this.fd, this.address);
    if (result === 0) return this.#send();
    if (result !== -EAGAIN) return this.done(undefined);
    this.#connecting = waitConnect(
      this.eventer,
      this.fd,
      this.address,
      undefined,
      (error) => error === 0 ? this.#send() : this.done(undefined),
    );
  }

  cancel(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#connecting?.cancel();
    this.#stream[Symbol.dispose]();
  }

  #send(): void {
    const { length } = this.bytes;
    const data = String.fromCharCode(length >> 8, length & 255) +
      binaryString(this.bytes);
    // A question always fits into an empty send buffer.
    if (this.#stream.write(data) !== data.length) return this.done(undefined);
    this.#read(2, (prefix) => {
      const count = prefix.charCodeAt(0) << 8 | prefix.charCodeAt(1);
      this.#read(count, (message) => this.done(binaryBytes(message)));
    });
  }

  #read(count: number, next: (data: string) => void): void {
    const proceed = (data: string | undefined) => {
      if (data === undefined || data.length < count) this.done(undefined);
      else next(data);
    };
    const data = this.#stream.read(count);
    if (data === PENDING) this.#stream.waitRead(count, proceed);
    else proceed(data);
  }
}

function addressOf(server: Server): RawAddress {
  return encodeIpAddress(server.ip, server.port);
}
