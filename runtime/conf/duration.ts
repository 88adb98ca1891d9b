/**
 * Durations in configurations: numbers with units, summed up, such as
 * `1h30m`. Specification: runtime.md §1.8.
 */

/** How long each unit takes, in nanoseconds. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  ...named(1_000_000_000n, "s", "sec", "second", "seconds"),
  ...named(60_000_000_000n, "m", "min", "minute", "minutes"),
  ...named(3_600_000_000_000n, "h", "hr", "hour", "hours"),
  ...named(86_400_000_000_000n, "d", "day", "days"),
  ...named(604_800_000_000_000n, "w", "wk", "week", "weeks"),
};

function named(length: bigint, ...names: string[]): Record<string, bigint> {
  return Object.fromEntries(names.map((name) => [name, length]));
}

const PART = /\s*(\d+)\s*([a-z]+)/y;

/** The units a duration can be asked for in. */
export type DurationUnit = "ns" | "us" | "ms" | "s";

/**
 * Reads a duration.
 *
 * @param text Numbers with units.
 * @param unit The unit of the result.
 * @returns The sum, rounded down; undefined when the text is no duration: it
 * is empty, a number has no unit, or the unit is unknown.
 */
export function parseDuration(
  text: string,
  unit: DurationUnit,
): number | undefined {
  let total = 0n;
  let end = 0;
  PART.lastIndex = 0;
  for (
    let part = PART.exec(text);
    part !== null;
    part = PART.exec(text)
  ) {
    const length = Object.hasOwn(UNITS, part[2]!) ? UNITS[part[2]!] : undefined;
    if (length === undefined) return undefined;
    total += BigInt(part[1]!) * length;
    end = PART.lastIndex;
  }
  if (end === 0 || text.slice(end).trim() !== "") return undefined;
  return Number(total / UNITS[unit]!);
}
