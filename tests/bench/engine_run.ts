/**
 * Runs one program of tests/bench/engine on one of our engines and prints the
 * seconds it took, without start-up. Started by engine_bench.ts.
 */
import { createState, isEngineName } from "../../lua/engines.ts";
import { openLibraries } from "../../lua/stdlib/open.ts";

const [engine = "", file = "", rounds = "1"] = Deno.args;
if (!isEngineName(engine)) throw new TypeError(`Cannot run engine: ${engine}`);
using state = (await createState(engine))();
openLibraries(state, {
  exit: () => {
    throw new Error("The program called os.exit");
  },
});
const source = Deno.readTextFileSync(file);
const chunk = state.load(source, "@" + file);
const start = performance.now();
for (let i = 0; i < Number(rounds); i++) {
  // In a coroutine, as all code of luamtev runs.
  const outcome = state.resume(state.newThread(chunk), []);
  if (outcome.kind === "failed") throw outcome.error;
}
console.log((performance.now() - start) / 1000);
