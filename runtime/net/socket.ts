/**
 * Sockets as the API sees them: open, bind, connect with a time limit, accept, datagrams, names.
 *
 * Functions on descriptors, for a socket has no state of its own beyond the kernel's. Each attempt
 * is made at once; `wait…` functions go on from the loop. Reading and writing streams is stream.ts.
 * Failures are returned as error numbers, for the callers turn them into results, not exceptions.
 */
import type { Eventer } from "../eventer/eventer.ts";
import { ERROR, HANGUP } from "../eventer/poller_interface.ts";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  EAGAIN,
  ECONNABORTED,
  EINPROGRESS,
  EINTR,
  EMFILE,
  ENFILE,
  ENOBUFS,
  ENOMEM,
  ETIMEDOUT,
  MSG_NOSIGNAL,
  SOCK_DGRAM,
  SOCK_STREAM,
} from "../posix/constants.ts";
import { errno } from "../posix/libc.ts";
import { platform } from "../posix/platform.ts";
import {
  decodeAddress,
  encodeIpAddress,
  encodeUnixAddress,
  MAX_SOCKET_PATH,
  type SocketAddress,
} from "../posix/socket_address.ts";
import {
  accept as acceptOnce,
  addressBytes,
  bind,
  connect as connectOnce,
  filledAddressLength,
  getOption,
  listen,
  ownAddress,
  peerAddress,
  pendingError,
  receiveFrom,
  send,
  sendTo,
  setOption,
  socket,
} from "../posix/sockets.ts";
import { type Cancellable, EXCEPTION } from "./channel.ts";
import { parseIp } from "./ip_address.ts";

/** The kinds of addresses. */
export type Family = "inet" | "inet6" | "unix";

/** A `struct sockaddr`, ready for the kernel. */
export type RawAddress = Uint8Array<ArrayBuffer>;

/** How often a connection to a local socket whose queue is full is tried again, in milliseconds. */
const RETRY_MS = 5;

const FAMILIES = { inet: AF_INET, inet6: AF_INET6, unix: AF_UNIX };

/**
 * Opens a nonblocking socket.
 *
 * @param family The kind of addresses it has.
 * @param type `tcp` for streams, `udp` for datagrams.
 * @returns The descriptor, or -errno.
 */
export function openSocket(family: Family, type: "tcp" | "udp"): number {
  const fd = socket(
    FAMILIES[family],
    type === "tcp" ? SOCK_STREAM : SOCK_DGRAM,
  );
  return fd < 0 ? -errno() : fd;
}

/**
 * Makes an address for the kernel.
 *
 * @param family The family of the socket it is for.
 * @param address A literal IP address, or for `unix` a path.
 * @param port The port; only its low 16 bits count.
 * @returns The address, or undefined when the text is none.
 */
export function rawAddress(
  family: Family,
  address: string,
  port: number,
): RawAddress | undefined {
  if (family === "unix") {
    if (address === "" || address.length > MAX_SOCKET_PATH) return undefined;
    return encodeUnixAddress(address);
  }
  const ip = parseIp(address);
  return ip && encodeIpAddress(ip, port);
}

/**
 * Gives a socket its own address.
 *
 * @param fd The socket.
 * @param address The address.
 * @returns 0 or an error number.
 */
export function bindSocket(fd: number, address: RawAddress): number {
  return bind(fd, address) < 0 ? errno() : 0;
}

/**
 * Makes a socket accept connections.
 *
 * @param fd The socket.
 * @param backlog How many may wait to be accepted.
 * @returns 0 or an error number.
 */
export function listenSocket(fd: number, backlog: number): number {
  return listen(fd, backlog) < 0 ? errno() : 0;
}

/**
 * Sets an option by its C name.
 *
 * @param fd The socket.
 * @param name Such as `SO_REUSEADDR` or `TCP_NODELAY`.
 * @param value The option's value, an int.
 * @returns 0, an error number, or undefined when the platform has no such option.
 */
export function setSocketOption(
  fd: number,
  name: string,
  value: number,
): number | undefined {
  const options = platform?.socketOptions ?? {};
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) return undefined;
  return setOption(fd, option[0], option[1], value) < 0 ? errno() : 0;
}

/**
 * Reads an option by its C name.
 *
 * @param fd The socket.
 * @param name Such as `SO_SNDBUF`.
 * @returns Its value, or undefined when it cannot be had.
 */
export function socketOption(fd: number, name: string): number | undefined {
  const option = platform?.socketOptions[name];
  return option && getOption(fd, option[0], option[1]);
}

/**
 * The socket's own address.
 *
 * @param fd The socket.
 * @returns The address, or undefined when it has none.
 */
export function socketName(fd: number): SocketAddress | undefined {
  if (ownAddress(fd) < 0) return undefined;
  return decodeAddress(addressBytes, filledAddressLength());
}

/**
 * The address of the socket's peer.
 *
 * @param fd The socket.
 * @returns The address, or undefined when it has none.
 */
export function peerName(fd: number): SocketAddress | undefined {
  if (peerAddress(fd) < 0) return undefined;
  return decodeAddress(addressBytes, filledAddressLength());
}

/**
 * Accepts a connection that is there.
 *
 * @param fd A listening socket.
 * @returns The new descriptor, or -errno; -EAGAIN means: wait until the socket is readable.
 */
export function acceptSocket(fd: number): number {
  for (;;) {
    const accepted = acceptOnce(fd);
    if (accepted >= 0) return accepted;
    const error = errno();
    // A connection that went away before it was accepted is nobody's concern.
    if (error !== EINTR && error !== ECONNABORTED) return -error;
  }
}

/**
 * Tells whether accepting failed for want of something that others may give back.
 *
 * @param error An error number.
 * @returns Whether it makes sense to try again later.
 */
export function isShortage(error: number): boolean {
  return error === EMFILE || error === ENFILE || error === ENOBUFS ||
    error === ENOMEM;
}

/**
 * Begins to connect.
 *
 * @param fd The socket.
 * @param address The peer's address.
 * @returns 0 when it is connected, -EAGAIN when it has to be waited for with {@link waitConnect},
 *   or an error number.
 */
export function connectSocket(fd: number, address: RawAddress): number {
  for (;;) {
    if (connectOnce(fd, address) === 0) return 0;
    const error = errno();
    if (error === EINPROGRESS || error === EAGAIN) return -EAGAIN;
    if (error !== EINTR) return error;
  }
}

/**
 * Goes on with a connection that was begun.
 *
 * @param eventer The loop.
 * @param fd The socket.
 * @param address The address given to {@link connectSocket}.
 * @param timeoutMs Milliseconds, or undefined for as long as the system tries.
 * @param done Told 0 or an error number, ETIMEDOUT also when the time is over.
 * @returns What gives it up.
 */
export function waitConnect(
  eventer: Eventer,
  fd: number,
  address: RawAddress,
  timeoutMs: number | undefined,
  done: (error: number, timedOut: boolean) => void,
): Cancellable {
  let wait: Cancellable | undefined;
  const limit = timeoutMs === undefined
    ? undefined
    : eventer.timer(timeoutMs, () => {
      wait?.cancel();
      done(ETIMEDOUT, true);
    });
  const end = (error: number) => {
    limit?.cancel();
    done(error, false);
  };
  const retry = () => {
    const result = connectSocket(fd, address);
    if (result !== -EAGAIN) end(result);
    else wait = eventer.timer(RETRY_MS, retry);
  };
  // A local socket whose peer's queue is full tells nobody when there is room.
  if (isUnix(address)) wait = eventer.timer(RETRY_MS, retry);
  else {
    wait = eventer.waitFd(fd, "write", () => {
      const error = pendingError(fd);
      end(error < 0 ? errno() : error);
    });
  }
  return {
    cancel() {
      limit?.cancel();
      wait?.cancel();
    },
  };
}

function isUnix(address: RawAddress): boolean {
  return (address[0]! | address[1]! << 8) === AF_UNIX;
}

/**
 * Sends once, to the socket's peer or to an address.
 *
 * @param fd The socket.
 * @param bytes What to send.
 * @param address Where to; undefined for the peer of a connected socket.
 * @returns The number of bytes sent, or -errno; -EAGAIN means: wait until it is writable.
 */
export function sendOnce(
  fd: number,
  bytes: Uint8Array<ArrayBuffer>,
  address: RawAddress | undefined,
): number {
  for (;;) {
    const sent = address === undefined
      ? send(fd, bytes, MSG_NOSIGNAL)
      : sendTo(fd, bytes, MSG_NOSIGNAL, address);
    if (sent >= 0) return sent;
    const error = errno();
    if (error !== EINTR) return -error;
  }
}

/** What was received, and from whom. */
export interface Received {
  /** The number of bytes. */
  readonly count: number;
  /** The sender, where the kernel names it. */
  readonly from: SocketAddress | undefined;
}

/**
 * Receives once.
 *
 * @param fd The socket.
 * @param bytes Where to put it.
 * @returns What came, or -errno; -EAGAIN means: wait until it is readable.
 */
export function receiveOnce(
  fd: number,
  bytes: Uint8Array<ArrayBuffer>,
): Received | number {
  for (;;) {
    const count = receiveFrom(fd, bytes);
    if (count >= 0) {
      return {
        count,
        from: decodeAddress(addressBytes, filledAddressLength()),
      };
    }
    const error = errno();
    if (error !== EINTR) return -error;
  }
}

/**
 * Waits for a socket and repeats an attempt until it does not ask to wait again.
 *
 * @typeParam T What the attempt gives.
 * @param eventer The loop.
 * @param fd The socket.
 * @param direction What the attempt needs.
 * @param attempt Returns its result; -EAGAIN asks to wait again.
 * @param done Told the result, or {@link EXCEPTION}.
 * @returns What gives it up.
 */
export function waitAndRepeat<T>(
  eventer: Eventer,
  fd: number,
  direction: "read" | "write",
  attempt: () => T | number,
  done: (result: T | number) => void,
): Cancellable {
  const begin = () =>
    eventer.waitFd(fd, direction, (ready) => {
      if ((ready & (HANGUP | ERROR)) !== 0) return done(EXCEPTION);
      const result = attempt();
      if (result === -EAGAIN) wait = begin();
      else done(result);
    });
  let wait = begin();
  return { cancel: () => void wait.cancel() };
}
