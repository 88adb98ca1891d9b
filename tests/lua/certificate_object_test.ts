/** The fields of `crypto.x509`, on a certificate of the conformance corpus. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import {
  certificateMetatable,
  CertificateObject,
} from "../../lua/certificate_object.ts";
import { createRuntime } from "../../mod.ts";
import "../support/libraries.ts";

const PEM = Deno.readTextFileSync(
  new URL("../conformance/luamtev/net/data/server.crt", import.meta.url),
);

Deno.test("crypto.x509 tells purposes, type and algorithm", async () => {
  await using runtime = await createRuntime({ stderr: () => {} });
  const { state } = runtime;
  runtime.define(
    "certificate",
    () =>
      new CertificateObject(
        certificateMetatable(state),
        new X509Certificate(PEM),
      ),
  );
  const results = await runtime.eval(`
    local c = certificate()
    local p, names = c.purpose, {}
    for name in pairs(p) do names[#names + 1] = name end
    return #names, p.any, p.sslserver, p.timestampsign, c.type, c.bits, c.signature_algorithm`);
  // As openssl x509 -noout -purpose -text prints it.
  assert.deepEqual(results, [18, 1, 1, 0, "rsa", 2048, "RSA-SHA256"]);
});
