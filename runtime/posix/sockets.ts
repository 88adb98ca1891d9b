/**
 * Socket calls, with C's results: what they return, or -1 and `errno()`.
 *
 * Addresses are raw `struct sockaddr` bytes here; socket_address.ts gives them a meaning. Reading
 * and writing streams needs nothing of this file: `read` and `write` of descriptors.ts do that.
 */

import {
  IPPROTO_TCP,
  SIOCOUTQ,
  SO_ERROR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOL_SOCKET,
  TCP_INFO,
} from "./constants.ts";
import { libc } from "./libc.ts";

// Once or a few times per connection or datagram, so not compiled.
const symbols = libc({
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
  },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  sendto: {
    parameters: ["i32", "buffer", "u32", "i32", "buffer", "u32"],
    result: "i32",
  },
  recvfrom: {
    parameters: ["i32", "buffer", "u32", "i32", "buffer", "buffer"],
    result: "i32",
  },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
}, { rarely: true });

/** Room for an address that the kernel fills in. */
export const addressBytes: Uint8Array<ArrayBuffer> = new Uint8Array(128);
const addressLength = new Uint32Array(1);
const option = new Int32Array(1);
const optionLength = new Uint32Array(1);

/**
 * How much of {@link addressBytes} the last call filled.
 *
 * @returns A number of bytes; 0 when the kernel had no address to tell.
 */
export function filledAddressLength(): number {
  return Math.min(addressLength[0]!, addressBytes.length);
}

/**
 * Creates a nonblocking socket that is closed on exec.
 *
 * @param family AF_INET, AF_INET6 or AF_UNIX.
 * @param type SOCK_STREAM or SOCK_DGRAM.
 * @returns The descriptor, or -1 with `errno()` set.
 */
export function socket(family: number, type: number): number {
  return symbols().socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/**
 * Gives a socket its own address.
 *
 * @param fd The socket.
 * @param address A `struct sockaddr`.
 * @returns 0, or -1 with `errno()` set.
 */
export function bind(fd: number, address: Uint8Array<ArrayBuffer>): number {
  return symbols().bind(fd, address, address.length);
}

/**
 * Makes a socket accept connections.
 *
 * @param fd The socket.
 * @param backlog How many may wait to be accepted.
 * @returns 0, or -1 with `errno()` set.
 */
export function listen(fd: number, backlog: number): number {
  return symbols().listen(fd, backlog);
}

/**
 * Accepts a connection; the new socket is nonblocking and closed on exec.
 *
 * @param fd A listening socket.
 * @returns The new descriptor, or -1 with `errno()` set.
 */
export function accept(fd: number): number {
  return symbols().accept4(fd, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/**
 * Begins to connect a socket.
 *
 * @param fd The socket.
 * @param address A `struct sockaddr`.
 * @returns 0 when it is connected, or -1 with `errno()` set; EINPROGRESS means: wait until it is
 *   writable, then ask {@link pendingError}.
 */
export function connect(fd: number, address: Uint8Array<ArrayBuffer>): number {
  return symbols().connect(fd, address, address.length);
}

/**
 * Reads the error that is pending on a socket, and clears it.
 *
 * @param fd The socket.
 * @returns An error number, 0 when there is none; -1 with `errno()` set when `fd` is no socket.
 */
export function pendingError(fd: number): number {
  optionLength[0] = 4;
  const calls = symbols();
  const result = calls.getsockopt(
    fd,
    SOL_SOCKET,
    SO_ERROR,
    option,
    optionLength,
  );
  return result < 0 ? result : option[0]!;
}

/**
 * Sets an option whose value is an int.
 *
 * @param fd The socket.
 * @param level The option's level.
 * @param name The option's number.
 * @param value Its value.
 * @returns 0, or -1 with `errno()` set.
 */
export function setOption(
  fd: number,
  level: number,
  name: number,
  value: number,
): number {
  option[0] = value;
  return symbols().setsockopt(fd, level, name, option, 4);
}

/**
 * Reads an option whose value is an int.
 *
 * @param fd The socket.
 * @param level The option's level.
 * @param name The option's number.
 * @returns Its value, or undefined with `errno()` set.
 */
export function getOption(
  fd: number,
  level: number,
  name: number,
): number | undefined {
  optionLength[0] = 4;
  const calls = symbols();
  const result = calls.getsockopt(fd, level, name, option, optionLength);
  return result < 0 ? undefined : option[0]!;
}

/**
 * Reads a socket's own address into {@link addressBytes}.
 *
 * @param fd The socket.
 * @returns 0, or -1 with `errno()` set.
 */
export function ownAddress(fd: number): number {
  addressLength[0] = addressBytes.length;
  return symbols().getsockname(fd, addressBytes, addressLength);
}

/**
 * Reads the address of a socket's peer into {@link addressBytes}.
 *
 * @param fd The socket.
 * @returns 0, or -1 with `errno()` set.
 */
export function peerAddress(fd: number): number {
  addressLength[0] = addressBytes.length;
  return symbols().getpeername(fd, addressBytes, addressLength);
}

/**
 * Sends to the peer of a connected socket.
 *
 * @param fd The socket.
 * @param bytes What to send.
 * @param flags MSG constants.
 * @returns The number of bytes sent, or -1 with `errno()` set.
 */
export function send(
  fd: number,
  bytes: Uint8Array<ArrayBuffer>,
  flags: number,
): number {
  return symbols().send(fd, bytes, bytes.length, flags);
}

/**
 * Sends a datagram.
 *
 * @param fd The socket.
 * @param bytes What to send.
 * @param flags MSG constants.
 * @param address A `struct sockaddr`.
 * @returns The number of bytes sent, or -1 with `errno()` set.
 */
export function sendTo(
  fd: number,
  bytes: Uint8Array<ArrayBuffer>,
  flags: number,
  address: Uint8Array<ArrayBuffer>,
): number {
  const { sendto } = symbols();
  return sendto(fd, bytes, bytes.length, flags, address, address.length);
}

/**
 * Receives once, and the sender's address into {@link addressBytes}.
 *
 * @param fd The socket.
 * @param bytes Where to put the bytes; what a datagram holds beyond them is lost.
 * @returns The number of bytes received, or -1 with `errno()` set.
 */
export function receiveFrom(
  fd: number,
  bytes: Uint8Array<ArrayBuffer>,
): number {
  addressLength[0] = addressBytes.length;
  const { recvfrom } = symbols();
  return recvfrom(fd, bytes, bytes.length, 0, addressBytes, addressLength);
}

// struct tcp_info of Linux: `tcpi_bytes_acked`, 64 bits, read as 32-bit words.
const tcpInfo = new Uint32Array(64);
const BYTES_ACKED = 30;

/** How far the sending on a TCP connection has come. */
export interface SendProgress {
  /** How many bytes the kernel was given so far, by whomever; counted from an arbitrary start. */
  readonly given: number;
  /** How many of them the peer has not acknowledged. */
  readonly queued: number;
}

/**
 * Tells how far the sending on a TCP connection has come.
 *
 * @param fd The socket.
 * @returns Both counts; undefined when they cannot be had.
 */
export function sendProgress(fd: number): SendProgress | undefined {
  optionLength[0] = tcpInfo.byteLength;
  const calls = symbols();
  if (calls.getsockopt(fd, IPPROTO_TCP, TCP_INFO, tcpInfo, optionLength) < 0) {
    return undefined;
  }
  if (calls.ioctl(fd, BigInt(SIOCOUTQ), option) < 0) return undefined;
  const queued = option[0]!;
  const acknowledged = tcpInfo[BYTES_ACKED]! +
    tcpInfo[BYTES_ACKED + 1]! * 2 ** 32;
  return { given: acknowledged + queued, queued };
}

/**
 * Ends a direction of a connection.
 *
 * @param fd The socket.
 * @param direction One of the SHUT constants.
 * @returns 0, or -1 with `errno()` set.
 */
export function shutdown(fd: number, direction: number): number {
  return symbols().shutdown(fd, direction);
}
