/**
 * Digests and HMACs of binary strings. A digest of a short string is asked for
 * so often that the call counts: libcrypto through FFI takes about half the
 * time of node:crypto (docs/performance.md), so it is used where it is
 * installed, and node:crypto everywhere else. Both give the same bytes.
 */
import { binaryBytes, writeBinaryString } from "../posix/bytes.ts";

/** A digest algorithm of the mtev API. */
export type DigestAlgorithm = "md5" | "sha1" | "sha256";

/** The bytes of each algorithm's digest. */
const LENGTHS: Readonly<Record<DigestAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
};

const LIBRARIES = ["libcrypto.so.3", "libcrypto.so.1.1"];

const FUNCTION = {
  parameters: ["buffer", "u32", "buffer"],
  result: "pointer",
} as const;

type Hash = (
  bytes: Uint8Array<ArrayBuffer>,
  length: number,
  into: Uint8Array<ArrayBuffer>,
) => void;

let hashes: Readonly<Record<DigestAlgorithm, Hash>> | undefined;

function loadHashes(): Readonly<Record<DigestAlgorithm, Hash>> {
  for (const library of LIBRARIES) {
    try {
      const { MD5, SHA1, SHA256 } = Deno.dlopen(library, {
        MD5: FUNCTION,
        SHA1: FUNCTION,
        SHA256: FUNCTION,
      }).symbols;
      return { md5: MD5, sha1: SHA1, sha256: SHA256 };
    } catch {
      // Not installed, or built without them.
    }
  }
  return nodeHashes();
}

/**
 * The digests of node:crypto.
 *
 * @returns A function for each algorithm: it digests the first `length` bytes
 *   into `into`
 */
export function nodeHashes(): Readonly<Record<DigestAlgorithm, Hash>> {
  const { hash } = process.getBuiltinModule("node:crypto");
  const hashWith =
    (algorithm: DigestAlgorithm): Hash => (bytes, length, into) =>
      into.set(hash(algorithm, bytes.subarray(0, length), "buffer"));
  return {
    md5: hashWith("md5"),
    sha1: hashWith("sha1"),
    sha256: hashWith("sha256"),
  };
}

/** Reused for every short message. */
const scratch = new Uint8Array(64 * 1024);
const results: Readonly<Record<DigestAlgorithm, Uint8Array<ArrayBuffer>>> = {
  md5: new Uint8Array(LENGTHS.md5),
  sha1: new Uint8Array(LENGTHS.sha1),
  sha256: new Uint8Array(LENGTHS.sha256),
};

/**
 * Digests a message.
 *
 * @param algorithm Which digest
 * @param message A binary string
 * @returns The digest's bytes, in a buffer that the next call overwrites
 */
export function digest(
  algorithm: DigestAlgorithm,
  message: string,
): Uint8Array<ArrayBuffer> {
  hashes ??= loadHashes();
  let bytes = scratch;
  if (message.length <= scratch.length) writeBinaryString(message, scratch);
  else bytes = binaryBytes(message);
  const into = results[algorithm];
  hashes[algorithm](bytes, message.length, into);
  return into;
}

/**
 * Authenticates a message with a key.
 *
 * @param algorithm The digest to do it with
 * @param message A binary string
 * @param key A binary string of any length
 * @returns The HMAC in Base64
 */
export function hmacBase64(
  algorithm: DigestAlgorithm,
  message: string,
  key: string,
): string {
  return process.getBuiltinModule("node:crypto")
    .createHmac(algorithm, binaryBytes(key))
    .update(binaryBytes(message))
    .digest("base64");
}
