/**
 * The Gregorian calendar as arithmetic on days since 1970-01-01, for any year.
 * No time zones, no leap seconds, and none of `Date`'s limits.
 */

/** Seconds of a day. */
export const DAY = 86_400;

/** Days of 400 years, after which the calendar repeats. */
const DAYS_OF_ERA = 146_097;

/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH = 719_468;

/** A date and time of day, without a zone. */
export interface CivilTime {
  /** The year, astronomically: 0 is 1 BC. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 59. */
  readonly second: number;
  /** 1 (Sunday) to 7. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
}

/**
 * Counts the days from 1970-01-01 to a date.
 *
 * @param year Any integer.
 * @param month 1 to 12.
 * @param day 1 to 31; beyond the month's end it counts on.
 * @returns Days, negative before 1970.
 */
export function daysOf(year: number, month: number, day: number): number {
  // Years that begin in March have the leap day at their end.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_OF_ERA + dayOfEra - EPOCH;
}

/** Whether `year` has 366 days. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The weekday of a day since 1970-01-01, 0 for Sunday. */
export function weekdayOf(days: number): number {
  return (days % 7 + 11) % 7; // 1970-01-01 was a Thursday
}

/**
 * Splits a time into date and time of day.
 *
 * @param seconds Whole seconds since 1970-01-01 00:00, already shifted to the
 * zone whose clock is wanted.
 */
export function civilTime(seconds: number): CivilTime {
  const days = Math.floor(seconds / DAY);
  const rest = seconds - days * DAY;
  const shifted = days + EPOCH;
  const era = Math.floor(shifted / DAYS_OF_ERA);
  const dayOfEra = shifted - era * DAYS_OF_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra -
    (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest % 3600 / 60),
    second: rest % 60,
    weekday: weekdayOf(days) + 1,
    yearDay: days - daysOf(year, 1, 1) + 1,
  };
}
