/**
 * Names and addresses: `mtev.dns`, `mtev.getaddrinfo`, `mtev.inet_pton`,
 * `mtev.getip_ipv4`. The resolver itself is in runtime/dns/. Specification:
 * mtev-lua-api.md §6.
 */
import {
  configurationFor,
  parseConfiguration,
  parseServer,
  readSystemFile,
} from "../../runtime/dns/configuration.ts";
import {
  classNumber,
  isEncodable,
  typeNumber,
} from "../../runtime/dns/names.ts";
import { Resolver } from "../../runtime/dns/resolver.ts";
import { formatIp, parseIp, parseIpv4 } from "../../runtime/net/ip_address.ts";
import {
  connectSocket,
  openSocket,
  rawAddress,
  socketName,
} from "../../runtime/net/socket.ts";
import { binaryBytes } from "../../runtime/posix/bytes.ts";
import { close } from "../../runtime/posix/descriptors.ts";
import { resolveIpv4 } from "../../runtime/posix/getaddrinfo.ts";
import { AF_INET, AF_INET6 } from "../../runtime/posix/constants.ts";
import { raise, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import { multi, Suspension } from "../host.ts";
import { methodMetatable } from "../methods.ts";
import { type LuaTable, LuaUserdata, type LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** A resolver in Lua's hands; without one for an address that was none. */
class DnsObject extends LuaUserdata {
  constructor(
    metatable: LuaTable,
    readonly resolver: Resolver | undefined,
  ) {
    super(metatable);
  }
}

/** A raw address, as `inet_pton` returns it. */
class RawIpAddress extends LuaUserdata {
  constructor(readonly bytes: Uint8Array) {
    super(undefined);
  }
}

/** Names of types and classes are shorter than this (§6.2). */
const MAX_WORD = 64;

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, eventer, coroutines } = context;
  const define = definer(state);
  const methods = state.newTable();
  const metatable = methodMetatable(
    state,
    "mtev.dns",
    methods,
    { notText: "metatable error, arg2 is not a string" },
  );
  let systemResolver: Resolver | undefined;

  function openResolver(nameserver: string | undefined): Resolver | undefined {
    if (nameserver === undefined) {
      return systemResolver ??= new Resolver(
        eventer,
        parseConfiguration(
          readSystemFile("/etc/resolv.conf"),
          Deno.env.toObject(),
        ),
        "/etc/hosts",
      );
    }
    const server = parseServer(nameserver);
    if (server === undefined) {
      context.process.logs.get("error").log("dns_open failed\n");
      return undefined;
    }
    return new Resolver(eventer, configurationFor(server));
  }

  /**
   * @lua resolver = mtev.dns(nameserver)
   * Makes a resolver: one that asks the given name server, or the system's, set
   * up by /etc/resolv.conf and the variables `NSCACHEIP`, `NAMESERVERS` and
   * `RES_OPTIONS`. The system's looks into /etc/hosts first.
   * @param nameserver? string: a literal IP address, with a port if need be: `127.0.0.1:5353`, `[::1]:5353`
   * @return mtev.dns: the resolver; of a nameserver that is no address, one whose lookups raise `dns: submission error`
   * @suspends no
   * @example local resolver = mtev.dns("127.0.0.1")
   * @source mtev-lua-api.md §6.1
   * @compat differs: a port and the use of /etc/hosts are extensions; any coroutine may use the object, also several at once
   */
  define(mtev, "dns", (nameserver) => {
    coroutines.adoptCurrent();
    return new DnsObject(metatable, openResolver(toStringArgument(nameserver)));
  });

  /**
   * @lua ... = dns:lookup(query, rtype, ctype)
   * Looks a name up. Each record of the answer is a table with `ttl`, in seconds,
   * and `a`, `aaaa`, `txt`, `mx` and `preference`, or `cname`, `ptr`, `ns`, `mb`,
   * `md`, `mf`, `mg`, `mr`, whichever its type has; other types have `ttl` alone.
   * Aliases are followed within the answer. In `txt`, bytes that are no printable
   * ASCII are written as `\xx`, and backslashes are doubled. The search list is
   * not used.
   * @param query string: the domain name
   * @param rtype? string: the record type, `A` if missing; `ANY` for all
   * @param ctype? string: the class, `IN` if missing
   * @return ... table: a table for each record, in the order of the answer; nothing when there is none or nobody answers
   * @error `dns: bad rr type\n` for an unknown type
   * @error `dns: bad class\n` for an unknown class
   * @error `dns: submission error\n` for a name that cannot be asked for
   * @error `rtype parameter too long` from 64 bytes on, and `ctype` likewise
   * @suspends maybe: until the answer is there
   * @example local record = mtev.dns():lookup("localhost") print(record and record.a)
   * @source mtev-lua-api.md §6.2
   * @compat differs: AAAA addresses are complete; an error is forgotten after it was raised; answers go to the caller
   */
  define(methods, "lookup", (...args) => {
    const [self] = args;
    if (!(self instanceof DnsObject)) raise(state, "must be called as method");
    coroutines.adoptCurrent();
    void coroutines.current;
    const [query, rtype, ctype] = [1, 2, 3].map((index) =>
      toStringArgument(args[index])
    );
    for (let index = 1; index < Math.min(args.length, 4); index++) {
      if (args[index] === undefined) return undefined;
    }
    if (query === undefined) return undefined;
    if ((rtype ?? "").length >= MAX_WORD) {
      raise(state, "rtype parameter too long");
    }
    if ((ctype ?? "").length >= MAX_WORD) {
      raise(state, "ctype parameter too long");
    }
    const classAsked = classNumber(ctype ?? "IN") ??
      raise(state, "dns: bad class\n");
    const type = typeNumber(rtype ?? "A") ?? raise(state, "dns: bad rr type\n");
    const { resolver } = self;
    if (resolver === undefined || !isEncodable(query)) {
      raise(state, "dns: submission error\n");
    }
    return new Suspension((waker) => {
      const lookup = resolver.lookup(
        { name: query, type, class: classAsked },
        (records) =>
          waker.wake(...records.map((record) => {
            const table = state.newTable();
            table.set("ttl", record.ttl);
            for (const [field, value] of Object.entries(record.fields)) {
              table.set(field, value);
            }
            return table;
          })),
      );
      return () => lookup.cancel();
    });
  });

  /**
   * @lua valid, family = dns.is_valid_ip(ipstr)
   * Tells whether a text is a literal IP address. Called with a dot; called as a
   * method it looks at the object, which is none.
   * @param ipstr string: the text
   * @return boolean: whether it is one
   * @return integer: 2 for IPv4, 10 for IPv6; or nil
   * @suspends no
   * @example print(mtev.dns().is_valid_ip("::1"))
   * @source mtev-lua-api.md §6.3
   * @compat same
   */
  define(methods, "is_valid_ip", (ipstr) => {
    const ip = parseIp(toStringArgument(ipstr) ?? "");
    if (ip === undefined) return multi(false, undefined);
    return multi(true, ip.length === 4 ? AF_INET : AF_INET6);
  });

  /**
   * @lua address, family = mtev.getaddrinfo(hostname)
   * Resolves a name as the C library does. Blocks the whole thread: prefer
   * `mtev.dns`.
   * @param hostname string: the name
   * @return string: the first IPv4 address, or false
   * @return string: `inet`, or what is wrong
   * @error `mtev.getaddrinfo expects exactly one argument`
   * @suspends no
   * @example print(mtev.getaddrinfo("localhost"))
   * @source mtev-lua-api.md §6.4
   * @compat same
   */
  define(mtev, "getaddrinfo", (...args) => {
    if (args.length !== 1) {
      raise(state, "mtev.getaddrinfo expects exactly one argument");
    }
    const name = cText(args[0]);
    const result = resolveIpv4(binaryBytes(name));
    if ("ip" in result) return multi(formatIp(result.ip), "inet");
    return multi(
      false,
      result.error === "not found"
        ? result.error
        : `getaddrinfo(${name}) failed: ${result.error}`,
    );
  });

  /**
   * @lua valid, family, raw = mtev.inet_pton(address)
   * Reads a literal IP address.
   * @param address string: the text
   * @return boolean: whether it is one
   * @return string: `inet` or `inet6`
   * @return userdata: the address's bytes, opaque
   * @error `mtev.inet_pton expects exactly one argument`
   * @suspends no
   * @example print(mtev.inet_pton("127.0.0.1"))
   * @source mtev-lua-api.md §6.5
   * @compat same
   */
  define(mtev, "inet_pton", (...args) => {
    if (args.length !== 1) {
      raise(state, "mtev.inet_pton expects exactly one argument");
    }
    const ip = parseIp(cText(args[0]));
    if (ip === undefined) return false;
    const family = ip.length === 4 ? "inet" : "inet6";
    return multi(true, family, new RawIpAddress(ip));
  });

  /**
   * @lua address = mtev.getip_ipv4(tgt)
   * The IPv4 address of this host that the system would use to reach another.
   * Nothing is sent.
   * @param tgt? string: the other's literal IPv4 address; 8.8.8.8 if missing
   * @return string: the address
   * @error `invalid IP address passed`
   * @error `failed to determine local IP` when there is no way there
   * @suspends no
   * @example print(mtev.getip_ipv4("127.0.0.1"))
   * @source mtev-lua-api.md §6.6
   * @compat same
   */
  define(mtev, "getip_ipv4", (tgt) => {
    const target = tgt === undefined ? "8.8.8.8" : cText(tgt);
    if (parseIpv4(target) === undefined) {
      raise(state, "invalid IP address passed");
    }
    const fd = openSocket("inet", "udp");
    if (fd < 0) raise(state, "failed to determine local IP");
    try {
      const connected = connectSocket(fd, rawAddress("inet", target, 53)!);
      const name = connected === 0 ? socketName(fd) : undefined;
      if (name === undefined || name.family === "unix") {
        raise(state, "failed to determine local IP");
      }
      return formatIp(name.ip);
    } finally {
      close(fd);
    }
  });
}

/** A text as C reads it: up to the first NUL byte; empty for what is none. */
function cText(value: LuaValue): string {
  return (toStringArgument(value) ?? "").split("\0", 1)[0]!;
}
