/**
 * Calendar time as the C library sees it: broken-down time in the zone that
 * TZ names, and its text. Not the zones of other places (runtime/time), which
 * need no C library.
 *
 * `struct tm` has the same shape on all described platforms: nine ints, the
 * offset from UTC, the name of the zone.
 */
import { binaryBytes, binaryString } from "./bytes.ts";
import { libc } from "./libc.ts";

const symbols = libc({
  clock: { parameters: [], result: "i64" },
  gmtime_r: { parameters: ["buffer", "buffer"], result: "pointer" },
  localtime_r: { parameters: ["buffer", "buffer"], result: "pointer" },
  mktime: { parameters: ["buffer"], result: "i64" },
  strftime: {
    parameters: ["buffer", "usize", "buffer", "buffer"],
    result: "usize",
  },
  tzset: { parameters: [], result: "void" },
}, { rarely: true });

const SIZE = 64;

/** A broken-down time, as C has it: months from 0, years from 1900. */
export class BrokenDownTime {
  readonly #words = new Int32Array(SIZE / 4);

  /** A time with all fields 0; they may be set out of range. */
  constructor(fields: Partial<Record<keyof typeof FIELDS, number>> = {}) {
    for (const [name, value] of Object.entries(fields)) {
      this.#words[FIELDS[name as keyof typeof FIELDS]] = value;
    }
  }

  /**
   * Breaks a time down.
   *
   * @param seconds Since 1970 in UTC, whole.
   * @param utc In UTC instead of the local zone.
   * @returns The time, or `undefined` when its year does not fit.
   */
  static of(seconds: number, utc: boolean): BrokenDownTime | undefined {
    const time = new BrokenDownTime();
    const given = BigInt64Array.of(toTime(seconds));
    const calls = symbols();
    if (!utc) calls.tzset();
    const result = utc
      ? calls.gmtime_r(given, time.#words)
      : calls.localtime_r(given, time.#words);
    return result === null ? undefined : time;
  }

  /** A field's value. */
  get(name: keyof typeof FIELDS): number {
    return this.#words[FIELDS[name]]!;
  }

  /**
   * The point in time that the fields name in the local zone.
   *
   * @returns Seconds since 1970 in UTC; -1 also when there is none.
   */
  toSeconds(): number {
    const words = Int32Array.from(this.#words);
    return Number(symbols().mktime(words));
  }

  /**
   * The time as text.
   *
   * @param format What strftime takes, a binary string without zero bytes.
   * @returns A binary string.
   */
  format(format: string): string {
    // What strftime returns does not tell nothing from too much, so that
    // there is always one more character.
    const pattern = binaryBytes(format + ".\0");
    for (let size = 256 + format.length * 4;; size *= 2) {
      const buffer = new Uint8Array(size);
      const length = Number(
        symbols().strftime(buffer, BigInt(size), pattern, this.#words),
      );
      if (length > 0) return binaryString(buffer, 0, length - 1);
    }
  }
}

const FIELDS = {
  second: 0,
  minute: 1,
  hour: 2,
  day: 3,
  month: 4,
  year: 5,
  weekday: 6,
  yearday: 7,
  /** Positive in daylight saving time, negative when not known. */
  daylight: 8,
} as const;

/** Cut to 64 bits as x64 does. */
function toTime(seconds: number): bigint {
  return seconds >= -(2 ** 63) && seconds < 2 ** 63
    ? BigInt(Math.trunc(seconds))
    : -(2n ** 63n);
}

/**
 * The processor time that the process has used.
 *
 * @returns Seconds, exact to a microsecond.
 */
export function processorTime(): number {
  return Number(symbols().clock()) / 1e6;
}
