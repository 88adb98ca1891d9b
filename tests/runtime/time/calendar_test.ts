import assert from "node:assert/strict";
import fc from "fast-check";
import { civilTime, DAY, daysOf } from "../../../runtime/time/calendar.ts";

Deno.test("civilTime agrees with Date wherever that reaches", () => {
  fc.assert(
    fc.property(fc.integer({ min: -8.6e12, max: 8.6e12 }), (seconds) => {
      const date = new Date(seconds * 1000);
      const newYear = new Date(date);
      newYear.setUTCMonth(0, 1);
      assert.deepEqual(civilTime(seconds), {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
        weekday: date.getUTCDay() + 1,
        yearDay: Math.round((date.getTime() - newYear.getTime()) / 864e5) + 1,
      });
    }),
    { numRuns: 2000 },
  );
});

Deno.test("daysOf inverts civilTime", () => {
  fc.assert(fc.property(
    fc.integer({ min: -(2 ** 36), max: 2 ** 36 }),
    (days) => {
      const { year, month, day } = civilTime(days * DAY + 86_399);
      assert.equal(daysOf(year, month, day), days);
    },
  ));
});
