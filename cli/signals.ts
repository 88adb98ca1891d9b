/**
 * Signals that end the luamtev program, also while Lua code keeps the thread
 * busy and no listener of the main thread can run.
 *
 * Then the engine's interrupt handler looks whether one has arrived. When Lua
 * has not let the loop turn for a while, a worker is started too, which ends
 * the program when the thread is stuck outside Lua code. Specification:
 * mtev-lua-api.md §16.5.
 */
import type { InterruptHandler } from "../lua/host.ts";
import {
  type RecordedSignal,
  recordSignal,
  signalArrived,
} from "../runtime/posix/signal_record.ts";

/** The signals that end the program. */
export const SIGNALS = ["SIGINT", "SIGTERM", "SIGQUIT"] as const;

/** One of the signals that end the program. */
export type TerminatingSignal = RecordedSignal & typeof SIGNALS[number];

/** How long Lua may keep the thread before the worker is started, in ms. */
const BUSY = 100;

/** The time between two looks at what has arrived, in ms. */
const LOOK = 10;

/**
 * Calls `terminate` when a signal arrives.
 *
 * @returns The interrupt handler to give to the Lua state.
 */
export function handleSignals(
  terminate: (signal: TerminatingSignal) => void,
): InterruptHandler {
  SIGNALS.forEach(recordSignal); // all before the first listener
  for (const signal of SIGNALS) {
    Deno.addSignalListener(signal, () => terminate(signal));
  }
  return busyWatch(terminate);
}

function busyWatch(
  terminate: (signal: TerminatingSignal) => void,
): InterruptHandler {
  let busySince: number | undefined;
  let lookAt = 0;
  let worker: Worker | undefined;
  return () => {
    const now = performance.now();
    if (busySince === undefined) {
      busySince = now;
      lookAt = now + LOOK;
      setTimeout(() => busySince = undefined, 0); // when the loop turns
    } else if (now >= lookAt) {
      lookAt = now + LOOK;
      const arrived = SIGNALS.find(signalArrived);
      if (arrived !== undefined) terminate(arrived);
      if (now - busySince > BUSY) {
        worker ??= new Worker(new URL("./signal_worker.ts", import.meta.url), {
          type: "module",
        });
      }
    }
    return "continue";
  };
}
