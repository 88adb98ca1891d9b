/**
 * The mtev-busted program: runs Lua specs on the event runtime.
 *
 * Everything that a user of busted sees is written in Lua (busted/lua/): this
 * makes the runtime, hands the words of the command line over, and turns
 * Ctrl-C into an orderly end of the run. Specification: busted.md §1, §2.
 */
import { addHarness, FOLDER } from "../busted/harness.ts";
import { Interrupts } from "../busted/interrupts.ts";
import { HarnessCode } from "../busted/kept_code.ts";
import { createRuntime, type Runtime } from "../lua/runtime.ts";
import { encodeText } from "../lua/text.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";
import { watchInterrupts } from "./interrupt_watch.ts";

const EXIT_INTERRUPTED = 130;
const EXIT_BROKEN = 70;

/** A second signal within this time is taken for the same one, in ms. */
const SAME_SIGNAL = 500;

/** Set by the launcher for deno itself, not for the program's children. */
for (const name of Deno.env.get("LUAMTEV_UNSET")?.split(" ") ?? []) {
  Deno.env.delete(name);
}

if (Deno.args.includes("--watch")) {
  const { watch, watchWords } = await import("./watch.ts");
  const { watches, rest } = watchWords(Deno.args);
  if (watches) await watch(rest);
}

const interrupts = new Interrupts();
let interruptedAt: number | undefined;
const pollSignals = watchInterrupts(() => {
  const now = performance.now();
  interruptedAt ??= now;
  if (now - interruptedAt > SAME_SIGNAL) Deno.exit(EXIT_INTERRUPTED);
  if (!interrupts.requested) interrupts.request();
});
const code = await HarnessCode.open(FOLDER);
const runtime: Runtime = await createRuntime({
  args: ["mtev-busted", ...Deno.args],
  path: "{package.path}",
  eventer: { exclusive: true, autoRun: false },
  interrupt() {
    pollSignals();
    interrupts.check(() => runtime.state.where(1));
    return "continue";
  },
  onUncaught: () => interrupts.uncaught++,
});
addHarness(runtime, interrupts, code);
const done = runtime.eval('require "busted.command"()', "=mtev-busted");
done.catch((error) => {
  writeFully(2, encodeText(`mtev-busted: ${error.message}\n`));
  if (error.traceback !== undefined) writeFully(2, `${error.traceback}\n`);
  Deno.exit(EXIT_BROKEN);
});
using _ = runtime.eventer.hold(); // the harness ends by os.exit alone
await runtime.eventer.run();
