/**
 * The worker that listens for SIGINT while the main thread is busy; started
 * by interrupt_watch.ts, whose engine's interrupt handler reads the flag.
 */
/// <reference lib="deno.worker" />
self.onmessage = ({ data }: MessageEvent<Int32Array>) => {
  Deno.addSignalListener("SIGINT", () => Atomics.store(data, 0, 1));
};
