/**
 * The worker that listens for SIGINT while the main thread is busy; started
 * by interrupt_watch.ts, whose engine's interrupt handler reads the count.
 */
/// <reference lib="deno.worker" />
self.onmessage = ({ data }: MessageEvent<Int32Array>) => {
  Deno.addSignalListener("SIGINT", () => {
    Atomics.add(data, 0, 1);
    self.postMessage("pressed");
  });
  self.postMessage("listening");
};
