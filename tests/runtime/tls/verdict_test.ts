/** Verdicts on chains, each wrong in one way. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { splitPem } from "../../../runtime/tls/options.ts";
import {
  firstObjection,
  judge,
  type Verdict,
} from "../../../runtime/tls/verdict.ts";
import { hasOpenssl, Pki } from "../../support/pki.ts";

Deno.test({
  name: "judge() tells what is wrong with a chain",
  ignore: !hasOpenssl, // no openssl to make certificates with
  async fn() {
    using pki = await Pki.make();
    const read = (name: string) =>
      splitPem(Deno.readTextFileSync(pki.certificate(name)))
        .map((text) => new X509Certificate(text));
    const verdicts = (name: string, authority?: string) =>
      judge(
        read(name),
        authority === undefined ? [] : read(authority),
        Date.now(),
      );
    assert.deepEqual(verdicts("server", "ca"), ["ok"]);
    assert.deepEqual(verdicts("below", "ca"), ["ok"]);
    assert.deepEqual(verdicts("server", "server"), ["ok"]);
    assert.deepEqual(verdicts("self", "self"), ["ok"]);
    assert.deepEqual(verdicts("server"), [
      "unable to get local issuer certificate",
    ]);
    assert.deepEqual(verdicts("self", "ca"), ["self-signed certificate"]);
    assert.deepEqual(verdicts("imposed", "ca"), [
      "certificate signature failure",
    ]);
    assert.deepEqual(verdicts("lower", "ca"), ["invalid CA certificate"]);
    assert.deepEqual(verdicts("expired", "ca"), ["certificate has expired"]);
    assert.deepEqual(verdicts("expired"), [
      "unable to get local issuer certificate",
      "certificate has expired",
    ]);
    assert.deepEqual(verdicts("future", "ca"), [
      "certificate is not yet valid",
    ]);
  },
});

Deno.test("firstObjection() tolerates what it is told to", () => {
  const objection = (
    verdict: Verdict,
    unknownAuthority: boolean,
    dates: boolean,
  ) => firstObjection([verdict], { unknownAuthority, dates });
  assert.equal(objection("ok", false, false), undefined);
  for (
    const verdict of [
      "self-signed certificate",
      "unable to get local issuer certificate",
    ] as const
  ) {
    assert.equal(objection(verdict, true, false), undefined);
    assert.equal(objection(verdict, false, true), verdict);
  }
  assert.equal(objection("certificate has expired", false, true), undefined);
  assert.equal(
    objection("certificate is not yet valid", true, false),
    "certificate is not yet valid",
  );
  assert.equal(
    objection("certificate signature failure", true, true),
    "certificate signature failure",
  );
});
