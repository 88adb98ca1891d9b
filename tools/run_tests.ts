/**
 * The whole test suite, which bin/test and `deno task test` run: the types, the
 * tests of `deno test` in a random order and with its sanitizers (deno.json),
 * the examples in documentation comments and guides, the conformance corpora,
 * and the specs of the API, as many of these parts at a time as there are
 * processors.
 * The last line is `N passed, N failed`; known failures of the corpus count as
 * skipped, as do its cases for which the system lacks a library. Ends with
 * status 1 when something failed or nothing ran.
 *
 * With paths as arguments, only the tests under these run.
 */
import { fileURLToPath } from "node:url";
import {
  ownCorpus,
  runConformance,
} from "../tests/conformance/luamtev_conformance.ts";
import {
  ownBustedCorpus,
  runBustedConformance,
} from "../tests/conformance/busted_conformance.ts";
import {
  addCounts,
  failureReport,
  formatCounts,
  parseCounts,
  parseTap,
  type TestCounts,
} from "./test_counts.ts";

/** After how many milliseconds a part of the suite is taken for hung. */
const LIMIT = 25 * 60_000;

/** In a random order, each file watched for descriptors that it leaves open. */
const SHUFFLED = [
  "--shuffle",
  "--preload",
  "tests/support/descriptors_preload.ts",
];

/** Where documentation with examples in TypeScript may be. */
const DOCUMENTED = ["mod.ts", "runtime", "lua", "README.md", "docs/guide"];

/** How many parts of the suite run at a time; each may take 500 MB. */
const JOBS = Math.min(Math.max(1, navigator.hardwareConcurrency), 8);

/** How many runs of `deno test` a job makes of the files, so that all end together. */
const RUNS_PER_JOB = 4;

/** What failed, said again at the end, where a reader of a long log looks. */
const reports: string[] = [];

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs `deno test`, passes its output on, and returns its counts.
 *
 * @param atOnce Whether the output appears while it runs.
 */
async function denoTest(
  args: readonly string[],
  atOnce = false,
): Promise<TestCounts> {
  const signal = AbortSignal.timeout(LIMIT);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...args],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    signal,
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of child.stdout) {
    if (atOnce) Deno.stdout.writeSync(chunk);
    output += decoder.decode(chunk, { stream: true });
  }
  const { success } = await child.status;
  if (!atOnce) console.log(output);
  if (signal.aborted) {
    console.log(`ended after ${LIMIT / 60_000} minutes: a test hangs`);
  }
  const problems = failureReport(output);
  if (problems !== "") reports.push(problems);
  return parseCounts(output, success);
}

/** Checks the types of everything, which the runs of `deno test` leave out. */
async function types(): Promise<TestCounts> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet"],
    cwd: root,
    stdin: "null",
    signal: AbortSignal.timeout(LIMIT),
  }).output();
  if (!success) reports.push(new TextDecoder().decode(stderr));
  const counts = { passed: Number(success), failed: Number(!success) };
  console.log(`types: ${success ? "ok" : "FAILED"}`);
  return { ...counts, skipped: 0 };
}

async function conformance(): Promise<TestCounts> {
  const result = await runConformance(ownCorpus());
  reports.push(...result.problems);
  const counts = {
    passed: result.passed,
    failed: result.failed,
    skipped: result.known + result.skipped,
  };
  console.log(`conformance: ${formatCounts(counts)}`);
  return counts;
}

async function bustedConformance(): Promise<TestCounts> {
  const result = await runBustedConformance(ownBustedCorpus());
  reports.push(...result.problems);
  const { passed, failed } = result;
  const counts = { passed, failed, skipped: 0 };
  console.log(`busted conformance: ${formatCounts(counts)}`);
  return counts;
}

/** Runs the specs, which are Lua and in Lua's hands: with bin/mtev-busted. */
async function specs(): Promise<TestCounts> {
  const { stdout, stderr, success } = await new Deno.Command(
    `${root}/bin/mtev-busted`,
    {
      args: ["-j", "2", "-o", "TAP", "tests/lua"],
      cwd: root,
      stdin: "null",
      signal: AbortSignal.timeout(LIMIT),
    },
  ).output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout);
  const counts = parseTap(output, success);
  if (counts.failed > 0) reports.push(output, decoder.decode(stderr));
  console.log(`specs: ${formatCounts(counts)}`);
  return counts;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(`${root}/${path}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The files of tests below a folder. */
function testFiles(folder: string): string[] {
  return [...Deno.readDirSync(`${root}/${folder}`)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return testFiles(path);
    return entry.name.endsWith("_test.ts") ? [path] : [];
  });
}

/** The files in a random order, dealt to several runs of `deno test`. */
function denoTestRuns(): (() => Promise<TestCounts>)[] {
  const files = testFiles("tests");
  for (let i = files.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [files[i], files[j]] = [files[j]!, files[i]!];
  }
  const count = Math.min(files.length, JOBS * RUNS_PER_JOB);
  return Array.from({ length: count }, (_, run) => () =>
    denoTest([
      "--no-check",
      ...SHUFFLED,
      ...files.filter((_, i) => i % count === run),
    ]));
}

/** Runs the parts, {@link JOBS} at a time. */
async function runParts(
  parts: (() => Promise<TestCounts>)[],
): Promise<TestCounts[]> {
  const waiting = parts.slice();
  const all: TestCounts[] = [];
  const job = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      all.push(await part());
    }
  };
  await Promise.all(Array.from({ length: JOBS }, job));
  return all;
}

const all = Deno.args.length > 0
  ? [await denoTest([...SHUFFLED, ...Deno.args], true)]
  : await runParts([
    bustedConformance,
    conformance,
    types,
    ...denoTestRuns(),
    () =>
      denoTest(["--doc", "--permit-no-files", ...DOCUMENTED.filter(exists)]),
    specs,
  ]);
for (const report of reports) console.log(report);
const counts = addCounts(all);
console.log(formatCounts(counts));
if (counts.failed > 0 || counts.passed === 0) Deno.exit(1);
