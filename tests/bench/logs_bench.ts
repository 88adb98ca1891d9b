/**
 * How fast log streams are: `deno run -A tests/bench/logs_bench.ts`. Rates
 * count the processor time of the whole process, collector and kernel
 * included, so that other programs disturb them less. It judges nothing;
 * docs/performance.md says what a run gave.
 */
import process from "node:process";
import { createRuntime } from "../../mod.ts";
import { configureLogs } from "../../runtime/log/configure.ts";
import type { LogDescription } from "../../runtime/log/description.ts";
import { Logs } from "../../runtime/log/logs.ts";

const ROUNDS = 5;
const CALLS = 100_000;

/** 80 bytes, as a line of an access log may have. */
const MESSAGE = "x".repeat(79) + "\n";

const folder = Deno.makeTempDirSync();

function to(
  outlet: string,
  filter?: string,
): NonNullable<LogDescription["outlets"]> {
  return [{ name: outlet, ...(filter !== undefined && { filter }) }];
}

const LOGS: readonly LogDescription[] = [
  { name: "off", disabled: true, outlets: to("file") },
  { name: "file", type: "file", path: `${folder}/file` },
  { name: "below", outlets: to("file") },
  { name: "time", type: "file", path: `${folder}/time`, timestamps: true },
  {
    name: "all",
    type: "file",
    path: `${folder}/all`,
    timestamps: true,
    facility: true,
    debug: true,
  },
  { name: "json", type: "file", path: `${folder}/json`, format: "json" },
  { name: "memory", type: "memory", path: "10000,1000000" },
  { name: "passes", outlets: to("file", "not(message ~ 'health')") },
  { name: "stopped", outlets: to("file", "message ~ 'health'") },
];

function report(name: string, figure: number): void {
  const text = figure.toLocaleString("en", { maximumSignificantDigits: 3 });
  console.log(`${name.padEnd(44)} ${text.padStart(12)} /s`);
}

/** The best of some rounds, in calls per second. */
function rate(body: () => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < CALLS; i++) body();
    const { user, system } = process.cpuUsage(start);
    best = Math.max(best, CALLS / (user + system) * 1e6);
  }
  return best;
}

function measureStreams(isAsync: boolean): void {
  const posted: (() => void)[] = [];
  using logs = new Logs({
    stdout() {},
    stderr() {},
    eventer: {
      timer: () => ({ cancel() {} }) as never,
      post: (callback) => posted.push(callback),
    },
  });
  configureLogs(logs, LOGS);
  if (isAsync) logs.goAsync();
  for (const { name } of LOGS) {
    const stream = logs.get(name);
    const place = { toString: () => "app.lua:12" };
    report(
      `${isAsync ? "delayed: " : ""}${name}`,
      rate(() => stream.log(MESSAGE, place)),
    );
  }
}

async function measureLua(): Promise<void> {
  await using runtime = await createRuntime({ logs: LOGS });
  runtime.logs.goAsync(); // as luamtev does
  for (const { name } of LOGS) {
    const [perSecond] = await runtime.eval(`
      local text = ("x"):rep(79)
      local best = 0
      for round = 1, ${ROUNDS} do
        local start = os.clock()
        for i = 1, ${CALLS} do mtev.log("${name}", "%s\\n", text) end
        best = math.max(best, ${CALLS} / (os.clock() - start))
      end
      return best`);
    report(`Lua: ${name}`, perSecond as number);
  }
}

try {
  measureStreams(false);
  measureStreams(true);
  await measureLua();
} finally {
  Deno.removeSync(folder, { recursive: true });
}
