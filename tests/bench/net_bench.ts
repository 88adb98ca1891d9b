/**
 * `deno task bench:net`: echo servers beside each other, in one run: luamtev, runtime/net without
 * Lua, cqueues (if lua5.3 and lua-cqueues are there), Deno.listen and node:net. Server and client
 * have a processor each, if there are two and taskset. Rates are the machine's and its other
 * users'; what a round trip costs the server in processor time is not, so that is what the ratios
 * compare. Arguments: the seconds of each measurement (2).
 */
import { ROOT, run } from "../support/luamtev.ts";

const SECONDS = Deno.args[0] ?? "2";
const HERE = `${ROOT}tests/bench`;
const DENO = [
  Deno.execPath(),
  "run",
  "-A",
  "--no-check",
  `--config=${ROOT}deno.json`,
];

const SERVERS: Readonly<Record<string, string[]>> = {
  cqueues: ["lua5.3", `${HERE}/echo_servers/cqueues.lua`],
  luamtev: [`${ROOT}bin/luamtev`, `${HERE}/echo_servers/luamtev.lua`],
  "runtime/net": [...DENO, `${HERE}/echo_servers/stream.ts`],
  "Deno.listen": [...DENO, `${HERE}/echo_servers/deno_listen.ts`],
  "node:net": [...DENO, `${HERE}/echo_servers/node_net.ts`],
};

const LOADS = ["1", "50", "reconnect"];

async function works(command: string, args: string[]): Promise<boolean> {
  try {
    return (await run(command, args)).code === 0;
  } catch {
    return false;
  }
}

const canPin = navigator.hardwareConcurrency > 1 &&
  await works("taskset", ["-c", "1", "true"]);
const hasCqueues = await works("lua5.3", ["-e", "require 'cqueues'"]);

function pinned(processor: number, command: readonly string[]): string[] {
  return canPin
    ? ["taskset", "-c", String(processor), ...command]
    : [...command];
}

/** What one load did to one server. */
interface Measurement {
  /** Round trips per second. */
  readonly rate: number;
  /** The 99th percentile of a round trip's time, in milliseconds. */
  readonly late: number;
  /** The server's processor time for a round trip, in microseconds. */
  readonly cost: number;
}

/** The processor time of a process, in microseconds. */
function processorTime(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`)
    .replace(/^.*\) /, "").split(" ");
  // Clock ticks are 10 ms on every Linux that matters.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Puts each load on a server. */
async function measure(command: readonly string[]): Promise<Measurement[]> {
  const [program, ...args] = pinned(1, command);
  const server = new Deno.Command(program!, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let port = "";
  for await (const text of server.stdout.pipeThrough(new TextDecoderStream())) {
    port += text;
    if (port.includes("\n")) break;
  }
  const results: Measurement[] = [];
  for (const load of LOADS) {
    const [client, ...rest] = pinned(0, [
      ...DENO,
      `${HERE}/echo_client.ts`,
      port.trim(),
      load,
      SECONDS,
    ]);
    const before = processorTime(server.pid);
    const { stdout, stderr } = await run(client!, rest);
    if (stderr !== "") throw new Error(stderr);
    const [rate, late] = stdout.trim().split(" ").map(Number) as [
      number,
      number,
    ];
    const count = rate * Number(SECONDS);
    const cost = (processorTime(server.pid) - before) / count;
    results.push({ rate, late, cost });
  }
  server.kill("SIGKILL");
  await server.status;
  return results;
}

console.log(
  `pinned: ${canPin}; per load: round trips/s, 99th percentile, server's processor time each`,
);
let base: Measurement[] | undefined;
for (const [name, command] of Object.entries(SERVERS)) {
  if (name === "cqueues" && !hasCqueues) {
    console.log(
      "cqueues: skipped, no lua5.3 with cqueues (Debian: lua-cqueues)",
    );
    continue;
  }
  const results = await measure(command);
  base ??= results;
  console.log(name);
  for (const [index, { rate, late, cost }] of results.entries()) {
    const ratio = base[index]!.cost / cost;
    console.log(
      `  ${LOADS[index]!.padEnd(10)} ${rate}/s  ${late} ms  ${
        cost.toFixed(1)
      } us  ${ratio.toFixed(2)}x`,
    );
  }
}
