/**
 * `struct sockaddr` to and from addresses: IPv4, IPv6 and paths of local sockets.
 *
 * The layout is Linux's: a 16-bit family in the machine's byte order (little-endian on all
 * described platforms), then the port in network byte order. Names are never resolved here.
 */

import { AF_INET, AF_INET6, AF_UNIX } from "./constants.ts";
import { binaryString, writeBinaryString } from "./bytes.ts";

/** Paths of local sockets are at most this long, without the NUL byte that ends them. */
export const MAX_SOCKET_PATH = 107;

/** An address, with its family spelt out. */
export type SocketAddress =
  | {
    readonly family: "inet" | "inet6";
    readonly ip: Uint8Array;
    readonly port: number;
  }
  | { readonly family: "unix"; readonly path: string };

/**
 * Makes the `struct sockaddr` of an IP address.
 *
 * @param ip 4 or 16 bytes.
 * @param port The port; its low 16 bits are used.
 * @returns The structure's bytes.
 */
export function encodeIpAddress(
  ip: Uint8Array,
  port: number,
): Uint8Array<ArrayBuffer> {
  const v4 = ip.length === 4;
  const bytes = new Uint8Array(v4 ? 16 : 28);
  bytes[0] = v4 ? AF_INET : AF_INET6;
  bytes[2] = port >> 8;
  bytes[3] = port;
  bytes.set(ip, v4 ? 4 : 8);
  return bytes;
}

/**
 * Makes the `struct sockaddr` of a local socket.
 *
 * @param path A binary string; one that begins with a NUL byte is a name in Linux's abstract
 *   namespace.
 * @returns The structure's bytes.
 * @throws {RangeError} When the path is too long.
 */
export function encodeUnixAddress(path: string): Uint8Array<ArrayBuffer> {
  if (path.length > MAX_SOCKET_PATH) {
    throw new RangeError(
      `Cannot use a socket path of ${path.length} bytes: at most ${MAX_SOCKET_PATH} fit`,
    );
  }
  const abstract = path.startsWith("\0");
  const bytes = new Uint8Array(2 + path.length + (abstract ? 0 : 1));
  bytes[0] = AF_UNIX;
  writeBinaryString(path, bytes, 2);
  return bytes;
}

/**
 * Reads a `struct sockaddr`.
 *
 * @param bytes The structure.
 * @param length How much of it there is.
 * @returns The address; undefined for other families and for no address at all.
 */
export function decodeAddress(
  bytes: Uint8Array,
  length: number,
): SocketAddress | undefined {
  if (length < 2) return undefined;
  const family = bytes[0]! | bytes[1]! << 8;
  if (family === AF_INET || family === AF_INET6) {
    const v4 = family === AF_INET;
    return {
      family: v4 ? "inet" : "inet6",
      ip: v4 ? bytes.slice(4, 8) : bytes.slice(8, 24),
      port: bytes[2]! << 8 | bytes[3]!,
    };
  }
  if (family !== AF_UNIX) return undefined;
  // A path ends at its NUL byte, an abstract name, which begins with one, where the address ends.
  const end = bytes[2] === 0 ? length : bytes.indexOf(0, 2);
  return {
    family: "unix",
    path: binaryString(bytes, 2, end < 0 || end > length ? length : end),
  };
}
