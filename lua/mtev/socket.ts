/**
 * Sockets: `mtev.socket`, and what an eventer object can do only when it is
 * one: bind, listen, accept, connect, datagrams, options, names. Reading,
 * writing, owning and closing are in lua/eventer_object.ts. Specification:
 * mtev-lua-api.md §5.
 *
 * Every operation is tried at once; only one that would block suspends.
 */
import { EXCEPTION } from "../../runtime/net/channel.ts";
import { formatIp, parseIp } from "../../runtime/net/ip_address.ts";
import {
  acceptSocket,
  bindSocket,
  connectSocket,
  type Family,
  isShortage,
  listenSocket,
  openSocket,
  peerName,
  type RawAddress,
  rawAddress,
  type Received,
  receiveOnce,
  sendOnce,
  setSocketOption,
  socketName,
  waitAndRepeat,
  waitConnect,
} from "../../runtime/net/socket.ts";
import { binaryBytes, binaryString } from "../../runtime/posix/bytes.ts";
import { EAGAIN } from "../../runtime/posix/constants.ts";
import { strerror } from "../../runtime/posix/posix_error.ts";
import type { SocketAddress } from "../../runtime/posix/socket_address.ts";
import {
  argumentError,
  checkString,
  raise,
  toNumberArgument,
  toStringArgument,
} from "../args.ts";
import type { Coroutine } from "../coroutines.ts";
import { definer } from "../define.ts";
import {
  checkHandle,
  checkOwned,
  createEventerObject,
  type EventerHandle,
  eventerMethods,
  type EventerObject,
  failure,
  looseInt,
  suspendIn,
} from "../eventer_object.ts";
import { type HostResult, multi, NOTHING, Suspension } from "../host.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/**
 * How long an accept that failed for want of descriptors takes, in
 * milliseconds, so that a loop around it leaves the others their turn.
 */
const SHORTAGE_PAUSE_MS = 10;

/** The longest datagram there can be, and so the most that one recv needs. */
const MAX_RECEIVE = 1 << 20;

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, eventer, coroutines } = context;
  const define = definer(state);
  const { methods } = eventerMethods(context);
  const families = new WeakMap<EventerHandle, Family>();

  function newObject(
    fd: number,
    owner: Coroutine,
    family: Family,
  ): EventerObject {
    const object = createEventerObject(context, fd, owner);
    families.set(object.handle!, family);
    return object;
  }

  /** The address of a peer or of one's own, or what Lua is told when it is none. */
  function checkAddress(
    handle: EventerHandle,
    address: LuaValue,
    port: LuaValue,
  ): RawAddress | HostResult {
    const text = toStringArgument(address) ?? "";
    const family = families.get(handle) ?? "inet";
    return rawAddress(family, text, looseInt(port)) ??
      multi(-1, `Cannot translate '${text}' to IP\n`);
  }

  /**
   * @lua e = mtev.socket(address, type)
   * Creates a socket that belongs to the running coroutine. The address only
   * chooses the family. `unix` makes a local socket, whose addresses are paths;
   * one that begins with a NUL byte is a name in Linux's abstract namespace.
   * @param address? string: `inet`, `inet6`, `unix`, or a literal IP address
   * @param type? string: `tcp` or `udp`
   * @return mtev.eventer: the socket, or nil when the system refuses
   * @error `mtev.socket called with invalid arguments`
   * @error `mtev.socket family for … unknown`
   * @suspends no
   * @example local e = mtev.socket("inet", "tcp")
   * @source mtev-lua-api.md §5.1
   * @compat differs: `unix` sockets are an extension
   */
  define(mtev, "socket", (...args) => {
    const owner = coroutines.current;
    const type = args.length < 2 ? "tcp" : toStringArgument(args[1]);
    if (args.length > 2 || (type !== "tcp" && type !== "udp")) {
      raise(state, "mtev.socket called with invalid arguments");
    }
    const address = toStringArgument(args[0]);
    const family = familyOf(address) ??
      raise(state, `mtev.socket family for ${address} unknown`);
    const fd = openSocket(family, type);
    if (fd < 0) return undefined;
    return newObject(fd, owner, family);
  });

  /**
   * @lua result, message = eventer:bind(address, port)
   * Gives the socket its own address.
   * @param address string: a literal IP address; for `unix` sockets a path
   * @param port? integer: the port; 0 lets the system choose
   * @return integer: 0, or -1
   * @return string: what is wrong
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends no
   * @example assert(e:bind("127.0.0.1", 0) == 0)
   * @source mtev-lua-api.md §5.2
   * @compat differs: an IPv4 address is bound as given; the reference binds 0.0.0.0 whatever it is
   */
  define(methods, "bind", (self, address, port) => {
    const handle = checkHandle(context, self);
    const raw = checkAddress(handle, address, port);
    if (!(raw instanceof Uint8Array)) return raw;
    const error = bindSocket(handle.fd, raw);
    return error === 0 ? 0 : failure(error);
  });

  /**
   * @lua result, errno, message = eventer:listen(backlog)
   * Makes the socket accept connections.
   * @param backlog integer: how many may wait to be accepted
   * @return integer: 0, or -1
   * @return integer: the system's error number
   * @return string: the system's text for it
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends no
   * @example assert(e:listen(128) == 0)
   * @source mtev-lua-api.md §5.3
   * @compat same
   */
  define(methods, "listen", (self, backlog) => {
    const handle = checkHandle(context, self);
    const error = listenSocket(handle.fd, looseInt(backlog));
    return error === 0 ? 0 : multi(-1, error, strerror(error));
  });

  /**
   * @lua connection = eventer:accept()
   * Takes the next connection, waiting for one. It belongs to the coroutine that
   * called; hand it over with `own`.
   * @return mtev.eventer: the connection, or nil when the system refuses, as when there are too many descriptors
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends maybe: while no connection is there, and for a moment when the system refuses
   * @example local c = e:accept()
   * @source mtev-lua-api.md §5.4
   * @compat differs: nil for want of descriptors comes after 10 ms, so that a loop around it does not starve the others
   */
  define(methods, "accept", (self) => {
    const handle = checkOwned(context, self);
    const { owner, fd } = handle;
    const wrap = (accepted: number) =>
      newObject(accepted, owner, families.get(handle) ?? "inet");
    const accepted = acceptSocket(fd);
    if (accepted >= 0) return wrap(accepted);
    if (isShortage(-accepted)) {
      return new Suspension((waker) => {
        const timer = eventer.timer(
          SHORTAGE_PAUSE_MS,
          () => waker.wake(undefined),
        );
        return () => timer.cancel();
      });
    }
    if (accepted !== -EAGAIN) return undefined;
    return suspendIn(handle, (done) => {
      const begin = () =>
        eventer.waitFd(fd, "read", () => {
          const accepted = acceptSocket(fd);
          if (accepted >= 0) done(wrap(accepted));
          else if (accepted === -EAGAIN) wait = begin();
          else if (isShortage(-accepted)) {
            wait = eventer.timer(SHORTAGE_PAUSE_MS, () => done(undefined));
          } else done(undefined);
        });
      let wait: { cancel(): void } = begin();
      return { cancel: () => wait.cancel() };
    });
  });

  /**
   * @lua result, message = eventer:connect(target, port, timeout)
   * Connects the socket. Names are not resolved: see `mtev.dns`. After a failure
   * the socket is still open.
   * @param target string: a literal IP address; for `unix` sockets a path
   * @param port? integer: the port
   * @param timeout? number: seconds; without it, as long as the system tries
   * @return integer: 0, or -1
   * @return string: what is wrong: the system's text, `timeout`, or `Cannot translate '…' to IP\n`
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends maybe: until the connection is made
   * @example local result, message = e:connect("127.0.0.1", 80, 5)
   * @source mtev-lua-api.md §5.5
   * @compat differs: there are no reverse connections (`Reverse connection unavailable`)
   */
  define(methods, "connect", (self, target, port, timeout) => {
    const handle = checkOwned(context, self);
    if (typeof target === "string" && target.startsWith("reverse:")) {
      return multi(-1, "Reverse connection unavailable");
    }
    const raw = checkAddress(handle, target, port);
    if (!(raw instanceof Uint8Array)) return raw;
    const result = connectSocket(handle.fd, raw);
    if (result === 0) return 0;
    if (result !== -EAGAIN) return failure(result);
    const seconds = toNumberArgument(timeout);
    return suspendIn(handle, (done) =>
      waitConnect(
        eventer,
        handle.fd,
        raw,
        seconds === undefined ? undefined : Math.max(0, seconds) * 1000,
        (error, timedOut) => {
          if (error === 0) done(0);
          else done(-1, timedOut ? "timeout" : strerror(error));
        },
      ));
  });

  /** Sends once, waiting until the socket takes something. */
  function sendOrWait(
    handle: EventerHandle,
    payload: string,
    address: RawAddress | undefined,
  ): HostResult {
    const { fd } = handle;
    const bytes = binaryBytes(payload);
    const attempt = () => sendOnce(fd, bytes, address);
    const result = attempt();
    if (result >= 0) return result;
    if (result !== -EAGAIN) return failure(-result);
    return suspendIn(
      handle,
      (done) =>
        waitAndRepeat(eventer, fd, "write", attempt, (result) => {
          if (result >= 0 || result === EXCEPTION) done(result);
          else done(-1, strerror(-result));
        }),
    );
  }

  /**
   * @lua sent, message = eventer:send(payload)
   * Sends once to the socket's peer. A stream may take only a part. Goes past
   * TLS, so use `write` there.
   * @param payload string: the bytes
   * @return integer: the number of bytes sent, or -1
   * @return string: the system's error text, where there is one
   * @error `mtev.socket.send with bad arguments` unless there is one argument
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @suspends maybe: while the socket takes nothing
   * @example print(e:send("ping"))
   * @source mtev-lua-api.md §5.8
   * @compat differs: the owner is checked
   */
  define(methods, "send", (...args) => {
    const handle = checkOwned(context, args[0]);
    if (args.length !== 2) {
      raise(state, "mtev.socket.send with bad arguments");
    }
    return sendOrWait(handle, checkString(state, args, 1), undefined);
  });

  /**
   * @lua sent, message = eventer:sendto(payload, address, port)
   * Sends a datagram.
   * @param payload string: the bytes
   * @param address string: a literal IP address; for `unix` sockets a path
   * @param port integer: the port
   * @return integer: the number of bytes sent, or -1
   * @return string: the system's error text, or `Cannot translate '…' to IP\n`
   * @error `mtev.socket.sendto with bad arguments` unless there are three arguments
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @suspends maybe: while the socket takes nothing
   * @example print(e:sendto("ping", "127.0.0.1", 5353))
   * @source mtev-lua-api.md §5.9
   * @compat differs: the owner is checked
   */
  define(methods, "sendto", (...args) => {
    const handle = checkOwned(context, args[0]);
    if (args.length !== 4) {
      raise(state, "mtev.socket.sendto with bad arguments");
    }
    const payload = checkString(state, args, 1);
    const raw = checkAddress(handle, args[2], args[3]);
    if (!(raw instanceof Uint8Array)) return raw;
    return sendOrWait(handle, payload, raw);
  });

  /**
   * @lua count, payload, address, port = eventer:recv(nbytes)
   * Receives once. Looks neither at what `read` has read ahead, nor through TLS.
   * @param nbytes integer: how many bytes at most; what a datagram holds beyond them is lost
   * @return integer: the number of bytes, 0 at the end of a stream, or -1
   * @return string: the bytes; or the system's error text, where there is one
   * @return string: the sender's address, where the system tells it
   * @return integer: the sender's port
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @error an argument error for a negative number
   * @suspends maybe: while nothing is there
   * @example local count, payload, address, port = e:recv(65536)
   * @source mtev-lua-api.md §5.10
   * @compat differs: the owner is checked; at most 1 MiB is received at once
   */
  define(methods, "recv", (self, nbytes) => {
    const handle = checkOwned(context, self);
    const { fd } = handle;
    const wanted = looseInt(nbytes);
    if (wanted < 0) {
      argumentError(state, 1, "number of bytes must not be negative");
    }
    const bytes = new Uint8Array(Math.min(wanted, MAX_RECEIVE));
    const attempt = () => receiveOnce(fd, bytes);
    const results = (result: Received | number): LuaValue[] => {
      if (typeof result !== "number") {
        const payload = binaryString(bytes, 0, result.count);
        const [address, port] = senderResults(result.from);
        return [result.count, payload, address, port];
      }
      return result === EXCEPTION ? [-1] : [-1, strerror(-result)];
    };
    const result = attempt();
    if (result !== -EAGAIN) {
      return typeof result === "number"
        ? failure(-result)
        : multi(...results(result));
    }
    return suspendIn(
      handle,
      (done) =>
        waitAndRepeat(
          eventer,
          fd,
          "read",
          attempt,
          (result) => done(...results(result)),
        ),
    );
  });

  /**
   * @lua result, message = eventer:setsockopt(feature, value)
   * Sets an option of the socket that takes a number: every `SO_`, `TCP_`, `IP_`
   * and `IPV6_` name of the system's headers.
   * @param feature string: such as `SO_REUSEADDR` or `TCP_NODELAY`
   * @param value integer: the value; booleans count as 0
   * @return integer: 0, or -1
   * @return string: what is wrong
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends no
   * @example e:setsockopt("SO_REUSEADDR", 1)
   * @source mtev-lua-api.md §5.11
   * @compat differs: names other than the 13 of the reference are an extension
   */
  define(methods, "setsockopt", (...args) => {
    const handle = checkHandle(context, args[0]);
    if (args.length !== 3) {
      return multi(-1, "setsockopt(type, value) wrong arguments");
    }
    const name = toStringArgument(args[1]) ?? "";
    const error = setSocketOption(handle.fd, name, looseInt(args[2]));
    if (error === undefined) {
      return multi(-1, `Socket  operation '${name}' not supported\n`);
    }
    return error === 0 ? 0 : failure(error);
  });

  /**
   * @lua address, port = eventer:peer_name()
   * The address of the other end. Nothing for sockets without one, for pipes and
   * for local sockets.
   * @return string: an IP address
   * @return integer: the port
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends no
   * @example local address, port = e:peer_name()
   * @source mtev-lua-api.md §5.12
   * @compat same
   */
  define(methods, "peer_name", (self) => {
    const address = peerName(checkHandle(context, self).fd);
    if (address === undefined || address.family === "unix") return NOTHING;
    return multi(formatIp(address.ip), address.port);
  });

  /**
   * @lua address, port = eventer:sock_name()
   * The socket's own address. Nothing for pipes and for local sockets.
   * @return string: an IP address
   * @return integer: the port
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends no
   * @example local _, port = e:sock_name()
   * @source mtev-lua-api.md §5.12
   * @compat same
   */
  define(methods, "sock_name", (self) => {
    const address = socketName(checkHandle(context, self).fd);
    if (address === undefined || address.family === "unix") return NOTHING;
    return multi(formatIp(address.ip), address.port);
  });
}

/** The family that the first argument of `mtev.socket` names. */
function familyOf(address: string | undefined): Family | undefined {
  if (address === undefined || address.startsWith("reverse:")) return "inet";
  if (address === "inet" || address === "inet6" || address === "unix") {
    return address;
  }
  const ip = parseIp(address);
  return ip && (ip.length === 4 ? "inet" : "inet6");
}

/** A sender as `recv` returns it: address and port, or the path, or nothing. */
function senderResults(address: SocketAddress | undefined): LuaValue[] {
  if (address === undefined) return [];
  if (address.family !== "unix") return [formatIp(address.ip), address.port];
  return [address.path === "" ? undefined : address.path];
}
