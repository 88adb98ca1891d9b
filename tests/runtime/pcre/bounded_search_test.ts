import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FREE_CALLS,
  MATCH_LIMIT,
  searchBounded,
  TOTAL,
  type TryStarts,
} from "../../../runtime/pcre/bounded_search.ts";

/** A search in which each start takes some calls, and one of them matches. */
function search(costs: readonly number[], match: number) {
  const spent = { calls: 0 };
  const tryStarts: TryStarts = (from, to, calls) => {
    for (let start = from; start <= to; start++) {
      const cost = costs[start] ?? 1;
      spent.calls += Math.min(cost, calls);
      if (cost > calls) return MATCH_LIMIT;
      if (start === match) return start + 1;
    }
    return 0;
  };
  return { spent, tryStarts };
}

const LIMIT = 20_000;
const costs = fc.array(
  fc.oneof(fc.nat(10), fc.nat(FREE_CALLS * 2), fc.nat(LIMIT + 5)),
  { maxLength: 60 },
);

Deno.test("searchBounded() finds what a search without it finds", () => {
  fc.assert(
    fc.property(costs, fc.integer({ min: -1, max: 60 }), (costs, at) => {
      const { tryStarts } = search(costs, at);
      const heavy = costs.filter((cost) => cost > FREE_CALLS).length;
      fc.pre(heavy <= TOTAL / 2); // else the total limit may end it
      assert.equal(
        searchBounded(costs.length, LIMIT, tryStarts, () => true),
        tryStarts(0, costs.length, LIMIT),
      );
    }),
  );
});

Deno.test("searchBounded() takes a bounded number of calls", () => {
  const { spent, tryStarts } = search(Array(10_000).fill(LIMIT - 1), -1);
  assert.equal(
    searchBounded(10_000, LIMIT, tryStarts, () => true),
    MATCH_LIMIT,
  );
  assert.ok(spent.calls < LIMIT * (TOTAL + 2), `${spent.calls} calls`);
});

Deno.test("searchBounded() tries no place where a match cannot start first", () => {
  const starts: number[] = [];
  searchBounded(50, LIMIT, (from) => {
    starts.push(from);
    return 0;
  }, (place) => place % 3 === 0);
  assert.ok(starts.length > 2 && starts.every((place) => place % 3 === 0));
});
