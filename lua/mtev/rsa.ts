/**
 * RSA keys and certificate requests: `mtev.newrsa`, `mtev.newreq` and their
 * objects. Keys and DER are in runtime/crypto/. Specification:
 * mtev-lua-api.md §11.2, §11.3.
 */
import {
  CertificateRequest,
  createRequest,
  findDigest,
} from "../../runtime/crypto/certificate_request.ts";
import { digest } from "../../runtime/crypto/digest.ts";
import { derNamePart } from "../../runtime/crypto/distinguished_name.ts";
import { derExtension } from "../../runtime/crypto/request_extensions.ts";
import { RsaKey } from "../../runtime/crypto/rsa_key.ts";
import { binaryString } from "../../runtime/posix/bytes.ts";
import { raise, toNumberArgument, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import { methodMetatable } from "../methods.ts";
import { decodeText, encodeText } from "../text.ts";
import {
  entries,
  isTable,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "../value.ts";
import type { MtevContext } from "./context.ts";

const DEFAULT_BITS = 2048;
const DEFAULT_EXPONENT = 65_537;

/** A `crypto.rsa` object. */
class Rsa extends LuaUserdata {
  constructor(metatable: LuaTable, readonly key: RsaKey) {
    super(metatable);
  }
}

/** A `crypto.req` object. */
class Req extends LuaUserdata {
  constructor(metatable: LuaTable, readonly request: CertificateRequest) {
    super(metatable);
  }
}

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);
  const rsaMethods = state.newTable();
  const rsaMetatable = methodMetatable(state, "crypto.rsa", rsaMethods);
  const reqMethods = state.newTable();
  const reqMetatable = state.newTable();
  // Not methodMetatable, as there is a field beside the methods.
  reqMetatable.set(
    "__index",
    state.newFunction("__index", (self, key) => {
      if (key === "subject" && self instanceof Req) return self.request.subject;
      const name = toStringArgument(key) ??
        raise(state, "metatable error, arg2 not a string!");
      return reqMethods.get(name) ??
        raise(state, `crypto.req no such element: ${name}`);
    }),
  );

  /**
   * @lua key = mtev.newrsa(source, exponent)
   * Makes a new RSA key, or loads one. Making one takes some tenths of a second,
   * in which nothing else runs.
   * @param source? string|integer: a private key in PEM, not encrypted, or the number of bits of a new one, 2048 by default
   * @param exponent? integer: the public exponent of a new key, 65537 by default
   * @return crypto.rsa: the key, or nil when it is none
   * @suspends no
   * @example local key = mtev.newrsa(2048) print(key:pem())
   * @source mtev-lua-api.md §11.2
   * @compat differs: the exponent is honoured; libmtev on OpenSSL 3 ignores it
   */
  define(mtev, "newrsa", (source, exponent) => {
    const bits = source === undefined ? DEFAULT_BITS : toNumberArgument(source);
    const key = bits !== undefined
      ? RsaKey.generate(
        Math.trunc(bits),
        Math.trunc(toNumberArgument(exponent) ?? DEFAULT_EXPONENT),
      )
      : typeof source === "string"
      ? RsaKey.fromPem(source)
      : undefined;
    return key && new Rsa(rsaMetatable, key);
  });

  /**
   * @lua text = rsa:pem()
   * The private key in PEM (PKCS #8, not encrypted).
   * @return string: the text
   * @error `must be called as method`
   * @suspends no
   * @example local file = io.open("key.pem", "w") file:write(mtev.newrsa():pem()) file:close()
   * @source mtev-lua-api.md §11.2
   * @compat same
   */
  define(rsaMethods, "pem", (self) => {
    if (!(self instanceof Rsa)) raise(state, "must be called as method");
    return self.key.toPem();
  });

  /**
   * @lua request = rsa:gencsr(options)
   * Makes a certificate request for the key. `options.subject` is a table of the
   * name's parts by OpenSSL's short or long names or object identifiers; unknown
   * and blank parts are logged to `error` and left out. `options.digest` signs
   * it, `sha256` by default. `options.addext` maps extensions to arrays of values
   * in OpenSSL's syntax: `basicConstraints`, `certificatePolicies` (identifiers
   * only), `extendedKeyUsage`, `keyUsage`, `nsComment`, `subjectAltName` (`DNS`,
   * `IP`, `URI`, `email`, `RID`), `subjectKeyIdentifier`, `tlsfeature`, and any
   * other as `DER:` with hexadecimal digits.
   * @param options table: the subject, and perhaps a digest and extensions
   * @return crypto.req: the request
   * @error `crypto.rsa:gencsr requires table as second argument`
   * @error `crypto.rsa:gencsr unknown digest`
   * @error `crypto.rsa:gencsr addext value must be a table`
   * @error `crypto.rsa:gencsr addext values should be tables`
   * @error `crypto.rsa:gencsr addext values should be arrays of strings`
   * @error `crypto.rsa:gencsr failed to construct x509 extensions line %d` for a name that cannot stand in a configuration
   * @error `crypto.rsa:gencsr Could not add x509 extensions` for an unknown extension or a wrong value
   * @error `crypto.rsa:gencsr subject value must be a table`
   * @error `crypto.rsa:gencsr failure building subject (%s=%s)`
   * @error `crypto.rsa:gencsr crypto.rsa:gencsr could not use private key` for a key that is too short for the digest
   * @suspends no
   * @example local request = mtev.newrsa():gencsr({subject = {C = "US", CN = "example.com"}, addext = {subjectAltName = {"DNS:example.com"}}})
   * @source mtev-lua-api.md §11.2
   * @compat differs: extensions are the listed ones, without OpenSSL's sections and references
   */
  define(rsaMethods, "gencsr", (self, options) => {
    if (!(self instanceof Rsa)) raise(state, "must be called as method");
    if (!isTable(options)) fail("requires table as second argument");
    const digestName = options.get("digest") ?? "sha256";
    const signature = findDigest(toStringArgument(digestName) ?? "") ??
      fail("unknown digest");
    const extensions = readExtensions(self.key, options.get("addext"));
    const subject = readSubject(options.get("subject"));
    try {
      return new Req(
        reqMetatable,
        createRequest(self.key, { subject, digest: signature, extensions }),
      );
    } catch {
      // The reference writes the prefix twice here.
      fail("crypto.rsa:gencsr could not use private key");
    }
  });

  /**
   * @lua request = mtev.newreq(pem)
   * Reads a certificate request. Its field `subject` is the name it is for, in
   * one line.
   * @param pem string: the request in PEM
   * @return crypto.req: the request, or nil when it is none
   * @error `crypto.newreq needs string` for nil
   * @suspends no
   * @example print(mtev.newreq(pem).subject) -- /C=US/CN=example.com
   * @source mtev-lua-api.md §11.3
   * @compat same
   */
  define(mtev, "newreq", (pem) => {
    const text = toStringArgument(pem) ??
      raise(state, "crypto.newreq needs string");
    const request = CertificateRequest.fromPem(text);
    return request && new Req(reqMetatable, request);
  });

  /**
   * @lua text = req:pem()
   * The certificate request in PEM.
   * @return string: the text
   * @error `must be called as method`
   * @suspends no
   * @example print(mtev.newrsa():gencsr({subject = {CN = "example.com"}}):pem())
   * @source mtev-lua-api.md §11.3
   * @compat same
   */
  define(reqMethods, "pem", (self) => {
    if (!(self instanceof Req)) raise(state, "must be called as method");
    return self.request.toPem();
  });

  function fail(message: string): never {
    raise(state, `crypto.rsa:gencsr ${message}`);
  }

  function readExtensions(
    key: RsaKey,
    value: LuaValue,
  ): Uint8Array<ArrayBuffer>[] {
    if (value === undefined) return [];
    if (!isTable(value)) fail("addext value must be a table");
    const publicKey = key.publicKeyBits();
    const keyContext = {
      publicKey,
      sha1: (bytes: Uint8Array) => digest("sha1", binaryString(bytes)),
    };
    const extensions: Uint8Array<ArrayBuffer>[] = [];
    for (const [name, values] of entries(value)) {
      if (!isTable(values)) fail("addext values should be tables");
      const texts: string[] = [];
      for (let index = 1; index <= values.length(); index++) {
        const text = values.get(index);
        if (typeof text !== "string") {
          fail("addext values should be arrays of strings");
        }
        texts.push(decodeText(text));
      }
      const key = toStringArgument(name) ?? "";
      const joined = texts.join(",");
      if (!/^[\w.]+$/.test(key) || /[\r\n]/.test(joined)) {
        const line = extensions.length + 1;
        fail(`failed to construct x509 extensions line ${line}\n`);
      }
      extensions.push(
        derExtension(key, joined, keyContext) ??
          fail("Could not add x509 extensions"),
      );
    }
    return extensions;
  }

  function readSubject(value: LuaValue): Uint8Array<ArrayBuffer>[] {
    if (!isTable(value)) fail("subject value must be a table");
    const log = context.process.logs.get("error");
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (const [key, text] of entries(value)) {
      const name = toStringArgument(key) ?? "";
      const content = toStringArgument(text) ?? "";
      if (content === "") {
        log.log(`crypto.rsa:gencsr blank value for ${name} in subject\n`);
        continue;
      }
      const decoded = decodeText(content);
      const part = encodeText(decoded) === content // it is UTF-8
        ? derNamePart(name, decoded)
        : "unsuitable value";
      if (part === "unknown name") {
        log.log(`crypto.rsa:gencsr unknown name ${name} in subject\n`);
      } else if (part === "unsuitable value") {
        fail(`failure building subject (${name}=${content})`);
      } else parts.push(part);
    }
    return parts;
  }
}
