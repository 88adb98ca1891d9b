// PCRE counts anew for each place where a match may start. A subject with many
// such places, none of which reached the limit, kept `(a+)+$` busy for minutes.
import { equal } from "node:assert/strict";
import { MATCH_LIMIT } from "../../runtime/pcre/bounded_search.ts";
import { Matcher } from "../../runtime/pcre/matcher.ts";
import { PCRE2_MISSING } from "../support/libraries.ts";

const SLOW = "a".repeat(16) + "b";

Deno.test({
  name: `next() limits all starts of a search together${PCRE2_MISSING}`,
  ignore: PCRE2_MISSING !== "",
  fn: () => {
    for (const expression of ["(a+)+$", "(*UTF8)(a+)+$", "(?i)(A+)+$"]) {
      const matcher = new Matcher(expression);
      const limits = { matches: 200_000 };
      // Without that, 5,000 times some hundred thousand calls.
      equal(matcher.next(SLOW.repeat(5000), limits), MATCH_LIMIT);
    }
  },
});

Deno.test({
  name: `next() finds what stands behind slow starts${PCRE2_MISSING}`,
  ignore: PCRE2_MISSING !== "",
  fn: () => {
    for (
      const [expression, end, place] of [
        ["(a+)+$", "aaa", 0],
        ["(*UTF8)(a+)+$|\xc3\xa9", "x\xc3\xa9aa", 1],
        ["(?<=x)(a+)+$", "xaa", 1],
        ["(a+)+\\K$", "aa", 2],
      ] as const
    ) {
      const subject = SLOW.repeat(3) + "x\xc3\xa4" + end;
      const matcher = new Matcher(expression);
      equal(matcher.next(subject) > 0, true, expression);
      equal(matcher.start(0), subject.length - end.length + place, expression);
    }
  },
});

Deno.test({
  name: `next() heeds verbs that tie starts together${PCRE2_MISSING}`,
  ignore: PCRE2_MISSING !== "",
  fn: () => {
    for (const expression of ["(a+)+c(*COMMIT)|aac", "\\G(?:(a+)+c)|\\Gx"]) {
      equal(new Matcher(expression).next(SLOW + "x"), 0);
    }
    equal(new Matcher("(a+)+$(*COMMIT)|b").next(SLOW), 1);
  },
});
