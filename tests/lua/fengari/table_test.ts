import assert from "node:assert/strict";
import fc from "fast-check";
import { createState } from "../../../lua/engines.ts";
import { entries, type LuaTable, type LuaValue } from "../../../lua/value.ts";

const make = await createState("fengari");

const key = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom("a", "b", "", "1") },
  { weight: 1, arbitrary: fc.constantFrom(0.5, 2 ** 53, Infinity) },
  { weight: 1, arbitrary: fc.boolean() },
);
const operation = fc.record({
  key,
  value: fc.option(fc.integer(), { nil: undefined }),
});

Deno.test("a table behaves as a map, with a border", () => {
  using state = make();
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const table = state.newTable();
      const model = new Map<LuaValue, LuaValue>();
      for (const { key, value } of operations) {
        table.set(key, value);
        if (value === undefined) model.delete(key);
        else model.set(key, value);
        assert.equal(table.get(key), value);
        const border = table.length();
        assert.ok(border === 0 || model.has(border), `border ${border}`);
        assert.ok(!model.has(border + 1), `border ${border}`);
      }
      const found = new Map(entries(table));
      assert.equal(found.size, model.size);
      for (const [key, value] of model) assert.equal(found.get(key), value);
    }),
  );
});

Deno.test("a table may be emptied in any order during a traversal", () => {
  using state = make();
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { maxLength: 40 }),
      fc.uniqueArray(key, { maxLength: 40 }),
      (keys, removed) => {
        const table = state.newTable();
        for (const key of keys) table.set(key, true);
        const seen = new Set<LuaValue>();
        for (const [key] of entries(table)) {
          assert.ok(!seen.has(key));
          seen.add(key);
          table.set(key, undefined);
          for (const other of removed) table.set(other, undefined);
        }
        for (const key of keys) {
          assert.ok(seen.has(key) || removed.includes(key));
        }
        assert.equal(table.next(undefined), undefined);
      },
    ),
  );
});

Deno.test("a table that is filled and emptied over and over stays small", () => {
  using state = make();
  const table = state.newTable();
  for (let i = 0; i < 100_000; i++) {
    table.set(`key${i}`, i);
    if (i >= 10) table.set(`key${i - 10}`, undefined);
  }
  const { size } = (table as unknown as { strong: Map<unknown, unknown> })
    .strong;
  assert.ok(size < 100, `${size} entries`);
});

Deno.test("a constructor overrides its keyed entries by its elements", () => {
  using state = make();
  const [table] = state.call(
    state.load("return {[2] = 'x', [4] = 'y', 1, 2, nil, 3}", "=t"),
  ) as [LuaTable];
  assert.deepEqual([...entries(table)], [[1, 1], [2, 2], [4, 3]]);
  assert.equal(table.length(), 4);
});
