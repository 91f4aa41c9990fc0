import { isDigit } from '../bytes/slice';

/** A second in ms. */
export const SECOND_MS: i64 = 1000;
/** A day in ms. */
export const DAY_MS: i64 = 86400000;
/** What is returned for a text that is no date. */
export const NO_DATE: i64 = i64.MIN_VALUE;

/** Reads `YYYYMMDD`, as ms since 1970 at 00:00:00 UTC; NO_DATE if it is not a day of the calendar. */
export function parseDay(at: usize): i64 {
  const year = digits(at, 4);
  const month = digits(at + 4, 2);
  const day = digits(at + 6, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NO_DATE;
  return daysFromCivil(year, month, day) * DAY_MS;
}

/** Reads `YYYYMMDDThhmmssZ`, as ms since 1970; NO_DATE if it is malformed, or a leap second. */
export function parseSecond(at: usize): i64 {
  const day = parseDay(at);
  if (day == NO_DATE || load<u8>(at + 8) != 0x54 || load<u8>(at + 15) != 0x5a) return NO_DATE;
  const hour = digits(at + 9, 2);
  const minute = digits(at + 11, 2);
  const second = digits(at + 13, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return NO_DATE;
  return day + (hour * 3600 + minute * 60 + second) * SECOND_MS;
}

/** Writes a time as `YYYYMMDD`, 8 bytes. `ms` must not be before 1970. */
export function writeDay(to: usize, ms: i64): void {
  // Days since 0000-03-01, so that the leap day is the last of its year (Hinnant, "chrono-compatible date algorithms").
  const days = ms / DAY_MS + 719468;
  const era = days / 146097;
  const dayOfEra = days - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shifted = (5 * dayOfYear + 2) / 153;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  put(to, <i32>year, 4);
  put(to + 4, <i32>month, 2);
  put(to + 6, <i32>(dayOfYear - (153 * shifted + 2) / 5 + 1), 2);
}

/** Writes a time as `YYYYMMDDThhmmssZ`, 16 bytes. `ms` must not be before 1970. */
export function writeSecond(to: usize, ms: i64): void {
  writeDay(to, ms);
  const second = <i32>((ms % DAY_MS) / SECOND_MS);
  store<u8>(to + 8, 0x54);
  put(to + 9, second / 3600, 2);
  put(to + 11, (second / 60) % 60, 2);
  put(to + 13, second % 60, 2);
  store<u8>(to + 15, 0x5a);
}

function digits(at: usize, count: i32): i32 {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const byte: u32 = load<u8>(at + i);
    if (!isDigit(byte)) return -1;
    value = value * 10 + (byte - 0x30);
  }
  return value;
}

function put(to: usize, value: i32, count: i32): void {
  for (let i = count - 1; i >= 0; i--) {
    store<u8>(to + i, 0x30 + (value % 10));
    value /= 10;
  }
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

function daysFromCivil(year: i32, month: i32, day: i32): i64 {
  const shifted = month <= 2 ? year - 1 : year;
  const era = shifted / 400;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i64>era * 146097 + <i64>dayOfEra - 719468;
}
