/**
 * The one DNS name `a.test, DNS:evil.test` in a certificate was taken for two
 * names, because node's text of it looks like that (as in CVE-2021-44532).
 */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { dnsNames } from "../../runtime/tls/certificate.ts";
import { run, TestFolder } from "../support/luamtev.ts";
import { hasOpenssl } from "../support/pki.ts";

async function certificate(alternativeNames: string): Promise<X509Certificate> {
  using folder = new TestFolder();
  const { code, stderr } = await run("openssl", [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    "k",
    "-out",
    "c",
    "-subj",
    "/CN=x",
    "-addext",
    alternativeNames,
  ], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  return new X509Certificate(Deno.readFileSync(`${folder.path}/c`));
}

Deno.test({
  name: "dnsNames() does not split a name with a comma",
  ignore: !hasOpenssl, // it makes the certificates
  async fn() {
    const evil = await certificate(
      "2.5.29.17=DER:30:17:82:15:61:2e:74:65:73:74:2c:20:44:4e:53:3a:65:76:69:6c:2e:74:65:73:74",
    );
    assert.deepEqual(dnsNames(evil), []);
    const good = await certificate(
      "subjectAltName=DNS:a.test,IP:127.0.0.1,DNS:*.b.test",
    );
    assert.deepEqual(dnsNames(good), ["a.test", "*.b.test"]);
  },
});
