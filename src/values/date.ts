/*
 * Dates are milliseconds since the epoch, in UTC. Texts are `strict_date_optional_time`: a year, month or day, with an
 * optional time, fraction (up to nine digits, cut to milliseconds) and offset.
 */

const form =
  /^([+-]?\d{4,9})(?:-(\d{2})(?:-(\d{2}))?)?(?:T(?:(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?(?:(Z)|([+-])(\d{2})(?::?(\d{2}))?)?)?$/;

/** Milliseconds since the epoch, or null when the text is no such date. */
export function parseDate(text: string): bigint | null {
  const found = form.exec(text);
  if (!found) return null;
  const [
    ,
    year,
    month = '1',
    day = '1',
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    ,
    sign,
    offsetHour = '0',
    offsetMinute = '0',
  ] = found;
  const millis = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  at.setUTCHours(Number(hour), Number(minute), Number(second), millis);
  const exact =
    at.getUTCMonth() === Number(month) - 1 &&
    at.getUTCDate() === Number(day) &&
    at.getUTCHours() === Number(hour) &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!exact || Number(offsetMinute) > 59 || Number(offsetHour) > 18) return null;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  return BigInt(at.getTime() - offset);
}

/** The last nanosecond of 64 bits, which is infinity to the engine: no date has it. */
export const endOfNanos = 2n ** 63n - 1n;

/** Nanoseconds since the epoch from 1970 until 2262, or null when the text is no such date. */
export function parseDateNanos(text: string): bigint | null {
  const millis = parseDate(text);
  if (millis === null) return null;
  const fraction = form.exec(text)![7] ?? '';
  const beyond = BigInt(fraction.slice(3).padEnd(6, '0').slice(0, 6));
  const nanos = millis * 1_000_000n + beyond;
  return nanos >= 0n && nanos < endOfNanos ? nanos : null;
}

/** `2026-03-10T12:00:00.123456Z`: at least three digits after the second, and no zeros at the end of more. */
export function formatDateNanos(nanos: bigint): string {
  const second = nanos / 1_000_000_000n;
  const fraction = (nanos % 1_000_000_000n)
    .toString()
    .padStart(9, '0')
    .replace(/0{1,6}$/, '');
  return `${new Date(Number(second) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/** `2026-03-10T12:00:00.000Z`; years before 0 and after 9999 with a sign and at least four digits. */
export function formatDate(millis: bigint | number): string {
  if (millis > mostMillis || millis < -mostMillis) return formatFarDate(BigInt(millis));
  return new Date(Number(millis)).toISOString().replace(/^([+-])0{0,2}/, '$1');
}

/** JavaScript's dates reach as far, to either side. */
const mostMillis = 8_640_000_000_000_000;

/** The calendar repeats itself after as many years, and milliseconds. */
const cycleYears = 400n;
const cycleMillis = 146_097n * 86_400_000n;

function formatFarDate(millis: bigint): string {
  const cycles = millis / cycleMillis;
  const [, year, rest] = /^([+-]?\d+)(.*)$/.exec(new Date(Number(millis % cycleMillis)).toISOString())!;
  const far = BigInt(year!) + cycles * cycleYears;
  return `${far < 0n ? '-' : '+'}${far < 0n ? -far : far}${rest}`;
}
