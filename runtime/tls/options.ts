/**
 * What a TLS connection is to be like: versions, ciphers, certificates; as node:tls wants it.
 *
 * The words are OpenSSL's (mtev-lua-api.md §5.15); TLS below 1.2 cannot be had, nor can a preference
 * among ciphers. Whatever cannot be done as asked is an error here, before anything is sent.
 */
import type { SecureContextOptions, SecureVersion } from "node:tls";

/** How to secure a connection. */
export interface TlsOptions {
  /** `<method>[:option,…]`; the method does not matter. */
  readonly layer?: string | undefined;
  /** A PEM text, or a file that holds one; likewise the next two. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
  /** Names of ciphers, separated by colons. */
  readonly ciphers?: string | undefined;
  /** Protocols for ALPN, in order of preference. */
  readonly alpn?: readonly string[] | undefined;
  /** A list of revoked certificates: not supported, and so an error. */
  readonly crl?: string | undefined;
}

/** The versions that a layer allows. */
export interface TlsVersions {
  readonly min: SecureVersion;
  readonly max: SecureVersion;
  /** The minimum that was asked for, as the protocol numbers it; 0 for none. */
  readonly asked: number;
}

/** What `layer` is when nobody says. */
export const DEFAULT_LAYER = "tlsv1:all,>=tlsv1.2,!all,!sslv3,!sslv2";

const VERSIONS = new Map([
  ["sslv2", 0x200],
  ["sslv3", 0x300],
  ["tlsv1", 0x301],
  ["tlsv1.0", 0x301],
  ["tlsv1.1", 0x302],
  ["tlsv1.2", 0x303],
  ["tlsv1.3", 0x304],
]);
const TLS_1_2 = 0x303;
const TLS_1_3 = 0x304;

/**
 * Reads a layer.
 *
 * @param layer Such as `tlsv1:>=tlsv1.2,!tlsv1.3`; words that mean something else to OpenSSL are
 *   passed over.
 * @returns The versions.
 * @throws {RangeError} When it leaves neither TLS 1.2 nor TLS 1.3.
 */
export function parseLayer(layer: string): TlsVersions {
  const colon = layer.indexOf(":");
  const words = colon < 0 ? [] : layer.slice(colon + 1).split(",");
  let min = 0;
  let max = TLS_1_3;
  const without = new Set<number>();
  for (const word of words) {
    const [, sign, name] = /^\s*(>=|<=|=|!|)\s*(\S*)\s*$/.exec(word) ?? [];
    const version = VERSIONS.get((name ?? "").toLowerCase());
    if (version === undefined) continue;
    if (sign === "!") without.add(version);
    else if (sign === "") without.delete(version);
    if (sign === ">=" || sign === "=") min = version;
    if (sign === "<=" || sign === "=") max = version;
  }
  const allowed = [TLS_1_2, TLS_1_3].filter((version) =>
    version >= min && version <= max && !without.has(version)
  );
  if (allowed.length === 0) {
    throw new RangeError(
      `Cannot use the TLS layer "${layer}": it leaves neither TLS 1.2 nor TLS 1.3`,
    );
  }
  return {
    min: allowed[0] === TLS_1_2 ? "TLSv1.2" : "TLSv1.3",
    max: allowed.at(-1) === TLS_1_2 ? "TLSv1.2" : "TLSv1.3",
    asked: min,
  };
}

/**
 * Makes the options for node:tls. Reads the files that are named.
 *
 * @param options How to secure a connection.
 * @param versions The versions.
 * @returns The options.
 * @throws {Error} When a file cannot be read, or something is asked for that cannot be done.
 */
export function secureContextOptions(
  options: TlsOptions,
  versions: TlsVersions,
): SecureContextOptions {
  if (options.crl !== undefined) {
    throw new Error("Cannot use a list of revoked certificates: not supported");
  }
  const certificate = pem(options.certificate);
  const key = pem(options.key);
  const ca = pem(options.ca);
  const { ciphers } = options;
  return {
    minVersion: versions.min,
    maxVersion: versions.max,
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
    ...(ca !== undefined && { ca: splitPem(ca) }),
    ...(ciphers !== undefined && ciphers !== "DEFAULT" && { ciphers }),
  };
}

/** A PEM text: as it is, or from the file that is named. */
function pem(value: string | undefined): string | undefined {
  if (value === undefined || value.includes("\n")) return value;
  return Deno.readTextFileSync(value);
}

/**
 * Splits a PEM text into its certificates.
 *
 * @param text One certificate or several.
 * @returns A PEM text for each.
 */
export function splitPem(text: string): string[] {
  return text.match(
    /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g,
  ) ?? [];
}

/**
 * Tells whether a handshake ended with a cipher that was allowed.
 *
 * @param ciphers The names that were asked for, separated by colons. Where a group of ciphers is
 *   among them (`HIGH`, `ECDHE+AESGCM`), anything is allowed that is not excluded by name.
 * @param name The cipher's name.
 * @param protocol `TLSv1.2` or `TLSv1.3`; the list has no say over the latter, as in OpenSSL.
 * @returns Whether it was.
 */
export function allowsCipher(
  ciphers: string | undefined,
  name: string,
  protocol: string,
): boolean {
  if (ciphers === undefined || protocol === "TLSv1.3") return true;
  const words = ciphers.toUpperCase().split(/[:, ]+/).filter((word) =>
    word !== ""
  );
  const wanted = name.toUpperCase();
  if (words.includes(`!${wanted}`) || words.includes(`-${wanted}`)) {
    return false;
  }
  if (words.includes(wanted)) return true;
  return words.some((word) => !/^[!\-@]/.test(word) && !/-/.test(word));
}
