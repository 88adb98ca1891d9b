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
  let count: Int32Array | undefined;
  let busySince: number | undefined;
  Deno.addSignalListener("SIGINT", pressed);
  return () => {
    if (count !== undefined) {
      if (Atomics.exchange(count, 0, 0) > 0) pressed();
    } else if (busySince === undefined) {
      busySince = performance.now();
      setTimeout(() => busySince = undefined, 0); // when the loop turns
    } else if (performance.now() - busySince > BUSY) {
      count = startWorker().count;
    }
  };
}

/**
 * As {@link watchInterrupts}, but the worker listens from the beginning, so
 * that no loop is too young to be interrupted, and `pressed` is called once for
 * a press. That takes 15 ms and 9 MB.
 */
export async function watchEveryInterrupt(
  pressed: () => void,
): Promise<() => void> {
  const { count, worker } = startWorker();
  let seen = 0;
  const poll = () => {
    const pressedUpTo = Atomics.load(count, 0);
    if (pressedUpTo === seen) return;
    seen = pressedUpTo;
    pressed();
  };
  await new Promise((resolve) => worker.onmessage = resolve);
  worker.onmessage = poll;
  return poll;
}

/** Starts the worker, which says when it listens, and of each press. */
function startWorker(): { count: Int32Array; worker: Worker } {
  const count = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    new URL("./interrupt_worker.ts", import.meta.url),
    { type: "module" },
  );
  worker.postMessage(count);
  return { count, worker };
}
