/**
 * Compares what runtime/pcre says of 1500 expressions, most of them wrong, with
 * what PCRE 8.39 said of them (pcre1_errors.txt, recorded from the library).
 */
import assert from "node:assert/strict";
import { Matcher, PatternError } from "../../../runtime/pcre/matcher.ts";
import { PCRE2_MISSING } from "../../support/libraries.ts";

type Answer = readonly [pattern: string, message?: string, offset?: number];

function ask(pattern: string): Answer {
  try {
    new Matcher(pattern);
    return [pattern];
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return [pattern, error.message, error.offset];
  }
}

Deno.test({
  name: `Matcher() words and places mistakes as PCRE 1 does${PCRE2_MISSING}`,
  ignore: PCRE2_MISSING !== "",
  fn() {
    const lines = Deno.readTextFileSync(
      new URL("pcre1_errors.txt", import.meta.url),
    ).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    assert.ok(lines.length >= 1500);
    let differing = 0;
    for (const line of lines) {
      const known = line.startsWith("!");
      const recorded = JSON.parse(known ? line.slice(1) : line) as Answer;
      if (known) {
        differing++;
        assert.notDeepEqual(
          ask(recorded[0]),
          recorded,
          `${line} is no difference any more: take the ! away`,
        );
      } else assert.deepEqual(ask(recorded[0]), recorded);
    }
    assert.ok(differing <= 30, `${differing} differences`);
  },
});
