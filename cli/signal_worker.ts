/**
 * The worker that listens for signals while the main thread is busy; started
 * by signals.ts. It stores 1 + the index of the signal in the shared flag. If
 * the main thread has not ended the program a second later, it is stuck
 * outside Lua code and the worker ends the process itself.
 */
/// <reference lib="deno.worker" />
import { exitNow } from "../runtime/posix/process.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";
import { terminationMessage } from "./termination.ts";

const GRACE = 1000;

self.onmessage = (
  { data }: MessageEvent<{ flag: Int32Array; signals: Deno.Signal[] }>,
) => {
  const { flag, signals } = data;
  signals.forEach((signal, index) =>
    Deno.addSignalListener(signal, () => {
      Atomics.store(flag, 0, index + 1);
      setTimeout(() => {
        writeFully(2, terminationMessage(signal));
        exitNow(2);
      }, GRACE);
    })
  );
};
