/**
 * The parts of an X.509 certificate that node's text does not give, or gives in
 * a form that a hostile certificate can imitate: read from the DER itself.
 */
import { DerReader, readObjectIdentifier, Tag } from "./der.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** An extension of a certificate. */
export interface Extension {
  readonly critical: boolean;
  /** The DER of its value. */
  readonly value: Bytes;
}

/** What is read of a certificate. */
export interface CertificateStructure {
  /** Whether it is of version 1, which has no extensions. */
  readonly version1: boolean;
  /** The DER of the names, in hexadecimal, to be compared. */
  readonly issuer: string;
  readonly subject: string;
  /** The extensions by object identifier. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

/**
 * Reads a certificate.
 *
 * @param certificate Its DER.
 * @throws {SyntaxError} When it is none.
 */
export function readCertificate(certificate: Bytes): CertificateStructure {
  const outer = new DerReader(
    new DerReader(certificate).next(Tag.sequence).content,
  );
  const body = new DerReader(outer.next(Tag.sequence).content);
  const version = body.nextIf(0xa0);
  body.next(Tag.integer);
  body.next(Tag.sequence); // the signature's algorithm
  const issuer = body.next(Tag.sequence).content.toHex();
  body.next(Tag.sequence); // the time it is valid
  const subject = body.next(Tag.sequence).content.toHex();
  body.next(Tag.sequence); // the key
  body.nextIf(0x81);
  body.nextIf(0x82);
  const list = body.nextIf(0xa3);
  const extensions = list === undefined
    ? new Map<string, Extension>()
    : readExtensions(new DerReader(list.content).next(Tag.sequence).content);
  return { version1: version === undefined, issuer, subject, extensions };
}

function readExtensions(content: Bytes): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  const all = new DerReader(content);
  while (!all.atEnd) {
    const one = new DerReader(all.next(Tag.sequence).content);
    const id = readObjectIdentifier(one.next(Tag.objectIdentifier).content);
    const critical = one.nextIf(Tag.boolean)?.content[0] === 0xff;
    const value = one.next(Tag.octetString).content;
    extensions.set(id, { critical, value });
  }
  return extensions;
}
