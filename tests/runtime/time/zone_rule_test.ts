import assert from "node:assert/strict";
import { daysOf } from "../../../runtime/time/calendar.ts";
import { parseZoneRule } from "../../../runtime/time/zone_rule.ts";

function utc(year: number, month: number, day: number, hour = 0): number {
  return daysOf(year, month, day) * 86_400 + hour * 3600;
}

function show(rule: string, seconds: number, year: number): string {
  const { type } = parseZoneRule(rule).periodAt(seconds, year);
  return `${type.abbreviation} ${type.offset} ${type.isDst}`;
}

Deno.test("ZoneRule changes at the second that the rule names", () => {
  const rule = "EST5EDT,M3.2.0,M11.1.0";
  const start = utc(2050, 3, 13, 7), end = utc(2050, 11, 6, 6);
  assert.equal(show(rule, start - 1, 2050), "EST -18000 false");
  assert.equal(show(rule, start, 2050), "EDT -14400 true");
  assert.equal(show(rule, end - 1, 2050), "EDT -14400 true");
  assert.equal(show(rule, end, 2050), "EST -18000 false");
  const { from, until } = parseZoneRule(rule).periodAt(start, 2050);
  assert.deepEqual([from, until], [start, end]);
});

Deno.test("ZoneRule knows summers that span the new year", () => {
  const rule = "NZST-12NZDT,M9.5.0,M4.1.0/3";
  assert.equal(show(rule, utc(2060, 1, 1), 2060), "NZDT 46800 true");
  assert.equal(show(rule, utc(2059, 12, 31, 12), 2059), "NZDT 46800 true");
  assert.equal(show(rule, utc(2060, 7, 1), 2060), "NZST 43200 false");
});

Deno.test("ZoneRule knows daylight time that is behind standard time", () => {
  const rule = "IST-1GMT0,M10.5.0,M3.5.0/1";
  assert.equal(show(rule, utc(2060, 1, 1), 2060), "GMT 0 true");
  assert.equal(show(rule, utc(2060, 7, 1), 2060), "IST 3600 false");
});

Deno.test("ZoneRule knows daylight time that never ends", () => {
  const rule = "EST5EDT,0/0,J365/25";
  for (const hour of [-2, -1, 0, 3, 4, 5, 6]) {
    assert.equal(show(rule, utc(2060, 1, 1, hour), 2060), "EDT -14400 true");
  }
});

Deno.test("ZoneRule takes all forms of days, times and names", () => {
  assert.equal(show("<+0330>-3:30", 0, 1970), "+0330 12600 false");
  assert.equal(
    show("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", utc(2050, 3, 27, 1) - 1, 2050),
    "-02 -7200 false",
  );
  assert.equal(
    show("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", utc(2050, 3, 27, 1), 2050),
    "-01 -3600 true",
  );
  // J60 is 1 March in leap years too; 60 counts from 0, with 29 February.
  assert.equal(
    show("AAA0BBB,J60/0,J300/0", utc(2048, 3, 1), 2048),
    "BBB 3600 true",
  );
  assert.equal(
    show("AAA0BBB,J60/0,J300/0", utc(2048, 3, 1) - 1, 2048),
    "AAA 0 false",
  );
  assert.equal(
    show("AAA0BBB,60/0,300/0", utc(2048, 3, 1), 2048),
    "BBB 3600 true",
  );
  assert.equal(
    show("AAA0BBB,60/0,300/0", utc(2047, 3, 1), 2047),
    "AAA 0 false",
  );
  assert.equal(show("AAA-1:02:03", 0, 1970), "AAA 3723 false");
});

Deno.test("parseZoneRule refuses what is no rule", () => {
  for (
    const text of [
      "",
      "EST",
      "5",
      "EST5EDT",
      "EST5EDT,M3.2.0",
      "EST5EDT,M13.2.0,M11.1.0",
      "EST5EDT,M3.2.0,M11.1.0x",
      "<+01-1",
      ":Europe/Paris",
    ]
  ) {
    assert.throws(() => parseZoneRule(text), { name: "SyntaxError" }, text);
  }
});
