/**
 * Times the programs of tests/bench/engine on our engines and, when they are
 * installed, on PUC Lua 5.1 and LuaJIT:
 *
 *     deno task bench:engine [program...]
 *
 * Each cell is the best of two runs of a fresh process, without start-up.
 * Ratios say how many times faster the compiling engine is.
 */

const FOLDER = new URL("engine/", import.meta.url);
const RUNNER = new URL("engine_run.ts", import.meta.url);
/** Rounds within a process, so that just-in-time compilers have warmed up. */
const ROUNDS = 5;
const RUNS = 2;

const DRIVER = `
local file, rounds = ...
local f = assert(loadfile(file))
local start = os.clock()
for i = 1, tonumber(rounds) do f() end
print(os.clock() - start)
`;

interface Contender {
  readonly name: string;
  readonly rounds: number;
  readonly runs: number;
  command(file: string): [string, string[]];
}

async function seconds(
  contender: Contender,
  file: string,
): Promise<number | undefined> {
  let best: number | undefined;
  for (let i = 0; i < contender.runs; i++) {
    const [program, args] = contender.command(file);
    try {
      const { stdout, success } = await new Deno.Command(program, {
        args: [...args, file, String(contender.rounds)],
      }).output();
      if (!success) return undefined;
      const time = Number(new TextDecoder().decode(stdout)) / contender.rounds;
      best = best === undefined ? time : Math.min(best, time);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }
  return best;
}

if (import.meta.main) {
  const driver = await Deno.makeTempFile({ suffix: ".lua" });
  await Deno.writeTextFile(driver, DRIVER);
  const ours = (engine: string, rounds: number, runs: number): Contender => ({
    name: engine,
    rounds,
    runs,
    command: () => [
      Deno.execPath(),
      ["run", "-A", "--no-check", RUNNER.href, engine],
    ],
  });
  const contenders: Contender[] = [
    {
      name: "lua5.1",
      rounds: ROUNDS,
      runs: RUNS,
      command: () => ["lua5.1", [driver]],
    },
    {
      name: "luajit -joff",
      rounds: ROUNDS,
      runs: RUNS,
      command: () => ["luajit", ["-joff", driver]],
    },
    {
      name: "luajit",
      rounds: ROUNDS,
      runs: RUNS,
      command: () => ["luajit", [driver]],
    },
    ours("fengari", 1, 1),
    ours("compiled", ROUNDS, RUNS),
  ];
  const programs = Deno.args.length > 0
    ? Deno.args
    : [...Deno.readDirSync(FOLDER)].map((entry) => entry.name.slice(0, -4))
      .sort();
  const names = contenders.map((contender) => contender.name);
  console.log(
    `| program | ${names.map((n) => `${n} ms`).join(" | ")} | ${
      names.slice(0, -1).map((n) => `/ ${n}`).join(" | ")
    } |`,
  );
  console.log("|---".repeat(2 * names.length) + "|");
  const ratios = new Map<string, number[]>();
  for (const program of programs) {
    const file = new URL(`${program}.lua`, FOLDER).pathname;
    const times: (number | undefined)[] = [];
    for (const contender of contenders) {
      times.push(await seconds(contender, file));
    }
    const own = times[times.length - 1];
    const cells = names.slice(0, -1).map((name, i) => {
      const time = times[i];
      if (time === undefined || own === undefined) return "–";
      const list = ratios.get(name) ?? [];
      ratios.set(name, [...list, time / own]);
      return `${(time / own).toFixed(2)}x`;
    });
    const shown = times.map((time) =>
      time === undefined ? "–" : (time * 1000).toFixed(1)
    );
    console.log(`| ${[program, ...shown, ...cells].join(" | ")} |`);
  }
  const means = names.slice(0, -1).map((name) => {
    const list = ratios.get(name) ?? [];
    const log = list.reduce((sum, ratio) => sum + Math.log(ratio), 0);
    return list.length === 0
      ? "–"
      : `${Math.exp(log / list.length).toFixed(2)}x`;
  });
  console.log(
    `| geometric mean | ${names.map(() => "").join(" | ")} | ${
      means.join(" | ")
    } |`,
  );
  await Deno.remove(driver);
}
