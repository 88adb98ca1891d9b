/**
 * TLS on eventer objects: `ssl_upgrade_socket` and `ssl_ctx`. The handshake is
 * in runtime/tls/; afterwards the object reads and writes through another
 * channel, and nothing else about it changes. Specification:
 * mtev-lua-api.md §5.15, §5.16.
 */
import { dnsNames, oneLineName } from "../../runtime/tls/certificate.ts";
import {
  handshake,
  type HandshakeOptions,
  type Preparation,
  prepare,
  type TlsConnection,
} from "../../runtime/tls/connection.ts";
import { toStringArgument } from "../args.ts";
import {
  certificateMetatable,
  CertificateObject,
  fieldMetatable,
  sessionMetatable,
  SessionObject,
} from "../certificate_object.ts";
import { definer } from "../define.ts";
import {
  checkHandle,
  checkOwned,
  type EventerHandle,
  eventerMethods,
  suspendIn,
} from "../eventer_object.ts";
import { multi } from "../host.ts";
import { encodeText } from "../text.ts";
import {
  isTable,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "../value.ts";
import type { MtevContext } from "./context.ts";

/** What a client or a server tolerates here (§5.15). */
const TOLERANCE = { unknownAuthority: true, dates: true };

/** The TLS state of a connection, in Lua's hands. */
class SslContext extends LuaUserdata {
  constructor(metatable: LuaTable, readonly connection: TlsConnection) {
    super(metatable);
  }
}

/** Adds the family to the methods of eventer objects. */
export function install(context: MtevContext): void {
  const { state, eventer } = context;
  const define = definer(state);
  const { methods } = eventerMethods(context);
  const connections = new WeakMap<EventerHandle, TlsConnection>();

  /**
   * @lua result, message = eventer:ssl_upgrade_socket(certificate, key, ca_chain, ciphers, snihost, layer)
   * Secures a connection with TLS 1.2 or 1.3. Instead of the six arguments there
   * may be a table, then `snihost` and `layer`; its keys are `certificate_file`
   * (or `certificate`), `key_file` (or `key`), `ca_chain`, `ciphers`, `snihost`,
   * `layer_openssl_11` or `layer`, `alpn`, and `mode`, which may be `client` or
   * `server`. Certificates and keys are PEM texts, or names of files that hold
   * them.
   *
   * An unknown authority, a certificate that signed itself, and one outside its
   * dates are accepted, and host names are not compared: look at `ssl_ctx`. Other
   * faults of the chain end the handshake; then nothing passes any more. A server
   * asks for a certificate if it has a `ca_chain`, and accepts a client without
   * one.
   * @param certificate? string|table: one's own certificate; or all, as a table
   * @param key? string: its key
   * @param ca_chain? string: the authorities
   * @param ciphers? string: names of ciphers for TLS 1.2, separated by colons
   * @param snihost? string: the host name for the server; no literal address
   * @param layer? string: the versions, such as `tlsv1:>=tlsv1.3`
   * @return integer: 0, or -1
   * @return string: what is wrong; `ssl_client context creation failed` when it is the arguments
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends maybe: until the handshake is done
   * @example assert(e:ssl_upgrade_socket({ ca_chain = "ca.crt" }, "example.com") == 0)
   * @source mtev-lua-api.md §5.15
   * @compat differs: TLS below 1.2 cannot be had; lists of revoked certificates (`crl`) are refused; the order of ciphers does not matter, but a handshake that ends outside a list of names fails; `ca_file` works as `ca_chain`; `mode = "server"` and `alpn` on a client are extensions; error texts are not OpenSSL's
   */
  define(methods, "ssl_upgrade_socket", (self, ...args) => {
    const handle = checkOwned(context, self);
    if (connections.has(handle)) return multi(-1, "TLS is there already");
    const options = isTable(args[0])
      ? optionsOfTable(args[0], args[1], args[2])
      : optionsOfArguments(args);
    let preparation: Preparation;
    try {
      preparation = prepare(options);
    } catch (error) {
      context.process.logs.get("debug/ssl").log(
        `${encodeText((error as Error).message)}\n`,
      );
      return multi(-1, `ssl_${options.mode} context creation failed`);
    }
    const { stream, fd } = handle;
    return suspendIn(handle, (done) =>
      handshake(
        eventer,
        fd,
        stream.takeBuffered(),
        preparation,
        (result) => {
          if (result instanceof Error) {
            return done(-1, encodeText(result.message));
          }
          stream.replaceChannel(result.channel);
          connections.set(handle, result);
          done(0);
        },
      ));
  });

  const certificates = certificateMetatable(state);
  const sessions = sessionMetatable(state);
  const contexts = fieldMetatable(
    state,
    "mtev.eventer.ssl_ctx",
    (object, key, missing) => {
      if (!(object instanceof SslContext)) return undefined;
      const { connection } = object;
      switch (key) {
        case "ciphers":
          return arrayOf(connection.ciphers);
        case "peer_certificate":
          return connection.certificate &&
            new CertificateObject(certificates, connection.certificate);
        case "ssl_session":
          return new SessionObject(
            sessions,
            connection.cipher,
            connection.protocol,
          );
        default:
          return plainField(connection, key, missing);
      }
    },
  );

  function arrayOf(values: readonly string[]): LuaTable {
    const table = state.newTable();
    for (const [index, value] of values.entries()) table.set(index + 1, value);
    return table;
  }

  /**
   * @lua ctx = eventer:ssl_ctx()
   * The TLS state of a connection. Its fields: `ciphers`, `current_cipher`,
   * `error`, `issuer`, `subject`, `start_time`, `end_time`, `san_list`,
   * `sni_name`, `method`, `peer_certificate`, `ssl_session`; and, beyond the
   * reference, `verdict`, which says what is wrong with the peer's certificate
   * even if it was tolerated (`ok` if nothing is), `protocol` and `alpn`.
   * @return mtev.eventer.ssl_ctx: the state; nil without TLS
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends no
   * @example print(e:ssl_ctx().subject, e:ssl_ctx().verdict)
   * @source mtev-lua-api.md §5.16
   * @compat differs: `ssl_session.master_key` is nil and `master_key_bits` is 0, for Deno does not tell them; `verdict`, `protocol` and `alpn` are extensions; the object stays valid when the socket closes
   */
  define(methods, "ssl_ctx", (self) => {
    const connection = connections.get(checkHandle(context, self));
    return connection && new SslContext(contexts, connection);
  });
}

function plainField(
  connection: TlsConnection,
  key: string,
  missing: () => never,
): LuaValue {
  const { certificate } = connection;
  switch (key) {
    case "current_cipher":
      return connection.cipher;
    case "error": // tolerated faults are erased, others end the handshake
      return undefined;
    case "issuer":
      return certificate && encodeText(oneLineName(certificate.issuer));
    case "subject":
      return certificate && encodeText(oneLineName(certificate.subject));
    case "start_time":
      return certificate ? Date.parse(certificate.validFrom) / 1000 : 0;
    case "end_time":
      return certificate ? Date.parse(certificate.validTo) / 1000 : 0;
    case "san_list": {
      const names = certificate ? dnsNames(certificate) : [];
      return names.length > 0 ? encodeText(names.join(", ")) : undefined;
    }
    case "sni_name":
      return connection.serverName && encodeText(connection.serverName);
    case "method":
      return connection.versions.asked;
    case "verdict":
      return connection.verdicts[0];
    case "protocol":
      return connection.protocol;
    case "alpn":
      return connection.alpn && encodeText(connection.alpn);
    default:
      return missing();
  }
}

function optionsOfArguments(args: readonly LuaValue[]): HandshakeOptions {
  const [certificate, key, ca, ciphers, serverName, layer] = [0, 1, 2, 3, 4, 5]
    .map((index) => toStringArgument(args[index]));
  return {
    mode: "client",
    tolerance: TOLERANCE,
    certificate,
    key,
    ca,
    ciphers,
    serverName,
    layer,
  };
}

function optionsOfTable(
  table: LuaTable,
  snihost: LuaValue,
  layer: LuaValue,
): HandshakeOptions {
  const option = (...names: string[]) => {
    for (const name of names) {
      const value = toStringArgument(table.get(name));
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return {
    mode: option("mode") === "server" ? "server" : "client",
    tolerance: TOLERANCE,
    certificate: option("certificate", "certificate_file"),
    key: option("key", "key_file"),
    ca: option("ca_chain", "ca_file"),
    ciphers: option("ciphers"),
    crl: option("crl"),
    alpn: option("alpn", "npn")?.split(/[,: ]+/).filter((name) => name !== ""),
    serverName: toStringArgument(snihost) ?? option("snihost"),
    layer: toStringArgument(layer) ?? option("layer_openssl_11", "layer"),
  };
}
