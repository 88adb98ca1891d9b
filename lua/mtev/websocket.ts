/**
 * `mtev.websocket_client_connect`. The protocol is in runtime/http/; here a
 * coroutine per client runs the callbacks, one after the other, as plain calls
 * that cannot suspend. Specification: mtev-lua-api.md §15.4, §1.2.
 */
import {
  WebsocketClient,
  type WebsocketOptions,
} from "../../runtime/http/websocket_client.ts";
import { Opcode } from "../../runtime/http/websocket_frames.ts";
import {
  type HandshakeOptions,
  prepare,
} from "../../runtime/tls/connection.ts";
import { type Args, looseNumber, raise, toStringArgument } from "../args.ts";
import { looseInt } from "../eventer_object.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { NOTHING, Suspension, type Waker } from "../host.ts";
import { methodMetatable } from "../methods.ts";
import {
  isFunction,
  isTable,
  isTruthy,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "../value.ts";
import type { MtevContext } from "./context.ts";

/** A client in Lua's hands. */
class WebsocketObject extends LuaUserdata {
  client: WebsocketClient | undefined;
}

/** Something for a callback. */
interface Event {
  readonly name: "ready" | "message" | "cleanup";
  readonly args: LuaValue[];
  /** Called when the callback has returned. */
  readonly next: () => void;
}

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, eventer, coroutines } = context;
  const define = definer(state);
  const methods = state.newTable();
  for (const [name, opcode] of Object.entries(Opcode)) {
    methods.set(name, opcode);
  }
  const metatable = methodMetatable(
    state,
    "mtev.websocket_client",
    methods,
    { ending: "\n" },
  );

  function checkObject(args: Args): WebsocketObject {
    const [self] = args;
    if (self instanceof WebsocketObject) return self;
    raise(state, "must be called as method");
  }

  /** The body of a client's coroutine: waits for events and calls back. */
  function newRunner(
    object: WebsocketObject,
    callbacks: LuaTable,
  ): { readonly post: (event: Event) => void; readonly start: () => void } {
    const events: Event[] = [];
    let waiting: Waker | undefined;
    const wait = new Suspension((waker) => {
      if (events.length > 0) waker.wake();
      else waiting = waker;
      return () => object.client?.[Symbol.dispose]();
    });

    /** Whether the connection may go on. */
    function run({ name, args }: Event): boolean {
      const callback = callbacks.get(name);
      if (callback === undefined) return true;
      try {
        return isTruthy(state.call(callback, ...args)[0]);
      } catch (error) {
        if (!(error instanceof LuaError)) throw error;
        const { logs } = context.process;
        logs.get("error").log(
          `lua: ws ${name} handler failed\n${state.tostring(error.value)}\n`,
        );
        return false;
      }
    }

    const body = state.newFunction("websocket", function* () {
      for (;;) {
        if (events.length === 0) yield wait;
        const event = events.shift();
        if (event === undefined) continue;
        const goOn = run(event);
        if (event.name === "cleanup") return NOTHING;
        if (goOn) event.next();
        else object.client?.close();
      }
    });
    return {
      post(event) {
        events.push(event);
        const waker = waiting;
        waiting = undefined;
        waker?.wake();
      },
      start: () => void coroutines.spawn(body, []),
    };
  }

  /**
   * @lua started = mtev.websocket_client_connect(host, port, uri, service, callbacks, sslconfig)
   * Begins to connect to a WebSocket server. The callbacks run one after the
   * other and cannot suspend: use `mtev.coroutine_spawn` in them.
   * `ready(client)` is called when the connection is there,
   * `message(client, opcode, payload)` for each message of text or bytes; when one
   * of them returns nil or false, the connection is closed.
   * `cleanup(client)` is called once when it is gone, with nil if it never was.
   *
   * With a `sslconfig` that is not empty, over TLS: `certificate_file`,
   * `key_file`, `ca_chain`, `ciphers`, `layer`. The server's certificate must be
   * signed by `ca_chain` and within its dates, unless `optional_no_ca` or
   * `ignore_dates` is `"true"`; the host name is not compared.
   * @param host string: a literal IP address; sent as `Host`
   * @param port integer: the port
   * @param uri string: the path, with the query
   * @param service string: sent as `Sec-WebSocket-Protocol`; nil for none
   * @param callbacks table: functions by name, all optional
   * @param sslconfig? table: texts by name
   * @return boolean: whether the connecting has begun
   * @error `wrong args`, `bad host argument`, `bad path argument`, `bad callback table`
   * @error `callback … not function`
   * @error `table_to_hash: not a table` for a `sslconfig` that is nil
   * @suspends no
   * @example mtev.websocket_client_connect("127.0.0.1", 8080, "/", nil, { ready = function(client) return client:send(client.TEXT, "hi") end })
   * @source mtev-lua-api.md §15.4
   * @compat differs: lists of revoked certificates (`crl`) are refused; a message may have 64 MiB
   */
  define(mtev, "websocket_client_connect", (...args) => {
    if (args.length < 5 || args.length > 6) raise(state, "wrong args");
    const host = toStringArgument(args[0]) ?? raise(state, "bad host argument");
    const uri = toStringArgument(args[2]) ?? raise(state, "bad path argument");
    const callbacks = args[4];
    if (!isTable(callbacks)) raise(state, "bad callback table");
    for (const name of ["ready", "message", "cleanup"]) {
      const callback = callbacks.get(name);
      if (callback !== undefined && !isFunction(callback)) {
        raise(state, `callback ${name} not function`);
      }
    }
    const config = args[5];
    if (args.length === 6 && !isTable(config)) {
      raise(state, "table_to_hash: not a table");
    }
    const options: WebsocketOptions = {
      address: host,
      port: looseInt(args[1]) & 0xffff,
      uri,
      protocol: toStringArgument(args[3]),
    };
    const object = new WebsocketObject(metatable);
    const { post, start } = newRunner(object, callbacks);
    let wasReady = false;
    try {
      const tls = isTable(config) && config.next(undefined) !== undefined
        ? prepare(tlsOptions(config))
        : undefined;
      object.client = WebsocketClient.connect(eventer, { ...options, tls }, {
        ready(next) {
          wasReady = true;
          post({ name: "ready", args: [object], next });
        },
        message: (opcode, payload, next) =>
          post({ name: "message", args: [object, opcode, payload], next }),
        closed: () =>
          post({
            name: "cleanup",
            args: [wasReady ? object : undefined],
            next() {},
          }),
      });
    } catch (error) {
      context.process.logs.get("debug/ssl").log(
        `${(error as Error).message}\n`,
      );
      return false;
    }
    if (object.client === undefined) return false;
    start();
    return true;
  });

  /**
   * @lua sent = websocket_client:send(opcode, payload)
   * Sends a frame: `client.TEXT`, `client.BINARY`, `client.PING`, and so on.
   * @param opcode integer: its kind
   * @param payload string: its bytes
   * @return boolean: false before the connection is there and after it was closed
   * @error `mtev.websocket_client:send(opcode, buffer)` unless there are two arguments
   * @suspends no
   * @example client:send(client.TEXT, "hello")
   * @source mtev-lua-api.md §15.4
   * @compat same
   */
  define(methods, "send", (...args) => {
    const { client } = checkObject(args);
    if (args.length !== 3) {
      raise(state, "mtev.websocket_client:send(opcode, buffer)");
    }
    const opcode = Math.trunc(looseNumber(args[1]));
    return client?.send(opcode, toStringArgument(args[2]) ?? "") ?? false;
  });

  /**
   * @lua websocket_client:close()
   * Says goodbye and closes the connection; the callback `cleanup` follows.
   * @suspends no
   * @example client:close()
   * @source mtev-lua-api.md §15.4
   * @compat differs: it closes; the reference's does nothing
   */
  define(methods, "close", (...args) => {
    checkObject(args).client?.close();
    return NOTHING;
  });
}

function tlsOptions(config: LuaTable): HandshakeOptions {
  const option = (name: string) => toStringArgument(config.get(name));
  return {
    mode: "client",
    tolerance: {
      unknownAuthority: option("optional_no_ca") === "true",
      dates: option("ignore_dates") === "true",
    },
    layer: option("layer"),
    certificate: option("certificate_file"),
    key: option("key_file"),
    ca: option("ca_chain"),
    ciphers: option("ciphers"),
    crl: option("crl"),
  };
}
