// A key identifier that is not hexadecimal threw through `rsa:gencsr` and ended
// the program; an object identifier of more than 127 bytes as an alternative
// name took bytes of its own length along.
import { deepStrictEqual, equal } from "node:assert/strict";
import { createRuntime } from "../../mod.ts";
import {
  derObjectIdentifier,
  DerReader,
  readObjectIdentifier,
  Tag,
} from "../../runtime/crypto/der.ts";
import { derExtension } from "../../runtime/crypto/request_extensions.ts";

const context = {
  publicKey: new Uint8Array(1),
  sha1: () => new Uint8Array(20),
};

Deno.test("derExtension() refuses a key identifier that is not hexadecimal", () => {
  for (const text of ["zz", "0", "0g", "é0", "", "critical,xy"]) {
    equal(derExtension("subjectKeyIdentifier", text, context), undefined);
  }
});

Deno.test("rsa:gencsr() raises for a key identifier that is not hexadecimal", async () => {
  await using runtime = await createRuntime();
  const results = await runtime.eval(`
    return pcall(mtev.newrsa(512).gencsr, mtev.newrsa(512), {
      subject = {CN = "a"}, addext = {subjectKeyIdentifier = {"nonsense"}},
    })`);
  deepStrictEqual(results, [
    false,
    "crypto.rsa:gencsr Could not add x509 extensions",
  ]);
});

Deno.test("derExtension() writes long object identifiers as alternative names", () => {
  const dotted = "1.2" + ".340282366920938463463374607431768211455".repeat(9);
  equal(derObjectIdentifier(dotted)!.length > 130, true);
  const whole = derExtension("subjectAltName", `RID:${dotted}`, context)!;
  const extension = new DerReader(new DerReader(whole).next().content);
  extension.next(Tag.objectIdentifier);
  const names = new DerReader(extension.next(Tag.octetString).content);
  const name = new DerReader(names.next(Tag.sequence).content).next(0x88);
  equal(readObjectIdentifier(name.content), dotted);
});
