/**
 * What a certificate says, in OpenSSL's words: one-line names, alternative names, algorithms,
 * purposes. Over node's X509Certificate; whether to trust it is verdict.ts.
 */
import type { X509Certificate } from "node:crypto";
import { readCertificate } from "../crypto/certificate_structure.ts";
import { DerReader, Tag } from "../crypto/der.ts";
import { binaryString } from "../posix/bytes.ts";

/**
 * A name on one line, as OpenSSL's X509_NAME_oneline writes it.
 *
 * @param name A subject or an issuer, as node writes it: a line for each part.
 * @returns Such as `/C=DE/O=Example/CN=example.com`.
 */
export function oneLineName(name: string): string {
  return name.split("\n").map((part) => `/${part}`).join("");
}

const SUBJECT_ALT_NAME = "2.5.29.17";
const DNS_NAME = 0x82;
/** Printable, and without what separates names where they are listed. */
const HOST_NAME = /^[\x21-\x2b\x2d-\x7e]+$/;

/**
 * The host names among the alternative names of a certificate's subject. Read
 * from the DER: in node's text, the one name `a.test, DNS:b.test` looks like
 * two. A name with a comma, a blank or a byte that is no ASCII is left out.
 *
 * @param certificate The certificate.
 * @returns The names, in order.
 */
export function dnsNames(certificate: X509Certificate): string[] {
  const { extensions } = readCertificate(new Uint8Array(certificate.raw));
  const value = extensions.get(SUBJECT_ALT_NAME)?.value;
  if (value === undefined) return [];
  const all = new DerReader(new DerReader(value).next(Tag.sequence).content);
  const names: string[] = [];
  while (!all.atEnd) {
    const { tag, content } = all.next();
    const name = binaryString(content);
    if (tag === DNS_NAME && HOST_NAME.test(name)) names.push(name);
  }
  return names;
}

const SIGNATURES = new Map([
  ["1.2.840.113549.1.1.4", "RSA-MD5"],
  ["1.2.840.113549.1.1.5", "RSA-SHA1"],
  ["1.2.840.113549.1.1.10", "RSASSA-PSS"],
  ["1.2.840.113549.1.1.11", "RSA-SHA256"],
  ["1.2.840.113549.1.1.12", "RSA-SHA384"],
  ["1.2.840.113549.1.1.13", "RSA-SHA512"],
  ["1.2.840.113549.1.1.14", "RSA-SHA224"],
  ["1.2.840.10045.4.1", "ecdsa-with-SHA1"],
  ["1.2.840.10045.4.3.1", "ecdsa-with-SHA224"],
  ["1.2.840.10045.4.3.2", "ecdsa-with-SHA256"],
  ["1.2.840.10045.4.3.3", "ecdsa-with-SHA384"],
  ["1.2.840.10045.4.3.4", "ecdsa-with-SHA512"],
  ["1.3.101.112", "ED25519"],
  ["1.3.101.113", "ED448"],
]);

/**
 * The algorithm that a certificate is signed with.
 *
 * @param certificate The certificate.
 * @returns OpenSSL's short name, such as `RSA-SHA256`.
 */
export function signatureAlgorithm(certificate: X509Certificate): string {
  // Newer than the types.
  const { signatureAlgorithm, signatureAlgorithmOid } = certificate as {
    signatureAlgorithm?: string;
    signatureAlgorithmOid?: string;
  };
  return SIGNATURES.get(signatureAlgorithmOid ?? "") ?? signatureAlgorithm ??
    "undefined";
}

/**
 * The address of the server that tells whether a certificate has been revoked.
 *
 * @param certificate The certificate.
 * @returns The first URL, or undefined.
 */
export function ocspUrl(certificate: X509Certificate): string | undefined {
  return /^OCSP - URI:(.*)$/m.exec(certificate.infoAccess ?? "")?.[1];
}
