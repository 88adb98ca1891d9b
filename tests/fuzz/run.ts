/**
 * Fuzzes the parsers for as long as wanted:
 * `deno task fuzz [seconds a parser] [seed] [parser]`. Prints the seed, so that
 * a run can be repeated, and ends with status 1 at the first document that a
 * parser neither takes nor refuses.
 *
 * tests/fuzz/parsers_fuzz_test.ts does a little of it at each run of the tests.
 */
import { C_DECLARATIONS } from "./c_declarations.ts";
import { codecs } from "./codecs.ts";
import { DATA_FORMATS } from "./data_formats.ts";
import { engineTargets } from "./engine.ts";
import { network } from "./network.ts";
import { fuzz } from "./target.ts";

const seconds = Number(Deno.args[0] ?? 10);
const seed = Number(Deno.args[1] ?? Date.now() % 1e9);
const only = Deno.args[2];

using engine = engineTargets();
await using coding = await codecs();
await using peers = await network();
const chosen = [
  ...DATA_FORMATS,
  C_DECLARATIONS,
  ...coding.list,
  ...peers.list,
  ...engine.list,
]
  .filter(({ name }) => only === undefined || name === only);
if (chosen.length === 0) {
  throw new RangeError(`Cannot fuzz: there is no parser "${only}"`);
}
console.log(`${seconds} s a parser, seed ${seed}`);
for (const target of chosen) {
  if (target.seeds.length === 0) {
    console.log(`${target.name}: skipped, ${target.missing}`);
    continue;
  }
  const { documents, refused } = await fuzz(target, { seconds, seed });
  console.log(`${target.name}: ${documents} documents, ${refused} refused`);
}
