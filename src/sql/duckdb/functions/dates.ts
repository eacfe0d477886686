import {
  type ChronoField,
  chronoField,
  chronoFields,
  type DiffUnit,
  diffUnits,
  unitCount,
  unitNamed,
} from '../../../functions/date-parts.ts';
import type { dates } from '../../../functions/dates.ts';
import { type CallOptions, optionOf, type TimeSpan } from '../../../plan/expression.ts';
import { datePattern, isoWithOffset } from '../../../values/java-date-format.ts';
import { own } from '../../../values/own.ts';
import { zoneOffset } from '../../../values/time-zone.ts';
import type { EsqlType } from '../../../values/types.ts';
import { join, number, type Sql, sql, text } from '../../sql.ts';
import { inNanos } from '../in-nanos.ts';
import { type EmitContext, type Evaluation, type SqlFor, unsupported } from './contract.ts';
import { readDate } from './date-patterns.ts';
import { dateToText, nanosToText } from './texts.ts';
import { cutInZone, shownIn, timeOf, underName } from './zones.ts';

/** A date of either kind as DuckDB's TIMESTAMP, nanoseconds cut. */
export const plainDate = (date: Sql, type: EsqlType): Sql => (type === 'date_nanos' ? sql`(${date})::TIMESTAMP` : date);
/** The zone of a call; null for UTC. */
export function zoneOf(options: CallOptions | undefined): string | null {
  const zone = optionOf(options, 'time_zone');
  return zone === undefined || zoneOffset(String(zone)) === 0 ? null : String(zone);
}

/** A plain date in the type of a column; null where nanoseconds cannot hold it, for no cast of DuckDB's gives that. */
export const likeInput = (date: Sql, type: EsqlType): Sql => (type === 'date_nanos' ? underName(date, inNanos) : date);

/**
 * DuckDB (1.5) makes a comparison of date_trunc with a constant one of the date itself, and loses its nulls on the way;
 * it does not see through a CASE.
 */
const truncated = (unit: string, date: Sql): Sql =>
  sql`(CASE WHEN ${date} IS NOT NULL THEN date_trunc(${text(unit)}, ${date}) END)`;

/** The start of the bin that a date falls into. Months and years count from the year 1, weeks start on Monday, all else counts from the epoch. */
export function truncateDate(given: Sql, span: TimeSpan): Sql {
  return underName(given, (date) => cutDate(date, span));
}

function cutDate(date: Sql, span: TimeSpan): Sql {
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
 * The last multiple of N microseconds since the epoch that is not after a date. A million events by the hour take 19
 * ms so, and 33 with time_bucket.
 */
function cutToMultiple(date: Sql, micros: bigint): Sql {
  const rest = sql`epoch_us(${date}) % ${number(micros)}`;
  return sql`make_timestamp(epoch_us(${date}) - CASE WHEN ${rest} < 0 THEN ${rest} + ${number(micros)} ELSE ${rest} END)`;
}

/** Whole units from one date to another, cut towards nought as java.time does. */
function elapsed(
  unit: DiffUnit,
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
  if (startType === 'date' && endType === 'date' && unit.nanoseconds! >= 1_000_000n) {
    // Dates are of milliseconds, of which 64 bits hold every difference: 14 ns a row, and 500 of 128 bits.
    const [from, to] = [start, end].map((date) => sql`epoch_ms(${shownIn(date, clocks)})`) as [Sql, Sql];
    return sql`((${to} - ${from}) // ${number(unit.nanoseconds! / 1_000_000n)})`;
  }
  const nanoseconds = (date: Sql, type: EsqlType): Sql =>
    type === 'date_nanos' && clocks === null
      ? sql`epoch_ns(${date})::HUGEINT`
      : sql`(epoch_us(${shownIn(plainDate(date, type), clocks)})::HUGEINT * 1000)`;
  return sql`((${nanoseconds(end, endType)} - ${nanoseconds(start, startType)}) // ${number(unit.nanoseconds!)})`;
}

/** What clocks show, and some of the time itself. */
const fieldSql: Readonly<Record<ChronoField, (shown: Sql, time: Sql) => Sql>> = {
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

/** Patterns that the engine can print itself. */
const enginePieces: Readonly<Record<string, string>> = {
  ...{ yyyy: '%Y', yy: '%y' },
  ...{ MMMM: '%B', MMM: '%b', MM: '%m', M: '%-m' },
  ...{ dd: '%d', d: '%-d', DDD: '%j', D: '%-j' },
  ...{ EEEE: '%A', EEE: '%a', EE: '%a', E: '%a' },
  ...{ HH: '%H', H: '%-H', hh: '%I', h: '%-I', a: '%p' },
  ...{ mm: '%M', m: '%-M', ss: '%S', s: '%-S', SSS: '%g' },
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
  // The engine takes no empty pattern; one of nothing but marks is empty here.
  return out === '' ? null : out;
}

type OneDate = (typeof dates)['DAY_NAME']['parameters'];

const named =
  (name: Sql) =>
  ([date]: readonly [Sql], { args: [{ type }], options }: EmitContext<OneDate>): Sql =>
    sql`${name}(${shownIn(plainDate(date, type), zoneOf(options))})`;

const part =
  (field: ChronoField) =>
  ([date]: readonly [Sql], { args: [{ type }], options }: EmitContext<OneDate>): Sql => {
    const plain = plainDate(date, type);
    return sql`(${fieldSql[field](shownIn(plain, zoneOf(options)), plain)})::BIGINT`;
  };

const cases = (whens: readonly Sql[]): Sql => whens.reduce((a, b) => sql`${a} ${b}`);

export const dateSql: SqlFor<typeof dates> = {
  NOW: unsupported('the time of a run is constant'),
  DATE_TRUNC([, date], { args: [interval], type, options }) {
    const zone = zoneOf(options);
    const span = interval.value as TimeSpan;
    const start = cutInZone(plainDate(date, type), zone, span, (shown) => truncateDate(shown, span));
    return likeInput(start, type);
  },
  DATE_DIFF([unit, start, end], { args, options }) {
    const [{ value }, from, to] = args;
    const zone = zoneOf(options);
    const of = (one: DiffUnit): Sql => elapsed(one, [start, from.type], [end, to.type], zone);
    const known = typeof value === 'string' ? unitNamed(value) : undefined;
    const whens = diffUnits.map(
      (one) => sql`WHEN lower(${unit}) IN (${join(one.names.split(' ').map(text), ', ')}) THEN ${of(one)}`,
    );
    const difference = known ? of(known) : sql`CASE ${cases(whens)} END`;
    return {
      value: sql`TRY_CAST(${difference} AS INTEGER)`,
      failure: {
        when: sql`${unit} IS NOT NULL AND ${start} IS NOT NULL AND ${end} IS NOT NULL`,
        reason: sql`coalesce('org.elasticsearch.xpack.esql.core.InvalidArgumentException: [' || (${difference})::VARCHAR || '] out of [integer] range', 'java.lang.IllegalArgumentException: A value of [YEAR, QUARTER, MONTH, DAYOFYEAR, DAY, WEEK, WEEKDAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND] or their aliases is required; received [' || ${unit} || ']')`,
      },
    };
  },
  DATE_EXTRACT([part, date], { args: [{ value }, { type }], options }): Evaluation | Sql {
    const plain = plainDate(date, type);
    const shown = shownIn(plain, zoneOf(options));
    const whole = (name: ChronoField): Sql => {
      // Nanoseconds are there in one type of date only.
      if (type === 'date_nanos' && name === 'nano_of_second') return sql`(epoch_ns(${date}) % 1000000000)`;
      return sql`(${fieldSql[name](shown, plain)})::BIGINT`;
    };
    const known = typeof value === 'string' ? chronoField(value) : undefined;
    if (known) return whole(known);
    const whens = chronoFields.map((name) => sql`WHEN ${text(name)} THEN ${whole(name)}`);
    return {
      value: sql`CASE lower(${part}) ${cases(whens)} END`,
      failure: {
        when: sql`${part} IS NOT NULL AND ${date} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: No enum constant java.time.temporal.ChronoField.' || upper(${part})`,
      },
    };
  },
  DATE_FORMAT([first, second], { args: [pattern, of = pattern], options }) {
    const given = second ?? first;
    const date = plainDate(given, of.type);
    const zone = zoneOf(options);
    const slow = (form: Sql): Sql => sql`harrier_format_date(epoch_ms(${date}), ${form}, ${text(zone ?? 'UTC')})`;
    if (!second) {
      if (zone !== null) return slow(text(isoWithOffset));
      return of.type === 'date_nanos' ? nanosToText(given) : dateToText(date);
    }
    const own = typeof pattern.value === 'string' ? enginePattern(pattern.value) : null;
    const shown = shownIn(date, zone);
    if (own !== null)
      return sql`CASE WHEN year(${shown}) BETWEEN 0 AND 9999 THEN strftime(${shown}, ${text(own)}) ELSE ${slow(first)} END`;
    return {
      value: slow(first),
      failure: {
        when: sql`${date} IS NOT NULL AND ${first} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: Invalid format: [' || ${first} || ']'`,
      },
    };
  },
  DATE_PARSE([first, second], { args, options }) {
    const value = second ?? first;
    const pattern = second ? first : sql`'strict_date_optional_time'`;
    const zone = String(optionOf(options, 'time_zone') ?? 'UTC');
    const slow = sql`harrier_parse_date_as(${value}, ${pattern}, ${text(zone)})`;
    const known = second && zone === 'UTC' ? args[0].value : undefined;
    const fast = typeof known === 'string' ? readDate(value, known) : null;
    return {
      value: fast ? sql`coalesce(${fast}, ${slow})` : slow,
      failure: {
        when: sql`${value} IS NOT NULL AND ${pattern} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: failed to parse date field [' || ${value} || '] with format [' || ${pattern} || ']'`,
      },
    };
  },
  DAY_NAME: named(sql`dayname`),
  MONTH_NAME: named(sql`monthname`),
  YEAR: part('year'),
  MONTH: part('month_of_year'),
  DAY: part('day_of_month'),
  DAYS_IN_MONTH([date], { args: [{ type }], options }) {
    return sql`day(last_day(${shownIn(plainDate(date, type), zoneOf(options))}))::BIGINT`;
  },
  DATE_UNIT_COUNT([, , date], { args: [to, from, { type }], options }) {
    if (typeof to.value !== 'string' || typeof from.value !== 'string') return sql`NULL::BIGINT`;
    const found = unitCount(to.value, from.value)!;
    if ('count' in found) return sql`CASE WHEN ${date} IS NOT NULL THEN ${number(found.count)} END`;
    const zone = zoneOf(options);
    const start = sql`date_trunc(${text(found.within)}, ${shownIn(plainDate(date, type), zone)})`;
    const end = sql`(${start} + ${{ day: sql`to_days(1)`, week: sql`to_days(7)`, month: sql`to_months(1)`, year: sql`to_months(12)` }[found.within]})`;
    const { months, nanoseconds } = unitNamed(to.value)!;
    const day = 86_400_000_000_000n;
    if (months !== undefined) return sql`(date_diff('month', ${start}, ${end}) // ${number(months)})`;
    if (nanoseconds! >= day) return sql`(date_diff('day', ${start}, ${end}) // ${number(nanoseconds! / day)})`;
    const elapsed = sql`(epoch_us(${timeOf(end, zone)}) - epoch_us(${timeOf(start, zone)}))`;
    return nanoseconds! < 1000n
      ? sql`(${elapsed} * ${number(1000n / nanoseconds!)})`
      : sql`(${elapsed} // ${number(nanoseconds! / 1000n)})`;
  },
  HOUR: part('hour_of_day'),
  TRANGE: unsupported('the analyzer makes comparisons of it'),
};
