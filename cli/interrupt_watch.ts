/**
 * Counts presses of Ctrl-C, also while Lua code keeps the thread busy and no
 * listener of the main thread can run: then a worker listens beside it.
 *
 * Unlike signals.ts it ends nothing: mtev-busted prints what it knows so far.
 */

/** How long Lua may keep the thread before the worker is started, in ms. */
const BUSY = 100;

/**
 * Calls `pressed` when SIGINT arrives; perhaps more than once for one signal.
 *
 * @returns What the engine's interrupt handler has to call.
 */
export function watchInterrupts(pressed: () => void): () => void {
  let flag: Int32Array | undefined;
  let busySince: number | undefined;
  Deno.addSignalListener("SIGINT", pressed);
  return () => {
    if (flag !== undefined) {
      if (Atomics.exchange(flag, 0, 0) > 0) pressed();
    } else if (busySince === undefined) {
      busySince = performance.now();
      setTimeout(() => busySince = undefined, 0); // when the loop turns
    } else if (performance.now() - busySince > BUSY) {
      flag = startWorker();
    }
  };
}

function startWorker(): Int32Array {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    new URL("./interrupt_worker.ts", import.meta.url),
    { type: "module" },
  );
  worker.postMessage(flag);
  return flag;
}
