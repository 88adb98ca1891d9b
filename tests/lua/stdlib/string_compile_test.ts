/**
 * Compiled patterns match as the matcher does, which the goldens compare with
 * LuaJIT: random patterns made of all there is, on random subjects.
 */
import assert from "node:assert/strict";
import { LuaError } from "../../../lua/errors.ts";
import { createCompilerState } from "../../../lua/compiler/state.ts";
import { compilePattern } from "../../../lua/stdlib/string_compile.ts";
import {
  FAILED,
  found,
  type Search,
  searchPattern,
} from "../../../lua/stdlib/string_pattern.ts";

const PARTS = [
  ..."aab.(())-]%",
  "%a",
  "%w",
  "%S",
  "%d",
  "%%",
  "[ab]",
  "[^b(]",
  "[%a-]",
  "[a-c1]",
  "%b()",
  "%f[%w]",
  "%f[^a]",
  "()",
  "%1",
  "%2",
];
const REPEATS = ["", "", "", "*", "+", "-", "?"];

/** A generator of numbers below a limit, always the same ones. */
function random(seed: number): (limit: number) => number {
  return (limit) => {
    seed = (seed * 48271) % 0x7fffffff;
    return seed % limit;
  };
}

function randomText(next: (limit: number) => number, parts: string[]): string {
  let text = "";
  for (let i = next(9); i > 0; i--) text += parts[next(parts.length)];
  return text;
}

/** What a search gives, as text: the match, its captures, or the mistake. */
function outcome(search: () => number): string {
  try {
    const end = search();
    if (end === FAILED) return "none";
    return [end, ...found.subarray(0, 2 + 2 * found[1]!)].join();
  } catch (error) {
    if (error instanceof LuaError) return String(error.value);
    throw error;
  }
}

Deno.test("compiled patterns match as the matcher does", () => {
  using state = createCompilerState();
  const next = random(7);
  const parts = PARTS.flatMap((part) =>
    REPEATS.map((repeat) => /^[(]|^[)]$/.test(part) ? part : part + repeat)
  );
  let compiled = 0;
  for (let i = 0; i < 3000; i++) {
    const pattern = randomText(next, parts) + (next(5) === 0 ? "$" : "");
    const anchored = next(4) === 0;
    const fast: Search | undefined = compilePattern(pattern, anchored);
    if (fast === undefined) continue;
    compiled++;
    for (let j = 0; j < 6; j++) {
      const subject = randomText(next, [..."aaabbc1 -()", "ab", "(a)", "\xe4"]);
      const from = next(subject.length + 1);
      assert.equal(
        outcome(() => fast(subject, from, state)),
        outcome(() => searchPattern(state, subject, pattern, from, anchored)),
        `${pattern} in ${JSON.stringify(subject)} from ${from}, ${anchored}`,
      );
    }
  }
  assert(compiled > 1000, `${compiled} patterns were compiled`);
});

Deno.test("patterns with mistakes are not compiled", () => {
  for (
    const pattern of ["(", "a)", "%", "[a", "%b", "%bx", "%f", "%1", "(%1)"]
  ) assert.equal(compilePattern(pattern, false), undefined, pattern);
  assert.equal(compilePattern("a".repeat(151), false), undefined);
});
