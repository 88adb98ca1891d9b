/**
 * The rule of a time zone for the years that its file does not list: a POSIX
 * `TZ` value such as `EST5EDT,M3.2.0,M11.1.0`, with RFC 8536's extensions
 * (names in angle brackets, times from −167 to 167 hours). Not the files
 * themselves (zone_file.ts).
 */
import { DAY, daysOf, isLeapYear, weekdayOf } from "./calendar.ts";

/** What the clocks of a zone show during some period. */
export interface LocalTimeType {
  /** Seconds east of UTC. */
  readonly offset: number;
  /** Whether it counts as daylight saving time; in Dublin the winter does. */
  readonly isDst: boolean;
  /** Such as `EST`, or `+0530` where there is no other name. */
  readonly abbreviation: string;
}

/** A day of each year and a time of that day, in seconds. */
interface YearlyMoment {
  readonly dayIn: (year: number) => number;
  readonly time: number;
}

/** A period in which one local time type holds, in seconds since 1970. */
export interface Period {
  /** Its first second. */
  readonly from: number;
  /** The first second after it. */
  readonly until: number;
  readonly type: LocalTimeType;
}

/** The yearly rule of a zone. Made by {@link parseZoneRule}. */
export class ZoneRule {
  readonly #standard: LocalTimeType;
  readonly #daylight: LocalTimeType | undefined;
  readonly #start: YearlyMoment | undefined;
  readonly #end: YearlyMoment | undefined;

  /** Use {@link parseZoneRule}. */
  constructor(
    standard: LocalTimeType,
    daylight?: {
      readonly type: LocalTimeType;
      readonly start: YearlyMoment;
      readonly end: YearlyMoment;
    },
  ) {
    this.#standard = standard;
    this.#daylight = daylight?.type;
    this.#start = daylight?.start;
    this.#end = daylight?.end;
  }

  /**
   * The period around a moment.
   *
   * @param seconds Seconds since 1970-01-01 00:00 UTC.
   * @param year The year of that moment, in UTC.
   */
  periodAt(seconds: number, year: number): Period {
    const standard = this.#standard;
    const daylight = this.#daylight;
    if (daylight === undefined) {
      return { from: -Infinity, until: Infinity, type: standard };
    }
    // The neighbouring years, since the local year may be another one.
    const changes: { at: number; type: LocalTimeType }[] = [];
    for (let y = year - 1; y <= year + 1; y++) {
      changes.push({
        at: momentIn(this.#start!, y) - standard.offset,
        type: daylight,
      }, {
        at: momentIn(this.#end!, y) - daylight.offset,
        type: standard,
      });
    }
    // Where one period of daylight time ends as the next begins, it goes on.
    changes.sort((a, b) =>
      a.at - b.at || Number(a.type === daylight) - Number(b.type === daylight)
    );
    let index = changes.length - 1;
    while (index > 0 && changes[index]!.at > seconds) index--;
    const next = changes[index + 1];
    return {
      from: changes[index]!.at,
      until: next === undefined ? changes[index]!.at + 1 : next.at,
      type: changes[index]!.type,
    };
  }
}

function momentIn({ dayIn, time }: YearlyMoment, year: number): number {
  return dayIn(year) * DAY + time;
}

/**
 * Parses a POSIX `TZ` value.
 *
 * @param text Such as `CET-1CEST,M3.5.0,M10.5.0/3`.
 * @returns The rule.
 * @throws {SyntaxError} If the text is no such value.
 */
export function parseZoneRule(text: string): ZoneRule {
  const reader = new Reader(text);
  const name = reader.name();
  const offset = 0 - reader.time();
  const standard = { offset, isDst: false, abbreviation: name };
  if (reader.atEnd()) return new ZoneRule(standard);
  const type = {
    abbreviation: reader.name(),
    isDst: true,
    offset: reader.isAt(",") ? offset + 3600 : 0 - reader.time(),
  };
  reader.expect(",");
  const start = reader.moment();
  reader.expect(",");
  const end = reader.moment();
  if (!reader.atEnd()) reader.fail();
  return new ZoneRule(standard, { type, start, end });
}

const NAME = /<([A-Za-z0-9+-]{3,})>|([A-Za-z]{3,})/y;
const TIME = /([-+]?)(\d{1,3})(?::(\d{1,2})(?::(\d{1,2}))?)?/y;
const MONTHLY = /M(\d{1,2})\.([1-5])\.([0-6])/y;
const NUMBERED = /(J?)(\d{1,3})/y;

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  atEnd(): boolean {
    return this.#at === this.text.length;
  }

  isAt(character: string): boolean {
    return this.text[this.#at] === character;
  }

  expect(character: string): void {
    if (!this.isAt(character)) this.fail();
    this.#at++;
  }

  name(): string {
    const [, bracketed, plain] = this.#match(NAME) ?? this.fail();
    return bracketed ?? plain!;
  }

  /** Reads hours, minutes and seconds; returns seconds. */
  time(): number {
    const [, sign, hours, minutes = "0", seconds = "0"] = this.#match(TIME) ??
      this.fail();
    const value = Number(hours) * 3600 + Number(minutes) * 60 +
      Number(seconds);
    return sign === "-" ? -value : value;
  }

  moment(): YearlyMoment {
    const dayIn = this.#day();
    if (!this.isAt("/")) return { dayIn, time: 7200 };
    this.#at++;
    return { dayIn, time: this.time() };
  }

  #day(): (year: number) => number {
    const monthly = this.#match(MONTHLY);
    if (monthly !== null) {
      const [month, week, weekday] = monthly.slice(1).map(Number);
      if (month! < 1 || month! > 12) this.fail();
      return (year) => weekdayInMonth(year, month!, week!, weekday!);
    }
    const [, julian, number] = this.#match(NUMBERED) ?? this.fail();
    const day = Number(number);
    if (julian === "") return (year) => daysOf(year, 1, 1) + day;
    // J60 is 1 March in every year: 29 February has no number.
    return (year) =>
      daysOf(year, 1, 1) + day - 1 + (day >= 60 && isLeapYear(year) ? 1 : 0);
  }

  fail(): never {
    throw new SyntaxError(
      `Cannot parse time zone rule: got ${JSON.stringify(this.text)}`,
    );
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }
}

/** The day of the week-th weekday of a month; the fifth is the last. */
function weekdayInMonth(
  year: number,
  month: number,
  week: number,
  weekday: number,
): number {
  const first = daysOf(year, month, 1);
  const next = month === 12
    ? daysOf(year + 1, 1, 1)
    : daysOf(year, month + 1, 1);
  const day = first + (weekday - weekdayOf(first) + 7) % 7 + (week - 1) * 7;
  return day >= next ? day - 7 : day;
}
