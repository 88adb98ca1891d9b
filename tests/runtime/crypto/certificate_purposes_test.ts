/**
 * What certificates are good for, against the verdicts of the program
 * `openssl`. The certificates are made by it, one for each set of extensions.
 */
import assert from "node:assert/strict";
import { fromPem } from "../../../runtime/crypto/der.ts";
import { certificatePurposes } from "../../../runtime/crypto/certificate_purposes.ts";

/** The names that `openssl x509 -purpose` prints. */
const NAMES: Readonly<Record<string, string>> = {
  "SSL client": "sslclient",
  "SSL server": "sslserver",
  "Netscape SSL server": "nssslserver",
  "S/MIME signing": "smimesign",
  "S/MIME encryption": "smimeencrypt",
  "CRL signing": "crlsign",
  "Any Purpose": "any",
  "OCSP helper": "ocsphelper",
  "Time Stamp signing": "timestampsign",
};

const SETS: readonly (readonly string[])[] = [
  [],
  ["basicConstraints=critical,CA:TRUE"],
  ["basicConstraints=CA:FALSE", "keyUsage=digitalSignature"],
  ["keyUsage=keyEncipherment", "extendedKeyUsage=serverAuth"],
  ["keyUsage=keyAgreement", "extendedKeyUsage=clientAuth,emailProtection"],
  ["keyUsage=keyCertSign,cRLSign"],
  ["basicConstraints=CA:TRUE", "keyUsage=cRLSign"],
  [
    "basicConstraints=CA:TRUE",
    "keyUsage=keyCertSign",
    "extendedKeyUsage=serverAuth",
  ],
  ["keyUsage=digitalSignature", "extendedKeyUsage=critical,timeStamping"],
  ["keyUsage=digitalSignature", "extendedKeyUsage=timeStamping"],
  ["extendedKeyUsage=critical,timeStamping,serverAuth"],
  ["keyUsage=nonRepudiation", "extendedKeyUsage=emailProtection"],
  ["extendedKeyUsage=anyExtendedKeyUsage"],
  ["extendedKeyUsage=msSGC"],
  ["nsCertType=client"],
  ["nsCertType=server,email"],
  ["nsCertType=sslCA"],
  ["nsCertType=emailCA", "keyUsage=keyCertSign"],
];

const OPENSSL_MISSING = (() => {
  try {
    new Deno.Command("openssl", { args: ["version"] }).outputSync();
    return "";
  } catch {
    return " (skipped: no program openssl)";
  }
})();

async function openssl(args: string[], input = ""): Promise<string> {
  const child = new Deno.Command("openssl", {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

Deno.test({
  name: `certificatePurposes() judges as openssl does${OPENSSL_MISSING}`,
  ignore: OPENSSL_MISSING !== "",
  async fn() {
    const key = await openssl(["genpkey", "-algorithm", "ED25519"]);
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(path, key);
      for (const set of SETS) await compare(set, path);
    } finally {
      await Deno.remove(path);
    }
  },
});

async function compare(set: readonly string[], key: string): Promise<void> {
  const pem = await openssl([
    "req",
    "-x509",
    "-key",
    key,
    "-subj",
    "/CN=a",
    "-config",
    "/dev/null",
    ...set.flatMap((extension) => ["-addext", extension]),
  ]);
  const bytes = fromPem(pem, ["CERTIFICATE"]);
  assert.ok(bytes !== undefined, `no certificate with ${set}`);
  const ours = certificatePurposes(bytes);
  const verdicts = await openssl(["x509", "-noout", "-purpose"], pem);
  let compared = 0;
  for (const line of verdicts.split("\n")) {
    const [, label, ca, verdict, code] =
      /^(.+?)( CA)? : (Yes|No)(?: \(WARNING code=(\d+)\))?$/.exec(line) ?? [];
    const name = NAMES[label ?? ""];
    if (name === undefined) continue;
    const expected = verdict === "No" ? 0 : Number(code ?? 1);
    const field = ca === undefined ? name : `${name}_ca`;
    assert.equal(ours[field], expected, `${field} with ${set}`);
    compared++;
  }
  assert.equal(compared, 18);
}

Deno.test("certificatePurposes() refuses what is no certificate", () => {
  for (const hex of ["", "00", "3000", "30030201", "30053003020100"]) {
    assert.throws(
      () => certificatePurposes(Uint8Array.fromHex(hex)),
      SyntaxError,
    );
  }
});
