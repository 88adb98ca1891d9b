/**
 * The whole test suite, which bin/test and `deno task test` run: the tests of
 * `deno test` in a random order and with its sanitizers (deno.json), the
 * examples in documentation comments and guides, the conformance corpora, and
 * the specs of the API.
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

/** What failed, said again at the end, where a reader of a long log looks. */
const reports: string[] = [];

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs `deno test`, passes its output on, and returns its counts. */
async function denoTest(args: readonly string[]): Promise<TestCounts> {
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
    Deno.stdout.writeSync(chunk);
    output += decoder.decode(chunk, { stream: true });
  }
  const { success } = await child.status;
  if (signal.aborted) {
    console.log(`ended after ${LIMIT / 60_000} minutes: a test hangs`);
  }
  const problems = failureReport(output);
  if (problems !== "") reports.push(problems);
  return parseCounts(output, success);
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

const all: TestCounts[] = [];
if (Deno.args.length > 0) {
  all.push(await denoTest([...SHUFFLED, ...Deno.args]));
} else {
  all.push(await denoTest(SHUFFLED));
  const documented = DOCUMENTED.filter(exists);
  all.push(await denoTest(["--doc", "--permit-no-files", ...documented]));
  all.push(await conformance());
  all.push(await bustedConformance());
  all.push(await specs());
}
for (const report of reports) console.log(report);
const counts = addCounts(all);
console.log(formatCounts(counts));
if (counts.failed > 0 || counts.passed === 0) Deno.exit(1);
