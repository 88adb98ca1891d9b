/**
 * Certificate requests: what openssl makes of ours, and what we make of broken
 * ones. The parts that need the program `openssl` are skipped without it.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CertificateRequest,
  createRequest,
  findDigest,
} from "../../../runtime/crypto/certificate_request.ts";
import {
  der,
  derObjectIdentifier,
  fromPem,
  readObjectIdentifier,
  toPem,
} from "../../../runtime/crypto/der.ts";
import { digest } from "../../../runtime/crypto/digest.ts";
import { derNamePart } from "../../../runtime/crypto/distinguished_name.ts";
import { derExtension } from "../../../runtime/crypto/request_extensions.ts";
import { RsaKey } from "../../../runtime/crypto/rsa_key.ts";
import { binaryString } from "../../../runtime/posix/bytes.ts";
import "../../support/libraries.ts";

const key = RsaKey.generate(1024, 65_537)!;
const context = {
  publicKey: key.publicKeyBits(),
  sha1: (bytes: Uint8Array) => digest("sha1", binaryString(bytes)),
};

const part = (name: string, value: string) =>
  derNamePart(name, value) as Uint8Array<ArrayBuffer>;
const extension = (name: string, text: string) =>
  derExtension(name, text, context);

const OPENSSL_MISSING = (() => {
  try {
    new Deno.Command("openssl", { args: ["version"] }).outputSync();
    return "";
  } catch {
    return " (skipped: no program openssl)";
  }
})();

/** What `openssl req -text -verify` prints of a request. */
async function openssl(pem: string): Promise<string> {
  const child = new Deno.Command("openssl", {
    args: ["req", "-noout", "-text", "-verify"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(pem));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}

Deno.test({
  name: `createRequest() makes what openssl verifies${OPENSSL_MISSING}`,
  ignore: OPENSSL_MISSING !== "",
  async fn() {
    const extensions = ([
      ["subjectAltName", "DNS:a.b, DNS:*.b,IP:127.0.0.1,IP:2001:db8::1"],
      ["keyUsage", "critical,digitalSignature,decipherOnly"],
      ["basicConstraints", "critical,CA:TRUE,pathlen:3"],
      ["extendedKeyUsage", "serverAuth,1.2.3.4"],
      ["tlsfeature", "status_request"],
      ["1.2.3.4", "DER:05:00"],
    ] as const).map(([name, text]) => extension(name, text)!);
    for (
      const name of ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]
    ) {
      const request = createRequest(key, {
        subject: [part("C", "US"), part("O", "é"), part("1.2.3.4", "x")],
        digest: findDigest(name)!,
        extensions,
      });
      const text = await openssl(request.toPem());
      assert.match(text, /verify OK/);
      assert.match(text, /C = US, O = \\C3\\A9, 1\.2\.3\.4 = x/);
      assert.match(
        text,
        /DNS:a\.b, DNS:\*\.b, IP Address:127\.0\.0\.1, IP Address:2001:DB8:0:0:0:0:0:1/,
      );
      assert.match(text, /critical\s+Digital Signature, Decipher Only/);
      assert.match(text, /CA:TRUE, pathlen:3/);
      assert.equal(request.subject, "/C=US/O=\\xC3\\xA9/1.2.3.4=x");
    }
  },
});

Deno.test("derExtension() refuses what is wrong", () => {
  for (
    const [name, text] of [
      ["nope", "x"],
      ["keyUsage", "sign"],
      ["keyUsage", ""],
      ["basicConstraints", "CA"],
      ["basicConstraints", "CA:maybe"],
      ["basicConstraints", "pathlen:-1"],
      ["subjectAltName", "x"],
      ["subjectAltName", "IP:1.2.3"],
      ["subjectAltName", "IP:::1%lo"],
      ["subjectAltName", "DNS:é"],
      ["extendedKeyUsage", "x y"],
      ["tlsfeature", "x"],
      ["subjectKeyIdentifier", "x"],
      ["1.2.3", "x"],
      ["1.2.3", "DER:0"],
      ["9.9", "DER:00"],
      ["toString", "x"],
    ] as const
  ) assert.equal(extension(name, text), undefined, `${name}=${text}`);
});

Deno.test("derNamePart() knows the limits of attributes", () => {
  for (const name of ["C", "countryName", "2.5.4.6"]) {
    assert.ok(derNamePart(name, "US") instanceof Uint8Array);
    assert.equal(derNamePart(name, "USA"), "unsuitable value");
    assert.equal(derNamePart(name, "é?"), "unsuitable value");
  }
  assert.equal(derNamePart("CN", "x".repeat(65)), "unsuitable value");
  assert.ok(derNamePart("CN", "é".repeat(64)) instanceof Uint8Array);
  assert.equal(derNamePart("emailAddress", "é@x"), "unsuitable value");
  for (const name of ["", "cn", "zz", "1.2.", "3.1", "1.40", "1.2.03"]) {
    assert.equal(derNamePart(name, "x"), "unknown name");
  }
});

Deno.test("object identifiers round-trip", () => {
  const arc = fc.bigInt({ min: 0n, max: 2n ** 80n });
  fc.assert(
    fc.property(fc.nat(2), arc, fc.array(arc), (first, second, rest) => {
      if (first < 2) second %= 40n;
      const dotted = [first, second, ...rest].join(".");
      const bytes = derObjectIdentifier(dotted)!;
      const header = bytes[1]! < 0x80 ? 2 : 2 + (bytes[1]! & 0x7f);
      assert.equal(readObjectIdentifier(bytes.subarray(header)), dotted);
    }),
  );
});

Deno.test("der() writes lengths of one to four bytes", () => {
  for (const size of [0, 127, 128, 255, 256, 65_535, 65_536]) {
    const bytes = der(0x04, new Uint8Array(size));
    const digits = bytes[1]! < 0x80 ? 0 : bytes[1]! & 0x7f;
    let length = digits === 0 ? bytes[1]! : 0;
    for (let i = 0; i < digits; i++) length = length * 256 + bytes[2 + i]!;
    assert.equal(length, size);
    assert.equal(bytes.length, 2 + digits + size);
  }
});

Deno.test("PEM round-trips, also without a last newline and with CR LF", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const pem = toPem("X Y", bytes);
    for (const text of [pem, pem.trimEnd(), pem.replaceAll("\n", "\r\n")]) {
      assert.deepEqual(
        fromPem(`text\n${text}`, ["X Y"])?.toHex(),
        bytes.toHex(),
      );
    }
    assert.equal(fromPem(pem, ["X"]), undefined);
  }));
});

Deno.test("CertificateRequest.fromPem() survives any damage", () => {
  const { bytes } = createRequest(key, {
    subject: [part("CN", "example.com")],
    digest: "sha256",
    extensions: [],
  });
  assert.equal(
    CertificateRequest.fromPem(toPem("CERTIFICATE REQUEST", bytes))?.subject,
    "/CN=example.com",
  );
  for (let length = 0; length < bytes.length; length++) {
    const cut = toPem("CERTIFICATE REQUEST", bytes.subarray(0, length));
    assert.equal(CertificateRequest.fromPem(cut), undefined);
  }
  const place = fc.nat(bytes.length - 1);
  fc.assert(
    fc.property(place, fc.nat(255), place, fc.nat(255), (i, a, j, b) => {
      const damaged = bytes.slice();
      damaged[i] = a;
      damaged[j] = b;
      const read = CertificateRequest.fromPem(
        toPem("CERTIFICATE REQUEST", damaged),
      );
      if (read !== undefined) assert.match(read.subject, /^[ -~]*$/);
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.string(), (text) => {
    assert.equal(CertificateRequest.fromPem(text), undefined);
  }));
});

Deno.test("RsaKey reads what it wrote, and nothing else", () => {
  assert.equal(RsaKey.fromPem(key.toPem())!.toPem(), key.toPem());
  for (const pem of ["", "x", key.toPem().slice(0, 300), "\0".repeat(1000)]) {
    assert.equal(RsaKey.fromPem(pem), undefined);
  }
  for (const bits of [0, -1, 511, 16_385, NaN, Infinity]) {
    assert.equal(RsaKey.generate(bits, 65_537), undefined);
  }
  for (const exponent of [0, 1, 2, 4, -3, NaN, 2 ** 40]) {
    assert.equal(RsaKey.generate(1024, exponent), undefined);
  }
});
