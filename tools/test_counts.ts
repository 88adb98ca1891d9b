/**
 * Counts of test results: read from the closing line of `deno test`, added up,
 * and written as the one line that ends a run of the suite. The closing line
 * and not the JUnit report, since that leaves out modules that do not load.
 */

/** How many tests went how. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const CLOSING = /^(?:ok|FAILED) \| (\d.*) \([^()]*\)$/;

/**
 * Reads the counts of one run of `deno test`.
 *
 * @param output What it wrote on standard output
 * @param success Whether it exited with 0
 * @returns The counts; a run that failed without a failed test, or that did
 * not come to its closing line, counts as one failure
 */
export function parseCounts(output: string, success: boolean): TestCounts {
  // deno-lint-ignore no-control-regex
  const lines = output.replace(/\x1b\[[0-9;]*m/g, "").split("\n");
  const closing = lines.map((line) => CLOSING.exec(line.trim())?.[1])
    .findLast((found) => found !== undefined);
  if (closing === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const count = (word: string) =>
    Number(new RegExp(`(?:^|\\| )(\\d+) ${word}`).exec(closing)?.[1] ?? 0);
  const failed = count("failed");
  return {
    passed: count("passed"),
    failed: success || failed > 0 ? failed : 1,
    skipped: count("ignored"),
  };
}

/**
 * Counts the results in the output of mtev-busted's TAP handler.
 *
 * @param output What it wrote on standard output
 * @param success Whether it exited with 0
 * @returns The counts; a run without its closing plan, or that failed without
 * a failed test, counts as one failure
 */
export function parseTap(output: string, success: boolean): TestCounts {
  const count = (pattern: RegExp) => [...output.matchAll(pattern)].length;
  const failed = count(/^not ok \d/gm);
  const skipped = count(/^ok \d+ - # SKIP/gm);
  const passed = count(/^ok \d/gm) - skipped;
  const planned = /^1\.\.(\d+)$/m.exec(output)?.[1];
  const complete = Number(planned) === passed + failed + skipped &&
    (success || failed > 0);
  return { passed, failed: complete ? failed : failed + 1, skipped };
}

/**
 * Cuts out what one run of `deno test` says of its failures.
 *
 * @param output What it wrote on standard output
 * @returns The sections from the errors to the closing line, without colours,
 * or an empty string when nothing failed
 */
export function failureReport(output: string): string {
  // deno-lint-ignore no-control-regex
  const text = output.replace(/\x1b\[[0-9;]*m/g, "");
  const start = text.lastIndexOf("\n ERRORS \n");
  return start < 0 ? "" : text.slice(start).trim();
}

/**
 * Adds counts up.
 *
 * @param all The counts
 * @returns Their sum
 */
export function addCounts(all: readonly TestCounts[]): TestCounts {
  const sum = (key: keyof TestCounts) =>
    all.reduce((total, counts) => total + counts[key], 0);
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
  };
}

/**
 * Writes counts as a line.
 *
 * @param counts The counts
 * @returns `N passed, N failed`, with `, N skipped` when there are any
 */
export function formatCounts(counts: TestCounts): string {
  const { passed, failed, skipped } = counts;
  const rest = skipped === 0 ? "" : `, ${skipped} skipped`;
  return `${passed} passed, ${failed} failed${rest}`;
}
