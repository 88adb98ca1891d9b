/**
 * Zones against the system's own `zdump`, which reads the same files with
 * another program; and damaged files.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { daysOf } from "../../../runtime/time/calendar.ts";
import { loadZone, Zone } from "../../../runtime/time/zone.ts";
import { decodeZoneFile } from "../../../runtime/time/zone_file.ts";

const DATABASE = "/usr/share/zoneinfo";
const hasDatabase = isThere(DATABASE);
const hasZdump = isThere("/usr/bin/zdump");

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Zones with something unusual, and some usual ones. */
const ZONES = [
  "Africa/Casablanca", // negative daylight time around Ramadan, up to 2087
  "Africa/Monrovia", // −0:44:30 until 1972
  "America/Caracas", // −4:30 for some years
  "America/New_York",
  "America/Nuuk", // a rule with a negative time
  "America/Sao_Paulo",
  "America/St_Johns", // −3:30, changes at 00:01
  "Antarctica/Troll", // two hours of daylight time
  "Asia/Gaza",
  "Asia/Kathmandu",
  "Asia/Pyongyang",
  "Australia/Lord_Howe", // half an hour of daylight time
  "Europe/Amsterdam",
  "Europe/Dublin", // daylight time in winter
  "Europe/London",
  "Pacific/Apia", // crossed the date line
  "Pacific/Chatham", // +12:45
  "UTC",
];

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

Deno.test({
  name: "Zone shows what zdump shows around every change from 1900 to 2500",
  ignore: !hasDatabase || !hasZdump,
  async fn() {
    for (const name of ZONES) {
      const zone = loadZone(name);
      let lines = 0;
      for (const line of await zdump(name)) {
        const match =
          /(\w{3}) +(\d+) ([\d:]+) (\d+) UTC? = .{3} (\w{3}) +(\d+) (\d+):(\d+):(\d+) (\d+) (\S+) isdst=(\d) gmtoff=(-?\d+)$/
            .exec(line);
        if (match === null) continue;
        const [, month, day, clock, year, ...local] = match;
        const [h, m, s] = clock!.split(":").map(Number);
        const seconds =
          daysOf(Number(year), monthNumber(month!), Number(day)) * 86_400 +
          h! * 3600 + m! * 60 + s!;
        const time = zone.at(seconds);
        assert.deepEqual(
          [
            time.month,
            time.day,
            time.hour,
            time.minute,
            time.second,
            time.year,
            time.type.abbreviation,
            Number(time.type.isDst),
            time.type.offset,
          ],
          [
            monthNumber(local[0]!),
            ...local.slice(1, 6).map(Number),
            local[6],
            ...local.slice(7).map(Number),
          ],
          `${name}: ${line}`,
        );
        lines++;
      }
      assert(lines > 0 || name === "UTC", name);
    }
  },
});

async function zdump(name: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("/usr/bin/zdump", {
    args: ["-v", "-c", "1900,2500", name],
    env: { TZDIR: DATABASE },
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

function monthNumber(name: string): number {
  return MONTHS.indexOf(name) / 3 + 1;
}

Deno.test({
  name: "Zone finds the same whatever it was asked before",
  ignore: !hasDatabase,
  fn() {
    const zone = loadZone("America/New_York");
    const moment = fc.integer({ min: -(2 ** 33), max: 2 ** 35 });
    fc.assert(fc.property(moment, moment, (a, b) => {
      zone.at(a);
      assert.deepEqual(zone.at(b), loadZone("America/New_York").at(b));
    }));
  },
});

Deno.test({
  name: "Zone knows leap seconds under right/",
  ignore: !isThere(`${DATABASE}/right/UTC`),
  fn() {
    const zone = loadZone("right/UTC");
    const show = (seconds: number) => {
      const { year, month, day, hour, minute, second } = zone.at(seconds);
      return [year, month, day, hour, minute, second].join(" ");
    };
    // 26 leap seconds went before the one at the end of 2016.
    const leap = daysOf(2017, 1, 1) * 86_400 + 26;
    assert.equal(show(leap - 1), "2016 12 31 23 59 59");
    assert.equal(show(leap), "2016 12 31 23 59 60");
    assert.equal(show(leap + 1), "2017 1 1 0 0 0");
  },
});

Deno.test("loadZone refuses names that are no zones", () => {
  for (
    const name of [
      "",
      "No/Such_Zone",
      "../../../etc/passwd",
      "/etc/passwd",
      "Europe",
      "Europe/",
      "UTC/x",
      "a\0b",
    ]
  ) {
    assert.throws(
      () => loadZone(name, DATABASE),
      hasDatabase
        ? { name: "RangeError", message: /^Cannot find time zone/ }
        : { name: "NotFound" },
      name,
    );
  }
});

Deno.test("loadZone tells a missing database from a missing zone", () => {
  assert.throws(() => loadZone("UTC", "/nonexistent/zoneinfo"), {
    name: "NotFound",
    message: /\/nonexistent\/zoneinfo is missing, install the package tzdata/,
  });
});

Deno.test({
  name: "decodeZoneFile refuses a file cut short, wherever it ends",
  ignore: !hasDatabase,
  fn() {
    const bytes = Deno.readFileSync(`${DATABASE}/Europe/Paris`);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(
        () => decodeZoneFile(bytes.subarray(0, length)),
        { name: "SyntaxError" },
        `${length} bytes`,
      );
    }
  },
});

Deno.test({
  name: "decodeZoneFile survives damaged bytes",
  ignore: !hasDatabase,
  fn() {
    const original = Deno.readFileSync(`${DATABASE}/Europe/Dublin`);
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.nat(original.length - 1),
            fc.integer({ min: 0, max: 255 }),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        (changes) => {
          const bytes = original.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          let zone: Zone;
          try {
            zone = new Zone(decodeZoneFile(bytes));
          } catch (error) {
            assert(error instanceof SyntaxError, String(error));
            return;
          }
          for (const seconds of [-1e12, 0, 1e9, 1e11]) zone.at(seconds);
        },
      ),
      { numRuns: 1000 },
    );
  },
});
