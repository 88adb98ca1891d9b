/**
 * The worker that runs one of several Lua states; started by concurrent.ts. It
 * ends with the process, which any state may end.
 */
/// <reference lib="deno.worker" />
import { createRuntime } from "../lua/runtime.ts";
import { ConfigurationSource } from "../runtime/conf/configuration_source.ts";
import { exitNow } from "../runtime/posix/process.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";
import type { StateTask } from "./concurrent.ts";
import { serveLogFiles } from "./log_files.ts";
import { defineStandardInput } from "./standard_input.ts";
import { startError } from "./start_error.ts";
import { EXIT_UNCAUGHT, UNCAUGHT_MESSAGE } from "./termination.ts";

self.onmessage = async ({ data: task }: MessageEvent<StateTask>) => {
  try {
    await run(task);
  } catch (error) {
    const { lines, status } = startError(error);
    writeFully(2, lines.join("\n") + "\n");
    exitNow(status);
  }
};

async function run(task: StateTask): Promise<void> {
  const runtime = await createRuntime({
    engine: task.engine,
    args: task.args,
    path: task.path,
    cpath: task.cpath,
    concurrency: task.concurrency,
    configuration: new ConfigurationSource(() => task.configuration),
    preloads: task.preloads,
    ...(task.runLimit && { runLimit: task.runLimit }),
    ...(task.streams && { logs: task.streams }),
    loop: task.loop,
    shared: { buffer: task.shared, place: task.loop },
    eventer: { exclusive: true, autoRun: false },
    // In a worker Deno.exit would end only the worker.
    exit: exitNow,
    onUncaught() {
      if (!task.tragedyTerminates) return;
      runtime.logs.get("error").log(UNCAUGHT_MESSAGE);
      runtime.logs.goSync();
      exitNow(EXIT_UNCAUGHT);
    },
  });
  serveLogFiles(runtime.logs, false);
  for (const name of task.logs) runtime.logs.enable(name, true);
  if (task.source !== undefined) defineStandardInput(runtime, task.source);
  runtime.run(task.module, task.entry);
  await runtime.eventer.run();
}
