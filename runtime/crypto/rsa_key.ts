/**
 * RSA private keys on node:crypto, which is loaded when the first key is made.
 * Everything here is synchronous: making a key takes some tenths of a second.
 */
import type { KeyObject } from "node:crypto";
import { DerReader, Tag } from "./der.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The lengths that OpenSSL makes keys of. */
const LEAST_BITS = 512, MOST_BITS = 16_384;
/** Deno throws for a larger one. */
const MOST_EXPONENT = 0x7fff_ffff;

function nodeCrypto() {
  return process.getBuiltinModule("node:crypto");
}

/** An RSA private key. */
export class RsaKey {
  private constructor(private readonly key: KeyObject) {}

  /**
   * Makes a new key.
   *
   * @param bits The length of the modulus, from 512 to 16384
   * @param exponent The public exponent, an odd number from 3 to 2^31 - 1
   * @returns The key, or `undefined` when there is no such key
   */
  static generate(bits: number, exponent: number): RsaKey | undefined {
    if (!(bits >= LEAST_BITS && bits <= MOST_BITS)) return undefined;
    if (!(exponent >= 3 && exponent <= MOST_EXPONENT && exponent % 2 === 1)) {
      return undefined;
    }
    const { privateKey } = nodeCrypto().generateKeyPairSync("rsa", {
      modulusLength: bits,
      publicExponent: exponent,
    });
    return new RsaKey(privateKey);
  }

  /**
   * Reads a key.
   *
   * @param pem PKCS #8 or PKCS #1 in PEM, not encrypted
   * @returns The key, or `undefined` when it is none or not of RSA
   */
  static fromPem(pem: string): RsaKey | undefined {
    let key: KeyObject;
    try {
      key = nodeCrypto().createPrivateKey(pem);
    } catch {
      return undefined;
    }
    return key.asymmetricKeyType === "rsa" ? new RsaKey(key) : undefined;
  }

  /** The key as PKCS #8 in PEM. */
  toPem(): string {
    return this.key.export({ type: "pkcs8", format: "pem" }) as string;
  }

  /** The public key as a SubjectPublicKeyInfo in DER. */
  publicKeyInfo(): Bytes {
    const bytes = nodeCrypto().createPublicKey(this.key)
      .export({ type: "spki", format: "der" });
    return new Uint8Array(bytes);
  }

  /** The content of the public key's bit string, which key identifiers hash. */
  publicKeyBits(): Bytes {
    const info = new DerReader(
      new DerReader(this.publicKeyInfo()).next(Tag.sequence).content,
    );
    info.next(Tag.sequence);
    return info.next(Tag.bitString).content.subarray(1);
  }

  /**
   * Signs with PKCS #1 v1.5 padding.
   *
   * @param digest Such as `sha256`
   * @param bytes What to sign
   * @returns The signature
   * @throws {Error} When the key is too short for the digest
   */
  sign(digest: string, bytes: Uint8Array): Uint8Array {
    return nodeCrypto().sign(digest, bytes, this.key);
  }
}
