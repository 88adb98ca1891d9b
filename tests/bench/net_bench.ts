/**
 * `deno task bench:net`: echo servers beside each other, in one run: luamtev, runtime/net without
 * Lua, cqueues (if lua5.3 and lua-cqueues are there), Deno.listen and node:net. Server and client
 * have a processor each, if there are two and taskset. Rates are the machine's and its other
 * users'; what a round trip costs the server in processor time is not, so that is what the ratios
 * compare, and the least of several rounds. Arguments: the seconds of each measurement (1), the
 * rounds (3).
 */
import { ROOT, run } from "../support/luamtev.ts";

const SECONDS = Deno.args[0] ?? "1";
const ROUNDS = Number(Deno.args[1] ?? 3);
const HERE = `${ROOT}tests/bench`;
const DENO = [
  Deno.execPath(),
  "run",
  "-A",
  "--no-check",
  `--config=${ROOT}deno.json`,
];

const SERVERS: Record<string, string[]> = {
  cqueues: ["lua5.3", `${HERE}/echo_servers/cqueues.lua`],
  luamtev: [`${ROOT}bin/luamtev`, `${HERE}/echo_servers/luamtev.lua`],
  "runtime/net": [...DENO, `${HERE}/echo_servers/stream.ts`],
  "Deno.listen": [...DENO, `${HERE}/echo_servers/deno_listen.ts`],
  "node:net": [...DENO, `${HERE}/echo_servers/node_net.ts`],
};

const LOADS = ["1", "50", "reconnect"];
/** V8 optimizes the servers for some 40,000 round trips, on their own processor time. */
const WARM_UP_SECONDS = "10";

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

/** A server of the table. */
class Server implements AsyncDisposable {
  /** What each load cost at the least. */
  readonly best: Measurement[] = [];

  private constructor(
    readonly name: string,
    readonly child: Deno.ChildProcess,
    readonly port: string,
  ) {}

  static async start(
    name: string,
    command: readonly string[],
  ): Promise<Server> {
    const [program, ...args] = pinned(1, command);
    const child = new Deno.Command(program!, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let port = "";
    const output = child.stdout.pipeThrough(new TextDecoderStream());
    for await (const text of output) {
      port += text;
      if (port.includes("\n")) break;
    }
    return new Server(name, child, port.trim());
  }

  async load(connections: string, seconds: string): Promise<Measurement> {
    const [client, ...args] = pinned(0, [
      ...[...DENO, `${HERE}/echo_client.ts`],
      ...[this.port, connections, seconds],
    ]);
    const before = processorTime(this.child.pid);
    const { stdout, stderr } = await run(client!, args);
    if (stderr !== "") throw new Error(stderr);
    const [rate, late] = stdout.trim().split(" ").map(Number);
    const time = processorTime(this.child.pid) - before;
    return {
      rate: rate!,
      late: late!,
      cost: time / (rate! * Number(seconds)),
    };
  }

  async measure(): Promise<void> {
    for (const [index, load] of LOADS.entries()) {
      const now = await this.load(load, SECONDS);
      const then = this.best[index];
      if (then === undefined || now.cost < then.cost) this.best[index] = now;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.status;
  }
}

console.log(
  `pinned: ${canPin}; per load: round trips/s, 99th percentile, server's processor time each`,
);
if (!hasCqueues) {
  console.log("cqueues: skipped, no lua5.3 with cqueues (Debian: lua-cqueues)");
  delete SERVERS.cqueues;
}
await using stack = new AsyncDisposableStack();
const servers: Server[] = [];
for (const [name, command] of Object.entries(SERVERS)) {
  const server = stack.use(await Server.start(name, command));
  await server.load("50", WARM_UP_SECONDS);
  servers.push(server);
}
// In turns, so that what else the machine does hits all alike.
for (let round = 0; round < ROUNDS; round++) {
  for (const server of servers) await server.measure();
}
for (const { name, best } of servers) {
  console.log(name);
  for (const [index, { rate, late, cost }] of best.entries()) {
    const ratio = servers[0]!.best[index]!.cost / cost;
    console.log(
      `  ${LOADS[index]!.padEnd(10)} ${rate}/s  ${late} ms  ${
        cost.toFixed(1)
      } us  ${ratio.toFixed(2)}x`,
    );
  }
}
