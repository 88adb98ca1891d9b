/**
 * The objects `crypto.x509` and `crypto.ssl_session`, which an `ssl_ctx` hands
 * out: read-only fields. What cannot be had from Deno is nil. Specification:
 * mtev-lua-api.md §11.4, §11.5.
 */
import type { X509Certificate } from "node:crypto";
import { certificatePurposes } from "../runtime/crypto/certificate_purposes.ts";
import { ocspUrl, signatureAlgorithm } from "../runtime/tls/certificate.ts";
import { raise, toStringArgument } from "./args.ts";
import { type LuaState, NOTHING } from "./host.ts";
import { type LuaTable, LuaUserdata, type LuaValue } from "./value.ts";

/**
 * Makes the metatable of objects that have fields and no methods.
 *
 * @param state The Lua state.
 * @param name What errors call the object.
 * @param read Returns the field of an object, or what `missing` returns for one
 *   that it does not have.
 */
export function fieldMetatable(
  state: LuaState,
  name: string,
  read: (object: LuaValue, key: string, missing: () => never) => LuaValue,
): LuaTable {
  const metatable = state.newTable();
  metatable.set(
    "__index",
    state.newFunction("__index", (object, key) => {
      const text = toStringArgument(key) ??
        raise(state, "metatable error, arg2 not a string!");
      return read(
        object,
        text,
        () => raise(state, `${name} no such element: ${text}`),
      );
    }),
  );
  return metatable;
}

/** A certificate in Lua's hands. */
export class CertificateObject extends LuaUserdata {
  constructor(metatable: LuaTable, readonly certificate: X509Certificate) {
    super(metatable);
  }
}

/** A TLS session in Lua's hands. */
export class SessionObject extends LuaUserdata {
  /** Set by its method `release`. */
  released = false;

  constructor(
    metatable: LuaTable,
    readonly cipher: string,
    readonly protocol: string,
  ) {
    super(metatable);
  }
}

/** A serial number beyond this is no C long. */
const MAX_LONG = 2n ** 63n - 1n;

/** Makes the metatable of certificates. */
export function certificateMetatable(state: LuaState): LuaTable {
  return fieldMetatable(state, "crypto.x509", (object, key, missing) => {
    if (!(object instanceof CertificateObject)) return undefined;
    const { certificate } = object;
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    const type = asymmetricKeyType?.startsWith("rsa")
      ? "rsa"
      : asymmetricKeyType === "dsa"
      ? "dsa"
      : "unknown";
    switch (key) {
      case "signature_algorithm":
        return signatureAlgorithm(certificate);
      case "purpose":
        return purposeTable(state, certificate);
      case "serial": {
        const serial = BigInt(`0x${certificate.serialNumber}`);
        return serial > MAX_LONG ? -1 : Number(serial);
      }
      case "bits":
        return type === "unknown"
          ? undefined
          : asymmetricKeyDetails?.modulusLength;
      case "type":
        return type;
      case "ocsp":
        return ocspUrl(certificate);
      default:
        return missing();
    }
  });
}

/** OpenSSL's verdict by purpose, in a new table. */
function purposeTable(
  state: LuaState,
  certificate: X509Certificate,
): LuaTable {
  const table = state.newTable();
  const verdicts = certificatePurposes(new Uint8Array(certificate.raw));
  for (const [purpose, verdict] of Object.entries(verdicts)) {
    table.set(purpose, verdict);
  }
  return table;
}

/** Makes the metatable of sessions. */
export function sessionMetatable(state: LuaState): LuaTable {
  const release = state.newFunction("release", (self) => {
    if (!(self instanceof SessionObject)) {
      raise(state, "must be called as method");
    }
    if (self.released) raise(state, "crypto.ssl_session already released");
    self.released = true;
    return NOTHING;
  });
  return fieldMetatable(
    state,
    "crypto.ssl_session",
    (object, key, missing) => {
      if (!(object instanceof SessionObject)) return undefined;
      if (object.released) raise(state, "crypto.ssl_session already released");
      switch (key) {
        case "cipher":
          return object.cipher;
        case "master_key":
          return undefined;
        case "master_key_bits":
          return 0;
        case "ssl_version":
          return object.protocol;
        case "release":
          return release;
        default:
          return missing();
      }
    },
  );
}
