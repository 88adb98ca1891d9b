/**
 * Runs the busted conformance corpus: specs beside what busted 2.3.0 printed
 * for them. A case is a folder of `busted/` with its files, `args` (one word
 * a line), `expected.rc`, and for each way of running it what was recorded:
 * `expected.tap|plain|gtest|utf|json|junit.xml` (with that output handler),
 * `expected.out` (with the words of `args` alone), `expected.err`,
 * `expected.file.NAME` (a file that the run wrote). `filter.sed` picks lines.
 *
 * Each run happens in a fresh copy of the folder. Compared is what
 * busted_normalise.ts leaves. This is not part of `deno test`: see
 * tools/run_tests.ts.
 */
import { parseArgs } from "node:util";
import { pool, withTempFolder } from "../../tools/script.ts";
import { normalise, type OutputKind } from "./busted_normalise.ts";

/** What to run, and how. */
export interface BustedOptions {
  /** The folder of the cases. */
  readonly corpus: string;
  /** The harness and its first arguments. */
  readonly command: readonly string[];
  /** Which cases, a glob over their names. */
  readonly glob?: string;
  /** How many cases run at once; 2 by default. */
  readonly jobs?: number;
  /** After how many milliseconds a run is ended; 20 s by default. */
  readonly limit?: number;
}

/** Counts, and a line for each case that went wrong. */
export interface BustedResult {
  readonly passed: number;
  readonly failed: number;
  readonly problems: readonly string[];
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "tap": ["-o", "TAP"],
  "plain": ["-o", "plainTerminal"],
  "gtest": ["-o", "gtest"],
  "utf": ["-o", "utfTerminal", "-Xoutput", "--color"],
  "json": ["-o", "json"],
  "junit.xml": ["-o", "junit"],
  "out": [],
};

/** Files of a case that its runs must not see. */
const OURS = /^(expected\..*|args|filter\.sed)$/;

/**
 * Runs the corpus.
 *
 * @param options What to run, and how
 * @returns The counts
 * @throws {RangeError} When no case matches the glob
 */
export async function runBustedConformance(
  options: BustedOptions,
): Promise<BustedResult> {
  const glob = options.glob ?? "*";
  const pattern = new RegExp(
    `^${glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`,
  );
  const cases = [...Deno.readDirSync(options.corpus)]
    .filter(({ name, isDirectory }) => isDirectory && pattern.test(name))
    .map(({ name }) => name).sort();
  if (cases.length === 0) {
    throw new RangeError(`Cannot run the corpus: no case matches "${glob}"`);
  }
  const problems: string[] = [];
  await pool(options.jobs ?? 2, cases, async (name) => {
    const why = await runCase(options, name);
    if (why !== undefined) problems.push(`FAIL ${name}: ${why}`);
  });
  return {
    passed: cases.length - problems.length,
    failed: problems.length,
    problems: problems.sort(),
  };
}

/** Runs a case in all ways. Returns what is wrong first, or undefined. */
async function runCase(
  options: BustedOptions,
  name: string,
): Promise<string | undefined> {
  const folder = `${options.corpus}/${name}`;
  const kinds = [...Deno.readDirSync(folder)]
    .map((entry) => /^expected\.(?!rc$|err$|file\.)(.+)$/.exec(entry.name)?.[1])
    .filter((kind) => kind !== undefined).sort();
  if (kinds.length === 0) return "nothing was recorded";
  for (const kind of kinds) {
    const flags = FLAGS[kind];
    if (flags === undefined) return `unknown kind "${kind}"`;
    const why = await withTempFolder((work) =>
      runOnce(options, folder, work, kind as OutputKind, flags)
    );
    if (why !== undefined) return `${kind} ${why}`;
  }
  return undefined;
}

async function runOnce(
  options: BustedOptions,
  folder: string,
  work: string,
  kind: OutputKind,
  flags: readonly string[],
): Promise<string | undefined> {
  copyFolder(folder, work);
  const [program, ...first] = options.command;
  const signal = AbortSignal.timeout(options.limit ?? 20_000);
  const words = Deno.readTextFileSync(`${folder}/args`).split("\n")
    .slice(0, -1);
  const output = await new Deno.Command(program ?? "", {
    args: [...first, ...flags, ...words],
    cwd: work,
    env: { LC_ALL: "C", TZ: "UTC", TERM: "dumb" },
    stdin: "null",
    signal,
  }).output();
  if (signal.aborted) return "timed out";
  let stdout: Uint8Array = output.stdout;
  if (exists(`${folder}/filter.sed`)) {
    stdout = await filter(`${folder}/filter.sed`, stdout);
  }
  const wantedStatus = Number(Deno.readTextFileSync(`${folder}/expected.rc`));
  const checks: [string, string, string][] = [
    [
      "output",
      read(`${folder}/expected.${kind}`),
      normalise(kind, stdout, work),
    ],
    ["status", `${wantedStatus}`, `${output.code}`],
  ];
  if (exists(`${folder}/expected.err`)) {
    const got = normalise("err", output.stderr, work);
    checks.push(["stderr", read(`${folder}/expected.err`), got]);
  }
  for (const { name } of Deno.readDirSync(folder)) {
    const file = /^expected\.file\.(.+)$/.exec(name)?.[1];
    if (file === undefined) continue;
    const bytes = exists(`${work}/${file}`)
      ? Deno.readFileSync(`${work}/${file}`)
      : new Uint8Array();
    const as = file.endsWith(".xml") ? "junit.xml" : "file";
    checks.push([file, read(`${folder}/${name}`), normalise(as, bytes, work)]);
  }
  for (const [what, want, got] of checks) {
    if (want !== got) return `${what} ${firstDifference(want, got)}`;
  }
  return undefined;
}

function copyFolder(from: string, to: string, top = true): void {
  for (const entry of Deno.readDirSync(from)) {
    if (top && OURS.test(entry.name)) continue;
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory) {
      Deno.mkdirSync(target);
      copyFolder(source, target, false);
    } else Deno.copyFileSync(source, target);
  }
}

async function filter(script: string, input: Uint8Array): Promise<Uint8Array> {
  const child = new Deno.Command("sed", {
    args: ["-n", "-f", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new Uint8Array(input));
  await writer.close();
  return (await child.output()).stdout;
}

function firstDifference(want: string, got: string): string {
  const [wanted, gotten] = [want.split("\n"), got.split("\n")];
  let line = 0;
  while (wanted[line] === gotten[line]) line++;
  const show = (text: string | undefined) =>
    text === undefined ? "nothing" : JSON.stringify(text.slice(0, 200));
  return `line ${line + 1}: got ${show(gotten[line])}, want ${
    show(wanted[line])
  }`;
}

function read(path: string): string {
  return Deno.readTextFileSync(path);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The project's own corpus with the project's own command. */
export function ownBustedCorpus(): BustedOptions {
  return {
    corpus: new URL("./busted", import.meta.url).pathname,
    command: [new URL("../../bin/mtev-busted", import.meta.url).pathname],
  };
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      command: { type: "string" },
      jobs: { type: "string", default: Deno.env.get("JOBS") ?? "2" },
    },
  });
  const own = ownBustedCorpus();
  const result = await runBustedConformance({
    ...own,
    command: values.command?.split(" ") ?? own.command,
    jobs: Number(values.jobs),
    ...(positionals[0] === undefined ? {} : { glob: positionals[0] }),
  });
  for (const problem of result.problems) console.log(problem);
  console.log(`${result.passed} passed, ${result.failed} failed`);
  if (result.failed > 0) Deno.exit(1);
}
