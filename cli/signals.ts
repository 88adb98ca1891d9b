/**
 * Signals that end the luamtev program, also while Lua code keeps the thread
 * busy and no listener of the main thread can run.
 *
 * Listeners cost nothing until a signal comes. Only when Lua has not let the
 * loop turn for a while is a worker started, whose listener sets a flag that
 * the engine's interrupt handler reads. Specification: mtev-lua-api.md §16.5.
 */
import type { InterruptHandler } from "../lua/host.ts";

/** The signals that end the program. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGQUIT"] as const;

/** One of the signals that end the program. */
export type TerminatingSignal = typeof SIGNALS[number];

/** How long Lua may keep the thread before the worker is started, in ms. */
const BUSY = 100;

/**
 * Calls `terminate` when a signal arrives.
 *
 * @returns The interrupt handler to give to the Lua state.
 */
export function handleSignals(
  terminate: (signal: TerminatingSignal) => void,
): InterruptHandler {
  for (const signal of SIGNALS) {
    Deno.addSignalListener(signal, () => terminate(signal));
  }
  return busyWatch((index) => terminate(SIGNALS[index]!));
}

function busyWatch(terminate: (index: number) => void): InterruptHandler {
  let flag: Int32Array | undefined;
  let busySince: number | undefined;
  return () => {
    if (flag !== undefined) {
      const signal = Atomics.load(flag, 0);
      if (signal > 0) terminate(signal - 1);
    } else if (busySince === undefined) {
      busySince = performance.now();
      setTimeout(() => busySince = undefined, 0); // when the loop turns
    } else if (performance.now() - busySince > BUSY) {
      flag = startWorker();
    }
    return "continue";
  };
}

function startWorker(): Int32Array {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("./signal_worker.ts", import.meta.url), {
    type: "module",
  });
  worker.postMessage({ flag, signals: SIGNALS });
  return flag;
}
