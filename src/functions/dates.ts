import { optionOf } from '../plan/expression.ts';
import { datePattern } from '../values/java-date-format.ts';
import { isZone } from '../values/time-zone.ts';
import type { EsqlType } from '../values/types.ts';
import { chronoField, unitCount, unitNamed } from './date-parts.ts';
import { type Argument, allValues, familySince, singleValue, type TypeSet } from './definition.ts';
import { isSpan, spanError } from './time-spans.ts';
import * as types from './types.ts';

const date = { name: 'date', accepts: types.date };
const timeOrSpan: TypeSet = {
  types: ['time_duration', 'date_period', 'date', 'date_nanos', 'keyword', 'long'],
  text: 'time_duration, date_period, string, long, date or date_nanos',
};

const dateType = ({ type }: Argument): EsqlType => (type === 'date_nanos' ? 'date_nanos' : 'date');

function patternCheck({ value }: Argument, call: string): 'keyword' | { error: string } {
  const wrong = typeof value === 'string' ? datePattern(value) : null;
  return typeof wrong === 'string'
    ? { error: `invalid date pattern for [${call}]: Invalid format: [${value}]: ${wrong}` }
    : 'keyword';
}

const nameOf = (name: string, doc: string) =>
  singleValue({
    parameters: [date],
    returns: () => 'keyword',
    inTimeZone: true,
    doc,
    example: `ROW a = "2026-03-10"::date | EVAL b = ${name}(a)`,
  });

const part = (name: string, doc: string) =>
  singleValue({
    parameters: [date],
    returns: () => 'long',
    inTimeZone: true,
    doc,
    example: `ROW a = "2026-03-10T12:34:56Z"::date | EVAL b = ${name}(a)`,
  });

const noUnit = (name: string): string =>
  `A value of [YEAR, QUARTER, MONTH, DAYOFYEAR, DAY, WEEK, WEEKDAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND] or their aliases is required; received [${name}]`;

const releases = {
  '9.2': ['DAY_NAME', 'MONTH_NAME'],
  '9.3': ['TRANGE'],
  '9.5': ['DATE_UNIT_COUNT'],
  '9.6': ['YEAR', 'MONTH', 'DAY', 'HOUR', 'DAYS_IN_MONTH'],
} as const;

export const dates = familySince('date', releases, {
  /** A constant of the run: the analyzer puts the time in its place. */
  NOW: singleValue({
    parameters: [],
    returns: () => 'date',
    doc: 'The time of the query; `--now` sets it.',
    example: 'ROW a = NOW() - 1 day',
  }),
  DATE_TRUNC: singleValue({
    parameters: [{ name: 'interval', accepts: types.timeSpan, constant: true }, date],
    returns([interval, of]) {
      const error = isSpan(interval.value) ? spanError(interval.value) : null;
      return error ? { error } : dateType(of);
    },
    inTimeZone: true,
    doc: 'Rounds a date down to the start of its interval.',
    example: 'ROW a = "2026-03-10T12:34:56Z"::date | EVAL b = DATE_TRUNC(1 hour, a)',
  }),
  DATE_DIFF: singleValue({
    parameters: [
      { name: 'unit', accepts: types.string },
      { name: 'startTimestamp', accepts: types.date },
      { name: 'endTimestamp', accepts: types.date },
    ],
    returns([{ value }]) {
      if (typeof value !== 'string' || unitNamed(value)) return 'integer';
      return {
        error: noUnit(value),
      };
    },
    inTimeZone: true,
    doc: 'The whole units of time from one date to another.',
    example: 'ROW a = "2026-03-10"::date, b = "2026-03-12"::date | EVAL n = DATE_DIFF("days", a, b)',
  }),
  DATE_EXTRACT: singleValue({
    parameters: [{ name: 'datePart', accepts: types.string }, date],
    returns([{ value }], call) {
      if (typeof value !== 'string' || chronoField(value)) return 'long';
      return {
        error: `invalid date field for [${call}]: No enum constant java.time.temporal.ChronoField.${value.toUpperCase()}`,
      };
    },
    inTimeZone: true,
    doc: 'A part of a date, by java.time’s name of it.',
    example: 'ROW a = "2026-03-10T12:34:56Z"::date | EVAL h = DATE_EXTRACT("hour_of_day", a)',
  }),
  DATE_FORMAT: singleValue({
    parameters: [
      { name: 'dateFormat', accepts: types.stringOrDate },
      { ...date, optional: true },
    ],
    refuses([first, second], call) {
      const of = second ?? first;
      if (types.date.types.includes(of.type) || (second && !types.string.types.includes(first.type))) return null;
      return `${second ? 'second' : 'first'} argument of [${call}] must be [datetime or date_nanos], found value [${of.text}] type [${of.type}]`;
    },
    returns([pattern, of], call) {
      if (!of) return 'keyword';
      return pattern.type === 'null' || types.string.types.includes(pattern.type)
        ? patternCheck(pattern, call)
        : {
            error: `first argument of [${call}] must be [string], found value [${pattern.text}] type [${pattern.type === 'date' ? 'datetime' : pattern.type}]`,
          };
    },
    inTimeZone: true,
    doc: 'A date as text, in a pattern of java.time; ISO 8601 without one.',
    example: 'ROW a = "2026-03-10T12:34:56Z"::date | EVAL b = DATE_FORMAT("yyyy-MM-dd", a)',
  }),
  DATE_PARSE: singleValue({
    parameters: [
      { name: 'datePattern', accepts: types.string },
      { name: 'dateString', accepts: types.string, optional: true },
    ],
    options: [
      { name: 'time_zone', type: 'text', doc: 'The zone of dates that name none: an offset or a name.' },
      { name: 'locale', type: 'text', doc: 'The language of names: English is the one known.' },
    ],
    checkOptions(options) {
      const zone = optionOf(options, 'time_zone');
      return zone === undefined || isZone(String(zone)) ? null : `[${zone}] is no time zone`;
    },
    returns([pattern, written], call) {
      const checked = written ? patternCheck(pattern, call) : null;
      return checked !== null && typeof checked === 'object' ? checked : 'date';
    },
    inTimeZone: true,
    doc: 'Reads a date in a pattern of java.time; ISO 8601 without one.',
    example: 'ROW a = "2026-03-10" | EVAL b = DATE_PARSE("yyyy-MM-dd", a)',
  }),
  DAY_NAME: nameOf('DAY_NAME', 'The name of the day of the week.'),
  MONTH_NAME: nameOf('MONTH_NAME', 'The name of the month.'),
  YEAR: part('YEAR', 'The year of a date.'),
  MONTH: part('MONTH', 'The month of a date, from 1.'),
  DAY: part('DAY', 'The day of the month.'),
  DAYS_IN_MONTH: part('DAYS_IN_MONTH', 'How many days the month of a date has.'),
  DATE_UNIT_COUNT: singleValue({
    parameters: [
      { name: 'toUnit', accepts: types.string, constant: true },
      { name: 'fromUnit', accepts: types.string, constant: true },
      date,
    ],
    returns([to, from]) {
      for (const { value } of [to, from])
        if (typeof value === 'string' && !unitNamed(value)) return { error: noUnit(value) };
      if (typeof to.value !== 'string' || typeof from.value !== 'string') return 'long';
      return unitCount(to.value, from.value) === null ? { error: `Unsupported unit [${from.value}]` } : 'long';
    },
    inTimeZone: true,
    doc: 'How often a unit of time fits into another one that holds a date.',
    example: 'ROW a = "2024-02-15"::date | EVAL n = DATE_UNIT_COUNT("day", "month", a)',
  }),
  HOUR: part('HOUR', 'The hour of the day, from 0.'),
  /** The analyzer makes two comparisons of it. */
  TRANGE: allValues({
    parameters: [
      { name: 'start_time_or_offset', accepts: timeOrSpan },
      { name: 'end_time', accepts: timeOrSpan, optional: true },
    ],
    keepsNulls: true,
    returns: () => 'boolean',
    doc: 'True when `@timestamp` lies after a start and not after an end: the last span of time before the query, or two dates, as dates, texts or milliseconds.',
    example: 'FROM logs-* | WHERE TRANGE(1 hour)',
  }),
});
