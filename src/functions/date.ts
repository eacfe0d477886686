import type { TimeSpan } from '../plan/expression.ts';
import { join, number, type Sql, sql, text } from '../sql/sql.ts';
import { datePattern, isoWithOffset } from '../values/java-date-format.ts';
import { own } from '../values/own.ts';
import { isZone, zoneOffset } from '../values/time-zone.ts';
import type { EsqlType } from '../values/types.ts';
import { dateToText, nanosToText } from './convert.ts';
import type {
  Argument,
  CallOptions,
  Evaluation,
  Parameter,
  ScalarFunction,
  SingleValueFunction,
} from './definition.ts';
import { isSpan } from './time-spans.ts';
import * as types from './type-sets.ts';

/** NOW is a constant of the run: the analyzer puts the time in its place. */
const now: ScalarFunction = {
  kind: 'scalar',
  name: 'NOW',
  family: 'date',
  parameters: [],
  multivalue: 'null-and-warn',
  returns: () => 'date',
  duckdb: () => {
    throw new Error('NOW is always constant');
  },
  doc: 'The time of the query; `--now` sets it.',
  example: 'ROW a = NOW() - 1 day',
};

/** Why no interval can have this length; null when it can. */
export function spanError(span: TimeSpan): string | null {
  const parts = [span.months, span.days, span.milliseconds].filter((part) => part !== 0);
  if (parts.length === 0 || parts.some((part) => part < 0)) return 'Zero or negative time interval is not supported';
  return parts.length > 1 ? 'Time interval with multiple periods is not supported' : null;
}

/** A date of either kind as DuckDB's TIMESTAMP, nanoseconds cut. */
const plainDate = (date: Sql, type: EsqlType): Sql => (type === 'date_nanos' ? sql`(${date})::TIMESTAMP` : date);
/** What the clocks of a zone show at a time; without a zone, those of UTC. */
export function shownIn(date: Sql, zone: string | null): Sql {
  if (zone === null) return date;
  const offset = zoneOffset(zone);
  if (offset !== null) return sql`(${date} + to_minutes(${number(offset)}))`;
  return sql`timezone(${text(zone)}, timezone('UTC', ${date}))`;
}

/** The time at which the clocks of a zone show a date. */
export function timeOf(shown: Sql, zone: string | null): Sql {
  if (zone === null) return shown;
  const offset = zoneOffset(zone);
  if (offset !== null) return sql`(${shown} - to_minutes(${number(offset)}))`;
  return sql`timezone('UTC', timezone(${text(zone)}, ${shown}))`;
}

/** The zone of a call; null for UTC. */
export function zoneOf(options: CallOptions | undefined): string | null {
  const zone = options?.get('time_zone');
  return zone === undefined || zoneOffset(String(zone)) === 0 ? null : String(zone);
}

const likeInput = (date: Sql, type: EsqlType): Sql => (type === 'date_nanos' ? sql`(${date})::TIMESTAMP_NS` : date);

/**
 * DuckDB (1.5) makes a comparison of date_trunc with a constant one of the date itself, and loses its nulls on the way;
 * it does not see through a CASE.
 */
const truncated = (unit: string, date: Sql): Sql =>
  sql`(CASE WHEN ${date} IS NOT NULL THEN date_trunc(${text(unit)}, ${date}) END)`;

/** The start of the bin that a date falls into. Months and years count from the year 1, weeks start on Monday, all else counts from the epoch. */
export function truncateDate(date: Sql, span: TimeSpan): Sql {
  if (span.months === 1) return truncated('month', date);
  if (span.months === 3) return truncated('quarter', date);
  if (span.months === 12) return truncated('year', date);
  if (span.months > 0) {
    const since = sql`((year(${date}) - 1) * 12 + month(${date}) - 1)`;
    const months = number(span.months);
    const within = sql`((${since} % ${months} + ${months}) % ${months})`;
    return sql`(TIMESTAMP '0001-01-01' + to_months((${since} - ${within})::INTEGER))`;
  }
  if (span.days === 7) return truncated('week', date);
  const micros = 1000 * (span.days > 0 ? 86_400_000 * span.days : span.milliseconds);
  if (Number.isInteger(micros) && micros > 0 && micros <= longestSpan && date.length <= shortDate)
    return cutToMultiple(date, BigInt(micros));
  const width = span.days > 0 ? sql`to_days(${number(span.days)})` : sql`to_milliseconds(${number(span.milliseconds)})`;
  return sql`time_bucket(${width}, ${date}, TIMESTAMP '1970-01-01')`;
}

/** No date is nearer than this to the ends of what 64 bits hold. */
const longestSpan = 86_400_000_000 * 366;
/** A date that takes more SQL is not written several times. */
const shortDate = 100;

/**
 * The last multiple of so many microseconds since the epoch that is not after a date. A million events by the hour take 19
 * ms so, and 33 with time_bucket.
 */
function cutToMultiple(date: Sql, micros: bigint): Sql {
  const rest = sql`epoch_us(${date}) % ${number(micros)}`;
  return sql`make_timestamp(epoch_us(${date}) - CASE WHEN ${rest} < 0 THEN ${rest} + ${number(micros)} ELSE ${rest} END)`;
}

const dateTrunc: SingleValueFunction = {
  kind: 'scalar',
  name: 'DATE_TRUNC',
  family: 'date',
  parameters: [
    { name: 'interval', accepts: types.timeSpan, constant: true },
    { name: 'date', accepts: types.date },
  ],
  multivalue: 'null-and-warn',
  returns([interval, date]) {
    const span = interval!.value;
    const error = isSpan(span) ? spanError(span) : null;
    return error ? { error } : dateType(date!);
  },
  inTimeZone: true,
  duckdb([, date], { args, type, options }) {
    const zone = zoneOf(options);
    const start = truncateDate(shownIn(plainDate(date!, type), zone), args[0]!.value as TimeSpan);
    return likeInput(timeOf(start, zone), type);
  },
  doc: 'Rounds a date down to the start of its interval.',
  example: 'ROW a = "2026-03-10T12:34:56Z"::date | EVAL b = DATE_TRUNC(1 hour, a)',
};

export const dateType = ({ type }: Argument): EsqlType => (type === 'date_nanos' ? 'date_nanos' : 'date');

/** The units of DATE_DIFF with their other names; months where they are calendar units, else nanoseconds. */
const diffUnits: readonly { names: string; months?: number; nanoseconds?: bigint }[] = [
  { names: 'year years yy yyyy', months: 12 },
  { names: 'quarter quarters qq q', months: 3 },
  { names: 'month months mm m', months: 1 },
  { names: 'dayofyear dy y day days dd d weekday weekdays dw', nanoseconds: 86_400_000_000_000n },
  { names: 'week weeks wk ww', nanoseconds: 604_800_000_000_000n },
  { names: 'hour hours hh', nanoseconds: 3_600_000_000_000n },
  { names: 'minute minutes mi n', nanoseconds: 60_000_000_000n },
  { names: 'second seconds ss s', nanoseconds: 1_000_000_000n },
  { names: 'millisecond milliseconds ms', nanoseconds: 1_000_000n },
  { names: 'microsecond microseconds mcs', nanoseconds: 1000n },
  { names: 'nanosecond nanoseconds ns', nanoseconds: 1n },
];
const unitNamed = (name: string): (typeof diffUnits)[number] | undefined =>
  diffUnits.find(({ names }) => names.split(' ').includes(name.toLowerCase()));

/** Whole units from one date to another, cut towards nought as java.time does. */
function elapsed(
  unit: (typeof diffUnits)[number],
  [start, startType]: readonly [Sql, EsqlType],
  [end, endType]: readonly [Sql, EsqlType],
  zone: string | null,
): Sql {
  if (unit.months !== undefined) {
    const [from, to] = [shownIn(plainDate(start, startType), zone), shownIn(plainDate(end, endType), zone)];
    const months = (date: Sql): Sql => sql`(year(${date}) * 12 + month(${date}))`;
    const within = (date: Sql): Sql => sql`(${date} - date_trunc('month', ${date}))`;
    const whole = sql`(${months(to)} - ${months(from)} - CASE WHEN ${to} >= ${from} AND ${within(to)} < ${within(from)} THEN 1 WHEN ${to} < ${from} AND ${within(to)} > ${within(from)} THEN -1 ELSE 0 END)`;
    return sql`(${whole} // ${number(unit.months)})::HUGEINT`;
  }
  // Days are those of the calendar, which may be an hour shorter or longer.
  const clocks = unit.nanoseconds! >= 86_400_000_000_000n ? zone : null;
  const nanoseconds = (date: Sql, type: EsqlType): Sql =>
    type === 'date_nanos' && clocks === null
      ? sql`epoch_ns(${date})::HUGEINT`
      : sql`(epoch_us(${shownIn(plainDate(date, type), clocks)})::HUGEINT * 1000)`;
  return sql`((${nanoseconds(end, endType)} - ${nanoseconds(start, startType)}) // ${number(unit.nanoseconds!)})`;
}

const dateDiff: SingleValueFunction = {
  kind: 'scalar',
  name: 'DATE_DIFF',
  family: 'date',
  parameters: [
    { name: 'unit', accepts: types.string },
    { name: 'startTimestamp', accepts: types.date },
    { name: 'endTimestamp', accepts: types.date },
  ],
  multivalue: 'null-and-warn',
  returns([unit]) {
    const { value } = unit!;
    if (typeof value !== 'string' || unitNamed(value)) return 'integer';
    return {
      error: `A value of [YEAR, QUARTER, MONTH, DAYOFYEAR, DAY, WEEK, WEEKDAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND] or their aliases is required; received [${value}]`,
    };
  },
  inTimeZone: true,
  duckdb([unit, start, end], { args, options }) {
    const { value } = args[0]!;
    const zone = zoneOf(options);
    const of = (one: (typeof diffUnits)[number]): Sql =>
      elapsed(one, [start!, args[1]!.type], [end!, args[2]!.type], zone);
    const whens = diffUnits.map(
      (one) => sql`WHEN lower(${unit!}) IN (${join(one.names.split(' ').map(text), ', ')}) THEN ${of(one)}`,
    );
    const difference =
      typeof value === 'string' ? of(unitNamed(value)!) : sql`CASE ${whens.reduce((a, b) => sql`${a} ${b}`)} END`;
    const there = sql`${unit!} IS NOT NULL AND ${start!} IS NOT NULL AND ${end!} IS NOT NULL`;
    return {
      value: sql`TRY_CAST(${difference} AS INTEGER)`,
      failure: {
        when: there,
        reason: sql`coalesce('org.elasticsearch.xpack.esql.core.InvalidArgumentException: [' || (${difference})::VARCHAR || '] out of [integer] range', 'java.lang.IllegalArgumentException: A value of [YEAR, QUARTER, MONTH, DAYOFYEAR, DAY, WEEK, WEEKDAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND] or their aliases is required; received [' || ${unit!} || ']')`,
      },
    };
  },
  doc: 'The whole units of time from one date to another.',
  example: 'ROW a = "2026-03-10"::date, b = "2026-03-12"::date | EVAL n = DATE_DIFF("days", a, b)',
};

/** The fields of java.time's ChronoField: of what clocks show, and some of the time itself. */
const chronoFields: Readonly<Record<string, (shown: Sql, time: Sql) => Sql>> = {
  aligned_day_of_week_in_month: (d) => sql`(day(${d}) - 1) % 7 + 1`,
  aligned_day_of_week_in_year: (d) => sql`(dayofyear(${d}) - 1) % 7 + 1`,
  aligned_week_of_month: (d) => sql`(day(${d}) - 1) // 7 + 1`,
  aligned_week_of_year: (d) => sql`(dayofyear(${d}) - 1) // 7 + 1`,
  ampm_of_day: (d) => sql`hour(${d}) // 12`,
  clock_hour_of_ampm: (d) => sql`(hour(${d}) + 11) % 12 + 1`,
  clock_hour_of_day: (d) => sql`(hour(${d}) + 23) % 24 + 1`,
  day_of_month: (d) => sql`day(${d})`,
  day_of_week: (d) => sql`isodow(${d})`,
  day_of_year: (d) => sql`dayofyear(${d})`,
  epoch_day: (d) => sql`floor(epoch_ms(${d}) / 86400000)`,
  era: (d) => sql`CASE WHEN year(${d}) > 0 THEN 1 ELSE 0 END`,
  hour_of_ampm: (d) => sql`hour(${d}) % 12`,
  hour_of_day: (d) => sql`hour(${d})`,
  instant_seconds: (_, time) => sql`floor(epoch_ms(${time}) / 1000)`,
  micro_of_day: (d) => sql`epoch_us(${d}) - epoch_us(date_trunc('day', ${d}))`,
  micro_of_second: (d) => sql`microsecond(${d}) % 1000000`,
  milli_of_day: (d) => sql`epoch_ms(${d}) - epoch_ms(date_trunc('day', ${d}))`,
  milli_of_second: (d) => sql`millisecond(${d}) % 1000`,
  minute_of_day: (d) => sql`hour(${d}) * 60 + minute(${d})`,
  minute_of_hour: (d) => sql`minute(${d})`,
  month_of_year: (d) => sql`month(${d})`,
  nano_of_day: (d) => sql`(epoch_us(${d}) - epoch_us(date_trunc('day', ${d}))) * 1000`,
  nano_of_second: (d) => sql`(microsecond(${d}) % 1000000) * 1000`,
  offset_seconds: (d, time) => sql`(epoch_ms(${d}) - epoch_ms(${time})) // 1000`,
  proleptic_month: (d) => sql`year(${d}) * 12 + month(${d}) - 1`,
  second_of_day: (d) => sql`(epoch_ms(${d}) - epoch_ms(date_trunc('day', ${d}))) // 1000`,
  second_of_minute: (d) => sql`second(${d})`,
  year: (d) => sql`year(${d})`,
  year_of_era: (d) => sql`CASE WHEN year(${d}) > 0 THEN year(${d}) ELSE 1 - year(${d}) END`,
};

const dateExtract: SingleValueFunction = {
  kind: 'scalar',
  name: 'DATE_EXTRACT',
  family: 'date',
  parameters: [
    { name: 'datePart', accepts: types.string },
    { name: 'date', accepts: types.date },
  ],
  multivalue: 'null-and-warn',
  returns([part], call) {
    const { value } = part!;
    if (typeof value !== 'string' || Object.hasOwn(chronoFields, value.toLowerCase())) return 'long';
    return {
      error: `invalid date field for [${call}]: No enum constant java.time.temporal.ChronoField.${value.toUpperCase()}`,
    };
  },
  inTimeZone: true,
  duckdb([part, date], { args, options }): Evaluation | Sql {
    const { value } = args[0]!;
    const type = args[1]!.type;
    const plain = plainDate(date!, type);
    const shown = shownIn(plain, zoneOf(options));
    const whole = (name: string): Sql => {
      // Nanoseconds are there in one type of date only.
      if (type === 'date_nanos' && name === 'nano_of_second') return sql`(epoch_ns(${date!}) % 1000000000)`;
      return sql`(${own(chronoFields, name)!(shown, plain)})::BIGINT`;
    };
    if (typeof value === 'string') return whole(value.toLowerCase());
    const whens = Object.keys(chronoFields).map((name) => sql`WHEN ${text(name)} THEN ${whole(name)}`);
    return {
      value: sql`CASE lower(${part!}) ${whens.reduce((a, b) => sql`${a} ${b}`)} END`,
      failure: {
        when: sql`${part!} IS NOT NULL AND ${date!} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: No enum constant java.time.temporal.ChronoField.' || upper(${part!})`,
      },
    };
  },
  doc: 'A part of a date, by java.time’s name of it.',
  example: 'ROW a = "2026-03-10T12:34:56Z"::date | EVAL h = DATE_EXTRACT("hour_of_day", a)',
};

/** Patterns that the engine can print itself. */
const enginePieces: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  MM: '%m',
  dd: '%d',
  HH: '%H',
  mm: '%M',
  ss: '%S',
  SSS: '%g',
  MMMM: '%B',
  MMM: '%b',
  EEEE: '%A',
  EEE: '%a',
};

function enginePattern(pattern: string): string | null {
  const parsed = datePattern(pattern);
  if (typeof parsed === 'string' || 'named' in parsed) return null;
  let out = '';
  for (const part of parsed.parts) {
    const piece =
      'literal' in part
        ? part.literal.replaceAll('%', '%%')
        : own(enginePieces, part.letter.replace('u', 'y').repeat(part.count));
    if (piece === undefined) return null;
    out += piece;
  }
  return out;
}

const patternParameter: Parameter = { name: 'dateFormat', accepts: types.string, optional: true };

const dateFormat: SingleValueFunction = {
  kind: 'scalar',
  name: 'DATE_FORMAT',
  family: 'date',
  parameters: [
    { name: 'dateFormat', accepts: types.stringOrDate },
    { name: 'date', accepts: types.date, optional: true },
  ],
  multivalue: 'null-and-warn',
  refuses(args, call) {
    const date = args.at(-1)!;
    if (types.date.types.includes(date.type) || (args.length > 1 && !types.string.types.includes(args[0]!.type)))
      return null;
    return `${args.length === 1 ? 'first' : 'second'} argument of [${call}] must be [datetime or date_nanos], found value [${date.text}] type [${date.type}]`;
  },
  returns(args, call) {
    if (args.length === 1) return 'keyword';
    return args[0]!.type === 'null' || types.string.types.includes(args[0]!.type)
      ? patternCheck(args[0]!, call)
      : {
          error: `first argument of [${call}] must be [string], found value [${args[0]!.text}] type [${args[0]!.type === 'date' ? 'datetime' : args[0]!.type}]`,
        };
  },
  inTimeZone: true,
  duckdb(values, { args, options }) {
    const at = values.length - 1;
    const date = plainDate(values[at]!, args[at]!.type);
    const zone = zoneOf(options);
    const slow = (pattern: Sql): Sql => sql`harrier_format_date(epoch_ms(${date}), ${pattern}, ${text(zone ?? 'UTC')})`;
    if (at === 0 && zone !== null) return slow(text(isoWithOffset));
    if (at === 0 && args[0]!.type === 'date_nanos') return nanosToText(values[0]!);
    if (at === 0) return dateToText(date);
    const pattern = args[0]!.value;
    const own = typeof pattern === 'string' ? enginePattern(pattern) : null;
    const shown = shownIn(date, zone);
    if (own !== null)
      return sql`CASE WHEN year(${shown}) BETWEEN 0 AND 9999 THEN strftime(${shown}, ${text(own)}) ELSE ${slow(values[0]!)} END`;
    return {
      value: slow(values[0]!),
      failure: {
        when: sql`${date} IS NOT NULL AND ${values[0]!} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: Invalid format: [' || ${values[0]!} || ']'`,
      },
    };
  },
  doc: 'A date as text, in a pattern of java.time; ISO 8601 without one.',
  example: 'ROW a = "2026-03-10T12:34:56Z"::date | EVAL b = DATE_FORMAT("yyyy-MM-dd", a)',
};

function patternCheck({ value }: Argument, call: string): 'keyword' | { error: string } {
  const wrong = typeof value === 'string' ? datePattern(value) : null;
  return typeof wrong === 'string'
    ? { error: `invalid date pattern for [${call}]: Invalid format: [${value}]: ${wrong}` }
    : 'keyword';
}

const dateParse: SingleValueFunction = {
  kind: 'scalar',
  name: 'DATE_PARSE',
  family: 'date',
  parameters: [
    { name: 'datePattern', accepts: types.string },
    { ...patternParameter, name: 'dateString' },
  ],
  options: [
    { name: 'time_zone', type: 'text', doc: 'The zone of dates that name none: an offset or a name.' },
    { name: 'locale', type: 'text', doc: 'The language of names: English is the one known.' },
  ],
  checkOptions(options) {
    const zone = options.get('time_zone');
    return zone === undefined || isZone(String(zone)) ? null : `[${zone}] is no time zone`;
  },
  multivalue: 'null-and-warn',
  returns(args, call) {
    if (args.length === 1) return 'date';
    const checked = patternCheck(args[0]!, call);
    return typeof checked === 'object' ? checked : 'date';
  },
  inTimeZone: true,
  duckdb(values, { options }) {
    const value = values.at(-1)!;
    const pattern = values.length === 1 ? sql`'strict_date_optional_time'` : values[0]!;
    const zone = text(String(options?.get('time_zone') ?? 'UTC'));
    return {
      value: sql`harrier_parse_date_as(${value}, ${pattern}, ${zone})`,
      failure: {
        when: sql`${value} IS NOT NULL AND ${pattern} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: failed to parse date field [' || ${value} || '] with format [' || ${pattern} || ']'`,
      },
    };
  },
  doc: 'Reads a date in a pattern of java.time; ISO 8601 without one.',
  example: 'ROW a = "2026-03-10" | EVAL b = DATE_PARSE("yyyy-MM-dd", a)',
};

const nameOf = (name: 'DAY_NAME' | 'MONTH_NAME', pattern: string, doc: string): SingleValueFunction => ({
  kind: 'scalar',
  name,
  family: 'date',
  parameters: [{ name: 'date', accepts: types.date }],
  multivalue: 'null-and-warn',
  returns: () => 'keyword',
  inTimeZone: true,
  duckdb: ([date], { args, options }) =>
    sql`strftime(${shownIn(plainDate(date!, args[0]!.type), zoneOf(options))}, ${text(pattern)})`,
  doc,
  example: `ROW a = "2026-03-10"::date | EVAL b = ${name}(a)`,
});

export const dates: readonly ScalarFunction[] = [
  now,
  dateTrunc,
  dateDiff,
  dateExtract,
  dateFormat,
  dateParse,
  nameOf('DAY_NAME', '%A', 'The name of the day of the week.'),
  nameOf('MONTH_NAME', '%B', 'The name of the month.'),
];
