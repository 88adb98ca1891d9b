import {
  deepStrictEqual,
  match,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { withTempFolder } from "../../tools/script.ts";
import {
  type BustedOptions,
  runBustedConformance,
} from "./busted_conformance.ts";
import { normalise } from "./busted_normalise.ts";

// The harness under test is sh, and a made-up case its script.
function withCorpus(
  files: Record<string, string>,
  test: (options: BustedOptions) => Promise<void>,
): Promise<void> {
  return withTempFolder(async (corpus) => {
    for (const [name, text] of Object.entries(files)) {
      Deno.mkdirSync(`${corpus}/${name.split("/")[0]}`, { recursive: true });
      Deno.writeTextFileSync(`${corpus}/${name}`, text);
    }
    const command = ["/bin/sh", "-c", '. "./$0"'];
    await test({ corpus, command });
  });
}

const PASSING = {
  "one/args": "run.sh\n",
  "one/run.sh": "echo hi; echo 'x busted: error: no' >&2; exit 3",
  "one/expected.out": "hi\n",
  "one/expected.rc": "3\n",
};

Deno.test("runBustedConformance() passes a case with equal output and status", () =>
  withCorpus(PASSING, async (options) => {
    const result = await runBustedConformance(options);
    deepStrictEqual(result, { passed: 1, failed: 0, problems: [] });
  }));

for (
  const [what, change] of [
    ["output", { "one/expected.out": "ho\n" }],
    ["status", { "one/expected.rc": "0\n" }],
    ["stderr", { "one/expected.err": "other\n" }],
    ["done.txt", { "one/expected.file.done.txt": "x\n" }],
  ] as const
) {
  Deno.test(`runBustedConformance() fails a case with another ${what}`, () =>
    withCorpus({ ...PASSING, ...change }, async (options) => {
      const result = await runBustedConformance(options);
      strictEqual(result.failed, 1);
      match(result.problems[0]!, new RegExp(`^FAIL one: out ${what} `));
    }));
}

Deno.test("runBustedConformance() rejects when nothing matches", () =>
  withCorpus(PASSING, async (options) => {
    await rejects(
      runBustedConformance({ ...options, glob: "z*" }),
      RangeError,
    );
  }));

function text(kind: Parameters<typeof normalise>[0], raw: string): string {
  return normalise(kind, new TextEncoder().encode(raw), "/w");
}

Deno.test("normalise() removes what differs between runs, and no more", () => {
  strictEqual(
    text(
      "plain",
      "1 error : 0.25 seconds\n/w/a.lua:1: table: 0x12ab (2.50 ms)",
    ),
    "1 error : N seconds\na.lua:1: table: ADDR (N ms)",
  );
  strictEqual(
    text(
      "tap",
      "# stack traceback:\n# \ta.lua:1: in x\n# \t[C]: in y\n# \t/usr/b.lua:2: z\n# end",
    ),
    "# stack traceback:\n# \ta.lua:1:\n# end",
  );
  strictEqual(
    normalise("out", Uint8Array.of(0x61, 0xff, 0xc3, 0xa4), "/w"),
    "a\\xffä",
  );
});

Deno.test("normalise() says when a report is not valid", () => {
  match(text("json", "{"), /^not valid json/);
  match(text("junit.xml", "<testsuites><a></testsuites>"), /^not valid junit/);
});

Deno.test("normalise() writes reports in an order of its own", () => {
  strictEqual(
    text("json", 'hi\n{"b":[],"duration":1,"a":"\u00fc"}\n'),
    'hi\n{\n "a": "\\u00fc"\n}\n',
  );
  strictEqual(
    text(
      "junit.xml",
      "<testsuites time='1' b='x' a='it&apos;s'>t</testsuites>",
    ),
    "testsuites a=\"it's\" b='x' time='N'\n  | t\n",
  );
});
