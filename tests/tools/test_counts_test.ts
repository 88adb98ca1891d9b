import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  addCounts,
  failureReport,
  formatCounts,
  parseCounts,
  parseTap,
} from "../../tools/test_counts.ts";

Deno.test("parseCounts() reads the closing line with its steps and colours", () => {
  deepStrictEqual(
    parseCounts(
      "a ... ok\n\n\x1b[32mok\x1b[0m | 12 passed (3 steps) | 0 failed | 2 ignored (1 step) \x1b[90m(8ms)\x1b[0m\n",
      true,
    ),
    { passed: 12, failed: 0, skipped: 2 },
  );
  deepStrictEqual(
    parseCounts(
      "FAILED | 2 passed (1 step) | 4 failed (1 step) | 1 ignored (1 step) (1m2s)\n\nerror: Test failed\n",
      false,
    ),
    { passed: 2, failed: 4, skipped: 1 },
  );
});

Deno.test("parseCounts() believes the last closing line only", () => {
  deepStrictEqual(
    parseCounts(
      "ok | 9 passed | 0 failed (1ms)\nFAILED | 1 passed | 1 failed (2ms)\n",
      false,
    ),
    { passed: 1, failed: 1, skipped: 0 },
  );
});

Deno.test("parseCounts() counts a run without a closing line as failed", () => {
  for (const success of [true, false]) {
    deepStrictEqual(parseCounts("error: Type checking failed.\n", success), {
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  }
});

Deno.test("parseCounts() counts a failed run without a failed test as failed", () => {
  deepStrictEqual(parseCounts("ok | 3 passed | 0 failed (1ms)\n", false), {
    passed: 3,
    failed: 1,
    skipped: 0,
  });
});

Deno.test("addCounts() and formatCounts() make the last line of the suite", () => {
  const one = { passed: 1, failed: 0, skipped: 0 };
  strictEqual(formatCounts(addCounts([one, one])), "2 passed, 0 failed");
  strictEqual(
    formatCounts(addCounts([one, { passed: 0, failed: 2, skipped: 3 }])),
    "1 passed, 2 failed, 3 skipped",
  );
});

Deno.test("parseCounts() agrees with a real run of deno test", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(
      `${folder}/a_test.ts`,
      `
      Deno.test("a", () => {});
      Deno.test("b", () => { throw new Error("b"); });
      Deno.test({ name: "c", ignore: true, fn() {} });`,
    );
    Deno.writeTextFileSync(
      `${folder}/b_test.ts`,
      'throw new Error("does not load");',
    );
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-config", "--no-lock", folder],
    }).output();
    deepStrictEqual(parseCounts(new TextDecoder().decode(stdout), success), {
      passed: 1,
      failed: 2,
      skipped: 1,
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("failureReport() is the sections of what failed, without colours", () => {
  const output = "a ... FAILED\n\n\x1b[1m\x1b[41m ERRORS \x1b[0m\n\n" +
    "./a_test.ts (uncaught error)\n\n FAILURES \n\nFAILED | 0 passed | 1 failed (1ms)\n";
  strictEqual(
    failureReport(output),
    "ERRORS \n\n./a_test.ts (uncaught error)\n\n FAILURES \n\nFAILED | 0 passed | 1 failed (1ms)",
  );
  strictEqual(failureReport("ok | 1 passed | 0 failed (1ms)\n"), "");
});

Deno.test("parseTap() counts results, and finds runs that are not whole", () => {
  const output =
    "printed\nok 1 - a\nok 2 - # SKIP b\nnot ok 3 - c\n# d\n1..3\n";
  deepStrictEqual(parseTap(output, false), {
    passed: 1,
    failed: 1,
    skipped: 1,
  });
  deepStrictEqual(parseTap("ok 1 - a\n1..1\n", true), {
    passed: 1,
    failed: 0,
    skipped: 0,
  });
  for (
    const [text, success] of [
      ["ok 1 - a\n", true],
      ["ok 1 - a\n1..1\n", false],
      ["", true],
    ] as const
  ) {
    strictEqual(parseTap(text, success).failed, 1, text);
  }
});
