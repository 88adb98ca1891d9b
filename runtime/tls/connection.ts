/**
 * Secures a connection that is there: the handshake, on either side, and what came of it.
 *
 * Over node:tls, which is loaded by the first handshake. Certificates are accepted or refused by
 * verdict.ts alone. The invariants: a handshake that fails or is given up leaves the descriptor to
 * its owner, still open, and nothing else; after one that fails nothing passes in plain any more.
 */
import type { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { Eventer } from "../eventer/eventer.ts";
import type { Cancellable } from "../net/channel.ts";
import { parseIp } from "../net/ip_address.ts";
import { binaryBytes } from "../posix/bytes.ts";
import { SHUT_RDWR } from "../posix/constants.ts";
import { duplicate } from "../posix/descriptors.ts";
import { shutdown } from "../posix/sockets.ts";
import {
  allowsCipher,
  DEFAULT_LAYER,
  parseLayer,
  secureContextOptions,
  splitPem,
  type TlsOptions,
  type TlsVersions,
} from "./options.ts";
import { TlsChannel } from "./tls_channel.ts";
import {
  firstObjection,
  judge,
  type Tolerance,
  type Verdict,
} from "./verdict.ts";

/** How to secure a connection, and what to make of the peer. */
export interface HandshakeOptions extends TlsOptions {
  /** Which side this is. */
  readonly mode: "client" | "server";
  /** The name that a client asks the server for; a literal address is not sent. */
  readonly serverName?: string | undefined;
  /** Which faults of the peer's certificate do not matter. */
  readonly tolerance: Tolerance;
}

/** What a handshake has led to. */
export interface TlsConnection {
  readonly channel: TlsChannel;
  /** The negotiated cipher, in OpenSSL's words. */
  readonly cipher: string;
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string;
  /** The protocol that ALPN chose. */
  readonly alpn: string | undefined;
  /** On a server: the name that the client asked for. */
  readonly serverName: string | undefined;
  /** The peer's certificate, if it presented one. */
  readonly certificate: X509Certificate | undefined;
  /** What is wrong with it, tolerated or not. */
  readonly verdicts: readonly Verdict[];
  readonly versions: TlsVersions;
  /** The ciphers that were offered or accepted, in order. */
  readonly ciphers: readonly string[];
}

/** A prepared side of handshakes. */
export interface Preparation {
  readonly options: HandshakeOptions;
  readonly versions: TlsVersions;
  /** @internal The options for node:tls, known to be acceptable. */
  readonly contextOptions: import("node:tls").SecureContextOptions;
  /** @internal The certificates of authorities. */
  readonly trusted: readonly X509Certificate[];
}

function tls(): typeof import("node:tls") {
  return process.getBuiltinModule("node:tls");
}

function x509(): typeof X509Certificate {
  return process.getBuiltinModule("node:crypto").X509Certificate;
}

/**
 * Checks the options and reads the files that they name. Loads node:tls.
 *
 * @param options How to secure a connection.
 * @returns What {@link handshake} takes; good for several.
 * @throws {Error} When something is wrong with them.
 */
export function prepare(options: HandshakeOptions): Preparation {
  const versions = parseLayer(options.layer ?? DEFAULT_LAYER);
  const contextOptions = secureContextOptions(options, versions);
  const authorities = contextOptions.ca as string[] | undefined;
  if (options.ca !== undefined && authorities?.length === 0) {
    throw new Error("Cannot use the authorities: there is no certificate");
  }
  const Certificate = x509();
  // Throws when something is wrong with them. Each side makes its own: a server's does not take one.
  tls().createSecureContext(contextOptions);
  return {
    options,
    versions,
    contextOptions,
    trusted: (authorities ?? []).flatMap(splitPem).map((text) =>
      new Certificate(text)
    ),
  };
}

/**
 * Performs a handshake.
 *
 * @param eventer The loop.
 * @param fd A connected stream socket, which nobody else reads or waits for meanwhile.
 * @param readAhead What was read from it already and belongs to the handshake, in bytes.
 * @param preparation What {@link prepare} made.
 * @param done Told the connection, whose channel has taken the descriptor over; or what is wrong,
 *   with the descriptor still the caller's. Called on the loop.
 * @returns What gives it up.
 */
export function handshake(
  eventer: Eventer,
  fd: number,
  readAhead: string,
  preparation: Preparation,
  done: (result: TlsConnection | Error) => void,
): Cancellable {
  eventer.forgetFd(fd);
  const hold = eventer.hold({ outside: true });
  const raw = new (process.getBuiltinModule("node:net").Socket)({
    fd: duplicate(fd),
    readable: true,
    writable: true,
  });
  if (readAhead !== "") {
    raw.pause();
    raw.unshift(binaryBytes(readAhead));
  }
  let socket: TLSSocket | undefined;
  let ended = false;
  const end = (result: TlsConnection | Error) => {
    if (ended) return;
    ended = true;
    if (result instanceof Error) destroy();
    eventer.post(() => {
      hold[Symbol.dispose]();
      // Whoever overlooks the error must not send secrets to whoever caused it.
      if (result instanceof Error) shutdown(fd, SHUT_RDWR);
      if (!cancelled) return done(result);
      // Given up after it had succeeded: the descriptor is the owner's to close.
      destroy();
    });
  };
  let cancelled = false;
  const destroy = () => {
    socket?.destroy();
    raw.destroy();
  };
  const secured = (socket: TLSSocket) => {
    try {
      end(accept(eventer, fd, socket, raw, preparation));
    } catch (error) {
      end(error as Error);
    }
  };
  raw.on("error", end);
  raw.on("close", () => end(new Error("Connection reset by peer")));
  socket = preparation.options.mode === "client"
    ? startClient(raw, preparation, secured)
    : startServer(raw, preparation, secured, end, (made) => socket = made);
  socket?.on("error", end);
  socket?.on("close", () => end(new Error("Connection reset by peer")));
  return {
    cancel() {
      if (cancelled) return;
      cancelled = true;
      hold[Symbol.dispose]();
      ended = true;
      destroy();
    },
  };
}

type RawSocket = import("node:net").Socket;

function startClient(
  raw: RawSocket,
  { options, contextOptions }: Preparation,
  secured: (socket: TLSSocket) => void,
): TLSSocket {
  const { serverName, alpn } = options;
  const named = serverName !== undefined && serverName !== "" &&
    parseIp(serverName) === undefined;
  const socket = tls().connect(
    {
      ...contextOptions,
      socket: raw,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(named && { servername: serverName }),
      ...(alpn !== undefined && { ALPNProtocols: [...alpn] }),
    } as import("node:tls").ConnectionOptions,
  );
  socket.once("secureConnect", () => secured(socket));
  return socket;
}

function startServer(
  raw: RawSocket,
  { options, contextOptions, trusted }: Preparation,
  secured: (socket: TLSSocket) => void,
  failed: (error: Error) => void,
  made: (socket: TLSSocket) => void,
): undefined {
  const { alpn } = options;
  // A server for one connection: only it has all the events of a server's side.
  const server = tls().createServer(
    {
      ...contextOptions,
      requestCert: trusted.length > 0,
      rejectUnauthorized: false,
      ...(alpn !== undefined && { ALPNProtocols: [...alpn] }),
    } as import("node:tls").TlsOptions,
  );
  server.once("secureConnection", (socket) => {
    made(socket);
    socket.on("error", failed);
    secured(socket);
  });
  server.on("tlsClientError", failed);
  server.emit("connection", raw);
}

/** Looks at what was negotiated, and makes a connection of it if it is acceptable. */
function accept(
  eventer: Eventer,
  fd: number,
  socket: TLSSocket,
  raw: RawSocket,
  { options, versions, trusted }: Preparation,
): TlsConnection {
  const { name: cipher } = socket.getCipher();
  const protocol = socket.getProtocol() ?? "unknown";
  if (!allowsCipher(options.ciphers, cipher, protocol)) {
    throw new Error(
      `Cannot accept the cipher "${cipher}": it is not among "${options.ciphers}"`,
    );
  }
  const chain = peerChain(socket);
  const verdicts = chain.length > 0
    ? judge(chain, trusted, Date.now())
    : ["ok" as const];
  const objection = firstObjection(verdicts, options.tolerance);
  if (objection !== undefined) {
    throw new Error(`certificate verify failed: ${objection}`);
  }
  const { servername } = socket as TLSSocket & { servername?: unknown };
  return {
    channel: new TlsChannel(eventer, fd, socket, raw),
    cipher,
    protocol,
    alpn: socket.alpnProtocol || undefined,
    serverName: options.mode === "server" && typeof servername === "string"
      ? servername
      : undefined,
    certificate: chain[0],
    verdicts,
    versions,
    ciphers: cipherList(options.ciphers),
  };
}

/** The certificates that the peer presented, its own first. */
function peerChain(socket: TLSSocket): X509Certificate[] {
  const Certificate = x509();
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(
    true,
  );
  while (one?.raw !== undefined && !seen.has(one.fingerprint256)) {
    seen.add(one.fingerprint256);
    chain.push(new Certificate(one.raw));
    one = one.issuerCertificate;
  }
  return chain;
}

function cipherList(ciphers: string | undefined): string[] {
  const all = tls().getCiphers().map((name) => name.toUpperCase());
  if (ciphers === undefined || ciphers === "DEFAULT") return all;
  const named = ciphers.split(/[:, ]+/).filter((name) => name !== "");
  const known = named.filter((name) => all.includes(name.toUpperCase()));
  return known.length > 0 ? known : all;
}
