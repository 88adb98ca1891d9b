import {
  deepStrictEqual,
  match,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { withTempFolder } from "../../tools/script.ts";
import { KnownFailures } from "./known_failures.ts";
import {
  type ConformanceOptions,
  runConformance,
} from "./luamtev_conformance.ts";

// The made-up cases are shell scripts, and sh is the program under test.
function withCorpus(
  files: Record<string, string>,
  known: string,
  test: (options: ConformanceOptions) => Promise<void>,
): Promise<void> {
  return withTempFolder(async (corpus) => {
    for (const [name, text] of Object.entries(files)) {
      Deno.mkdirSync(`${corpus}/${name.split("/")[0]}`, { recursive: true });
      Deno.writeTextFileSync(`${corpus}/${name}`, text);
    }
    await test({
      corpus,
      command: ["/bin/sh"],
      known: KnownFailures.parse(known, "list"),
    });
  });
}

Deno.test("runConformance() passes a case with equal output and status", () =>
  withCorpus(
    {
      "a/x.lua": "echo hi; exit 3",
      "a/x.out": "hi\n",
      "a/x.rc": "3\n",
    },
    "",
    async (options) => {
      const result = await runConformance(options);
      deepStrictEqual(result, { passed: 1, failed: 0, known: 0, problems: [] });
    },
  ));

Deno.test("runConformance() fails on other output, status or a missing newline", () =>
  withCorpus(
    {
      "a/out.lua": "echo same; echo got",
      "a/out.out": "same\nwant\n",
      "a/out.rc": "0\n",
      "a/rc.lua": "exit 1",
      "a/rc.out": "",
      "a/rc.rc": "0\n",
      "a/tail.lua": "printf x",
      "a/tail.out": "x\n",
      "a/tail.rc": "0\n",
    },
    "",
    async (options) => {
      const result = await runConformance(options);
      strictEqual(result.failed, 3);
      deepStrictEqual(result.problems, [
        'FAIL a/out: stdout line 2: got "got", want "want"',
        "FAIL a/rc: status 1, want 0",
        'FAIL a/tail: stdout line 2: got nothing, want ""',
      ]);
    },
  ));

Deno.test("runConformance() gives flags, arguments, environment, script, input and a fresh folder", () =>
  withCorpus(
    {
      "a/x.lua": "exit 9",
      "a/other.sh":
        'echo "$0|$1|$2|$V|$TZ|$LC_ALL|$SHELL|$(cat)|$(ls)"; case $- in *u*) echo u;; esac',
      "a/x.flags": "-u\n",
      "a/x.args": "one two\n@DIR@\n",
      "a/x.env": "V=a=b\n",
      "a/x.script": "@DIR@/other.sh\n",
      "a/x.stdin": "in\n",
      "a/x.rc": "0\n",
      "a/x.out": "",
    },
    "",
    async (options) => {
      const folder = `${options.corpus}/a`;
      Deno.writeTextFileSync(
        `${folder}/x.out`,
        `${folder}/other.sh|one two|${folder}|a=b|UTC|C|/bin/sh|in|\nu\n`,
      );
      const result = await runConformance(options);
      deepStrictEqual(result.problems, []);
    },
  ));

Deno.test("runConformance() ends a case at the limit, with what it started", () =>
  withCorpus(
    {
      "a/x.lua": 'sleep 1000 & echo $! >"$PIDFILE"; wait',
      "a/x.out": "",
      "a/x.rc": "0\n",
    },
    "",
    async (options) => {
      const pidFile = `${options.corpus}/pid`;
      Deno.writeTextFileSync(
        `${options.corpus}/a/x.env`,
        `PIDFILE=${pidFile}\n`,
      );
      const result = await runConformance({ ...options, limit: 2000 });
      match(result.problems[0] ?? "", /^FAIL a\/x: status timeout, want 0/);
      const pid = Deno.readTextFileSync(pidFile).trim();
      // The kernel ends a killed process a little later: gone, or a zombie.
      const deadline = Date.now() + 20_000;
      const runs = () =>
        /^\d+ \(sleep\) [^ZX]/.test(readIfThere(`/proc/${pid}/stat`));
      while (runs() && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      strictEqual(runs(), false);
    },
  ));

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

const TWO_CASES = {
  "a/bad.lua": "exit 1",
  "a/bad.out": "",
  "a/bad.rc": "0\n",
  "a/good.lua": "",
  "a/good.out": "",
  "a/good.rc": "0\n",
};

Deno.test("runConformance() counts known failures apart", () =>
  withCorpus(TWO_CASES, "# why\na/bad: exits with 1\n", async (options) => {
    const result = await runConformance(options);
    deepStrictEqual(result, { passed: 1, failed: 0, known: 1, problems: [] });
  }));

Deno.test("runConformance() accepts a family of known failures of which some pass", () =>
  withCorpus(TWO_CASES, "a/*: not there yet\n", async (options) => {
    const result = await runConformance(options);
    deepStrictEqual(result, { passed: 1, failed: 0, known: 1, problems: [] });
  }));

Deno.test("runConformance() fails on a known failure that passes or does not exist", () =>
  withCorpus(
    TWO_CASES,
    "a/bad: exits with 1\na/good: no\nb/*: none\n",
    async (options) => {
      const result = await runConformance(options);
      strictEqual(result.failed, 2);
      deepStrictEqual(result.problems, [
        'STALE list:2: "a/good" passes, remove the line',
        'STALE list:3: there is no case "b/*"',
      ]);
    },
  ));

Deno.test("runConformance() does not call a line stale whose case did not run", () =>
  withCorpus(TWO_CASES, "a/*: not there yet\n", async (options) => {
    const result = await runConformance({ ...options, glob: "a/good" });
    deepStrictEqual(result.problems, []);
  }));

Deno.test("runConformance() rejects when nothing matches", () =>
  withCorpus(TWO_CASES, "", async (options) => {
    await rejects(runConformance({ ...options, glob: "z/*" }), RangeError);
  }));

Deno.test("KnownFailures.parse() wants a reason on every line", () => {
  for (const line of ["a/b", "a/b:", "a/b: ", "b: reason"]) {
    let caught: unknown;
    try {
      KnownFailures.parse(line, "list");
    } catch (error) {
      caught = error;
    }
    match(String(caught), /^SyntaxError: Cannot read list:1: got/);
  }
});
