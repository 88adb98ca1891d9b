/**
 * Judges a chain of certificates, and says which of OpenSSL's verdicts it earns.
 *
 * Deno's TLS knows only whether a chain is acceptable, not why not, and the API tolerates some
 * reasons and not others (mtev-lua-api.md §5.15, §15.4). Host names are never compared here. That
 * the peer owns the key of its certificate, the handshake itself has proved.
 */
import type { X509Certificate } from "node:crypto";

/** What is wrong with a chain; the texts are OpenSSL's. */
export type Verdict =
  | "ok"
  | "self-signed certificate"
  | "unable to get local issuer certificate"
  | "certificate signature failure"
  | "invalid CA certificate"
  | "certificate is not yet valid"
  | "certificate has expired"
  | "certificate chain too long";

/** Chains longer than this are not followed. */
const MAX_CHAIN = 16;

/**
 * Judges a chain.
 *
 * @param chain What the peer presented, its own certificate first.
 * @param trusted The certificates of authorities.
 * @param now The time to judge by, in milliseconds since 1970.
 * @returns The verdicts, the worst first: a bad signature, then what makes the chain incomplete,
 *   then dates. `["ok"]` when there is nothing to say.
 */
export function judge(
  chain: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  now: number,
): Verdict[] {
  const path = [chain[0]!];
  const verdicts: Verdict[] = [];
  for (;;) {
    const last = path.at(-1)!;
    if (trusted.some((one) => one.fingerprint256 === last.fingerprint256)) {
      break;
    }
    const issuers = [...trusted, ...chain].filter((one) =>
      one.subject === last.issuer
    );
    const issuer = issuers.find((one) => isSignedBy(last, one));
    if (issuer === undefined) {
      verdicts.push(
        issuers.length > 0
          ? "certificate signature failure"
          : "unable to get local issuer certificate",
      );
      break;
    }
    if (issuer.fingerprint256 === last.fingerprint256) {
      verdicts.push("self-signed certificate");
      break;
    }
    if (!issuer.ca) {
      verdicts.push("invalid CA certificate");
      break;
    }
    path.push(issuer);
    if (path.length > MAX_CHAIN) {
      verdicts.push("certificate chain too long");
      break;
    }
  }
  for (const certificate of path) {
    if (now < Date.parse(certificate.validFrom)) {
      verdicts.push("certificate is not yet valid");
      break;
    }
    if (now > Date.parse(certificate.validTo)) {
      verdicts.push("certificate has expired");
      break;
    }
  }
  return verdicts.length > 0 ? verdicts : ["ok"];
}

function isSignedBy(
  certificate: X509Certificate,
  issuer: X509Certificate,
): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // A kind of key that cannot have signed it.
    return false;
  }
}

/** Which verdicts do not end a handshake. */
export interface Tolerance {
  /** Accept authorities that nobody knows, and certificates that signed themselves. */
  readonly unknownAuthority: boolean;
  /** Accept certificates outside their dates. */
  readonly dates: boolean;
}

/**
 * The first verdict that is not tolerated.
 *
 * @param verdicts What {@link judge} said.
 * @param tolerance What does not matter.
 * @returns The verdict, or undefined when the chain is accepted.
 */
export function firstObjection(
  verdicts: readonly Verdict[],
  tolerance: Tolerance,
): Verdict | undefined {
  return verdicts.find((verdict) => {
    switch (verdict) {
      case "ok":
        return false;
      case "self-signed certificate":
      case "unable to get local issuer certificate":
        return !tolerance.unknownAuthority;
      case "certificate is not yet valid":
      case "certificate has expired":
        return !tolerance.dates;
      default:
        return true;
    }
  });
}
