/**
 * The worker that listens for signals while the main thread is busy; started
 * by signals.ts. If the main thread has not ended the program a second after a
 * signal, it is stuck outside Lua code and the worker ends the process itself.
 */
/// <reference lib="deno.worker" />
import { exitNow } from "../runtime/posix/process.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";
import { SIGNALS } from "./signals.ts";
import { EXIT_SIGNAL, terminationMessage } from "./termination.ts";

const GRACE = 1000;

for (const signal of SIGNALS) {
  Deno.addSignalListener(signal, () => {
    setTimeout(() => {
      writeFully(2, terminationMessage(signal));
      exitNow(EXIT_SIGNAL);
    }, GRACE);
  });
}
