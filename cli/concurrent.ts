/**
 * Runs the entry function of a module in several Lua states at once: each in a
 * worker, on a thread and an event loop of its own. What they share goes
 * through shared memory (runtime/sync); the main thread only waits for signals
 * and for workers that die, of which the others take no notice. Specification:
 * mtev-lua-api.md §17.3.
 */
import type { EngineName } from "../lua/engines.ts";
import type { RunLimit } from "../lua/run_limit.ts";
import { encodeText } from "../lua/text.ts";
import type { ConfigurationOrigin } from "../runtime/conf/configuration.ts";
import type { LogDescription } from "../runtime/log/description.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";
import { MAX_THREADS, newStoreBuffer } from "../runtime/sync/shared_store.ts";

export { MAX_THREADS as MAX_STATES };

/** What all states do alike. */
export interface StateOptions {
  readonly engine: EngineName;
  readonly module: string;
  /** The module's source, when it came from standard input. */
  readonly source: string | undefined;
  readonly entry: string;
  readonly args: readonly string[];
  readonly path: string;
  readonly cpath: string;
  readonly concurrency: number;
  /** The log streams; those of every program by default. */
  readonly streams: readonly LogDescription[] | undefined;
  /** Log streams to switch on. */
  readonly logs: readonly string[];
  /** The configuration; each state has a copy. */
  readonly configuration: ConfigurationOrigin;
  readonly runLimit: RunLimit | undefined;
  readonly preloads: readonly string[];
  /** Whether an uncaught error ends the program. */
  readonly tragedyTerminates: boolean;
}

/** What a worker is sent. */
export interface StateTask extends StateOptions {
  /** The index of its loop. */
  readonly loop: number;
  readonly shared: SharedArrayBuffer;
}

/**
 * Starts the states.
 *
 * @param options What they do; `concurrency` says how many there are, at most
 * {@link MAX_STATES}.
 * @returns Never while a state lives; then the exit status of the program.
 */
export function runConcurrently(options: StateOptions): Promise<number> {
  const shared = newStoreBuffer();
  let alive = options.concurrency;
  return new Promise((resolve) => {
    for (let loop = 0; loop < options.concurrency; loop++) {
      const worker = new Worker(new URL("./state_worker.ts", import.meta.url), {
        type: "module",
        name: `e:default/${loop}`,
      });
      worker.onerror = (event) => {
        event.preventDefault();
        writeFully(
          2,
          encodeText(`luamtev: event loop ${loop} ended: ${event.message}\n`),
        );
        if (--alive === 0) resolve(EXIT_DEAD);
      };
      const task: StateTask = { ...options, loop, shared };
      worker.postMessage(task);
    }
  });
}

const EXIT_DEAD = 255;
