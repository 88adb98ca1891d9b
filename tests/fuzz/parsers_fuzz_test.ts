/**
 * A little fuzzing at each run of the tests, always with the same documents;
 * `deno task fuzz` does more of it.
 */
import { equal, rejects } from "node:assert/strict";
import { C_DECLARATIONS } from "./c_declarations.ts";
import { codecs } from "./codecs.ts";
import { DATA_FORMATS } from "./data_formats.ts";
import { engineTargets } from "./engine.ts";
import { network } from "./network.ts";
import { fuzz, FuzzError } from "./target.ts";

const DOCUMENTS = 1000;
const SEED = 20_251_121;

for (const target of [...DATA_FORMATS, C_DECLARATIONS]) {
  const missing = target.seeds.length === 0;
  const reason = missing ? ` (skipped: ${target.missing})` : "";
  Deno.test({
    name: `fuzzing ${target.name} finds nothing${reason}`,
    ignore: missing,
    fn: async () => {
      const limits = { documents: DOCUMENTS, seed: SEED };
      equal((await fuzz(target, limits)).documents, DOCUMENTS);
    },
  });
}

const GROUPS = { "the codecs": codecs, "what peers send": network };
for (const [group, make] of Object.entries(GROUPS)) {
  Deno.test(`fuzzing ${group} finds nothing`, async (t) => {
    await using targets = await make();
    for (const target of targets.list) {
      const missing = target.seeds.length === 0;
      const reason = missing ? ` (skipped: ${target.missing})` : "";
      await t.step({
        name: `${target.name}${reason}`,
        ignore: missing,
        fn: async () => {
          const limits = { documents: DOCUMENTS, seed: SEED };
          equal((await fuzz(target, limits)).documents, DOCUMENTS);
        },
      });
    }
  });
}

Deno.test("fuzzing the engine finds nothing", async (t) => {
  using targets = engineTargets();
  for (const target of targets.list) {
    await t.step(target.name, async () => {
      const limits = { documents: DOCUMENTS, seed: SEED };
      equal((await fuzz(target, limits)).documents, DOCUMENTS);
    });
  }
});

Deno.test("fuzz() gives the same documents for a seed and reports the one that fails", async () => {
  const seen: string[][] = [[], []];
  const target = (documents: string[]) => ({
    name: "sample",
    seeds: ["abc", "def"],
    tokens: ["x"],
    run: (text: string) => void documents.push(text),
    refuses: () => false,
  });
  for (const documents of seen) {
    await fuzz(target(documents), { documents: 50, seed: 1 });
  }
  equal(seen[0]!.join("\n"), seen[1]!.join("\n"));
  const failing = {
    ...target([]),
    run: () => {
      throw new TypeError("sample");
    },
  };
  await rejects(
    fuzz(failing, { documents: 1, seed: 1 }),
    (error) => error instanceof FuzzError && error.document === seen[0]![0],
  );
});
