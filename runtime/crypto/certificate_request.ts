/**
 * Certificate requests (PKCS #10): making one for an RSA key, and reading one.
 * Deno has no API for them. Reading checks the structure, not the signature,
 * as OpenSSL does.
 */
import {
  der,
  derObjectIdentifier,
  DerReader,
  fromPem,
  Tag,
  toPem,
} from "./der.ts";
import { formatNameInLine } from "./distinguished_name.ts";
import type { RsaKey } from "./rsa_key.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const LABELS = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/** The attribute that holds extensions (PKCS #9). */
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

/** The signature algorithms with RSA, by digest. */
const RSA_SIGNATURES: Readonly<Record<string, string>> = {
  md5: "1.2.840.113549.1.1.4",
  sha1: "1.2.840.113549.1.1.5",
  sha224: "1.2.840.113549.1.1.14",
  sha256: "1.2.840.113549.1.1.11",
  sha384: "1.2.840.113549.1.1.12",
  sha512: "1.2.840.113549.1.1.13",
};

/**
 * Finds the digest that OpenSSL calls by a name.
 *
 * @param name Such as `sha256`, `SHA256` or `RSA-SHA256`
 * @returns The name that {@link createRequest} takes, or `undefined`
 */
export function findDigest(name: string): string | undefined {
  const plain = name.toLowerCase().replace(/^rsa-/, "");
  return Object.hasOwn(RSA_SIGNATURES, plain) ? plain : undefined;
}

/** A certificate request. */
export class CertificateRequest {
  /** The name it is for in one line, such as `/C=US/CN=example`. */
  readonly subject: string;

  /**
   * Reads a request.
   *
   * @param bytes Its DER
   * @throws {SyntaxError} When they are none
   */
  constructor(readonly bytes: Bytes) {
    const outer = new DerReader(bytes);
    const request = new DerReader(outer.next(Tag.sequence).content);
    const info = new DerReader(request.next(Tag.sequence).content);
    request.next(Tag.sequence);
    request.next(Tag.bitString);
    info.next(Tag.integer);
    this.subject = formatNameInLine(info.next(Tag.sequence).content);
    info.next(Tag.sequence);
  }

  /**
   * Reads a request in PEM.
   *
   * @param text Text with the block in it
   * @returns The request, or `undefined` when there is none that can be read
   */
  static fromPem(text: string): CertificateRequest | undefined {
    const bytes = fromPem(text, LABELS);
    if (bytes === undefined) return undefined;
    try {
      return new CertificateRequest(bytes);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** The request in PEM. */
  toPem(): string {
    return toPem(LABELS[0]!, this.bytes);
  }
}

/** What a request says. */
export interface RequestContent {
  /** The parts of the subject's name, each in DER, in order. */
  readonly subject: readonly Bytes[];
  /** A name that {@link findDigest} returned. */
  readonly digest: string;
  /** The extensions asked for, each in DER. */
  readonly extensions: readonly Bytes[];
}

/**
 * Makes a request and signs it.
 *
 * @param key The key that it is for
 * @param content What it says
 * @returns The request
 * @throws {Error} When the key cannot sign, for instance as it is too short
 */
export function createRequest(
  key: RsaKey,
  content: RequestContent,
): CertificateRequest {
  const { subject, digest, extensions } = content;
  const attributes = extensions.length === 0 ? [] : der(
    Tag.sequence,
    derObjectIdentifier(EXTENSION_REQUEST)!,
    der(Tag.set, der(Tag.sequence, ...extensions)),
  );
  const info = der(
    Tag.sequence,
    der(Tag.integer, [0]),
    der(Tag.sequence, ...subject),
    key.publicKeyInfo(),
    der(0xa0, attributes),
  );
  const algorithm = der(
    Tag.sequence,
    derObjectIdentifier(RSA_SIGNATURES[digest]!)!,
    der(Tag.null),
  );
  const signature = der(Tag.bitString, [0], key.sign(digest, info));
  return new CertificateRequest(
    der(Tag.sequence, info, algorithm, signature),
  );
}
