// Deno makes no keys with a public exponent of 2^31 or more and throws an Error
// for it, which went through `mtev.newrsa` and ended the whole program.
import { equal } from "node:assert/strict";
import { createRuntime } from "../../mod.ts";
import { RsaKey } from "../../runtime/crypto/rsa_key.ts";

Deno.test("mtev.newrsa() gives nil for an exponent that is too large", async () => {
  await using runtime = await createRuntime();
  const [key] = await runtime.eval("return mtev.newrsa(512, 4294967295)");
  equal(key, undefined);
});

Deno.test("RsaKey.generate() takes the largest exponent that it documents", () => {
  equal(RsaKey.generate(512, 2 ** 31 - 1) instanceof RsaKey, true);
  equal(RsaKey.generate(512, 2 ** 31 + 1), undefined);
});
