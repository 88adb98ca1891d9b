/**
 * `deno task bench`: runs tests/bench/runtime.lua through bin/luamtev and sets
 * our rates beside the reference's. The reference ran on another machine, so a
 * ratio tells an order of magnitude, no more; docs/performance.md says which
 * machine ours came from. Nothing is asserted.
 */
import { ROOT } from "../support/luamtev.ts";
import reference from "./reference.json" with { type: "json" };

const LUAMTEV = `${ROOT}bin/luamtev`;

if (import.meta.main) {
  console.log(`Beside ${reference.about}\n`);
  await startUp();
  await idleMemory();
  await rates();
}

function row(name: string, ours: string, theirs: string, ratio: number): void {
  console.log(
    `${name.padEnd(36)} ${ours.padStart(16)} ${theirs.padStart(16)} ${
      Number.isNaN(ratio) ? "" : ratio.toFixed(2).padStart(8) + "x"
    }`,
  );
}

async function milliseconds(args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 11; i++) {
    const start = performance.now();
    await new Deno.Command(LUAMTEV, { args: [...args], stdin: "null" })
      .output();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[5]!;
}

async function startUp(): Promise<void> {
  for (
    const [name, args] of [
      ["start-up, hello world", [`${ROOT}examples/hello.lua`]],
      ["-h", ["-h"]],
    ] as const
  ) {
    const ours = await milliseconds(args);
    const theirs = reference.milliseconds[name];
    row(name, `${ours.toFixed(0)} ms`, `${theirs} ms`, theirs / ours);
  }
}

async function idleMemory(): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".lua" });
  await Deno.writeTextFile(
    path,
    `return { main = function() print("up") end }`,
  );
  const child = new Deno.Command(LUAMTEV, {
    args: [path],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  const status = await Deno.readTextFile(`/proc/${child.pid}/status`);
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]);
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  await Deno.remove(path);
  const theirs = reference.megabytes["idle memory"];
  row(
    "idle memory",
    `${(kilobytes / 1024).toFixed(0)} MB`,
    `${theirs} MB`,
    theirs * 1024 / kilobytes,
  );
}

async function rates(): Promise<void> {
  const engine = Deno.args.filter((word) => word.startsWith("--engine="));
  const { stderr } = await new Deno.Command(LUAMTEV, {
    args: [...engine, `${ROOT}tests/bench/runtime.lua`],
    stdin: "null",
    stdout: "null", // print is measured, not shown
  }).output();
  const known: Readonly<Record<string, number>> = reference.rates;
  for (const line of new TextDecoder().decode(stderr).trimEnd().split("\n")) {
    const match = /^(.*?)\s+n=.* -> (\d+) (\w+)\/s$/.exec(line);
    if (match === null) {
      console.log(line);
      continue;
    }
    const [, name, rate, unit] = match;
    const theirs = known[name!];
    row(
      name!,
      `${rate} ${unit}/s`,
      `${theirs ?? "?"} ${unit}/s`,
      Number(rate) / (theirs ?? NaN),
    );
  }
}
