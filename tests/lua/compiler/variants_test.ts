/**
 * The same programs run in other ways print the same: with a suspension forced
 * at every call and back-edge, and without fast paths. Here are the programs
 * for benchmarks, which check themselves, and the dialect cases of the
 * conformance corpus; the goldens of the libraries are in
 * tests/lua/stdlib/golden_test.ts, and random programs in
 * tests/fuzz/engine_fuzz.ts.
 */
import assert from "node:assert/strict";
import { OTHER_VARIANTS, runAs } from "../../../lua/compiler/force.ts";
import { createCompilerState } from "../../../lua/compiler/state.ts";
import { openLibraries } from "../../../lua/stdlib/open.ts";
import {
  ownCorpus,
  runConformance,
} from "../../conformance/luamtev_conformance.ts";

const PROGRAMS = new URL("../../bench/engine/", import.meta.url);

/** Take more than two seconds with suspensions; `deno task fuzz:variants` runs them. */
const LONG = new Set([
  "errors.lua",
  "json.lua",
  "nbody.lua",
  "trees.lua",
  "vectors.lua",
  "words.lua",
]);
const all = Deno.env.has("LUAMTEV_ALL_VARIANTS");

for (const { name } of Deno.readDirSync(PROGRAMS)) {
  if (!name.endsWith(".lua") || (LONG.has(name) && !all)) continue;
  for (const variant of OTHER_VARIANTS) {
    Deno.test(`${name} finds its results right, ${variant}`, () => {
      using state = createCompilerState();
      using _libraries = openLibraries(state, {
        exit: () => {
          throw new Error("The program called os.exit");
        },
        print: () => {},
      });
      using _ = runAs(variant);
      const source = Deno.readTextFileSync(new URL(name, PROGRAMS));
      const thread = state.newThread(state.load(source, "@" + name));
      const outcome = state.resume(thread, []);
      if (outcome.kind === "failed") throw outcome.error;
      assert.equal(outcome.kind, "ended");
    });
  }
}

for (const variant of OTHER_VARIANTS) {
  Deno.test(`dialect cases of the corpus give what was recorded, ${variant}`, async () => {
    const root = new URL("../../../", import.meta.url).pathname;
    const result = await runConformance({
      ...ownCorpus(),
      command: [
        "env",
        `LUAMTEV_VARIANT=${variant}`,
        Deno.execPath(),
        "run",
        "-A",
        "--no-check",
        `--config=${root}deno.json`,
        "--v8-flags=--stack-size=7000",
        `${root}tests/support/luamtev_variant.ts`,
      ],
      glob: all ? "*/*" : "dialect/*",
    });
    assert.deepEqual(result.problems, []);
    assert.ok(result.passed > 30);
  });
}
