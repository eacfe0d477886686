import type { Argument } from '../../../functions/definition.ts';
import type { groupings } from '../../../functions/grouping.ts';
import { isSpan } from '../../../functions/time-spans.ts';
import { type ConstantValue, optionOf, type TimeSpan } from '../../../plan/expression.ts';
import { offsetAt } from '../../../values/time-zone.ts';
import { type EsqlType, isDate } from '../../../values/types.ts';
import { number, type Sql, sql, text } from '../../sql.ts';
import type { SqlFor } from './contract.ts';
import { truncateDate, zoneOf } from './dates.ts';
import { cutInZone } from './zones.ts';

const hour = 3_600_000;
const span = (part: Partial<TimeSpan>): TimeSpan => ({ months: 0, days: 0, milliseconds: 0, ...part });

/** The intervals that BUCKET chooses from, the coarsest first. */
const intervals: readonly TimeSpan[] = [
  span({ months: 12 }),
  span({ months: 1 }),
  span({ days: 7 }),
  span({ days: 1 }),
  ...[12 * hour, 3 * hour, hour, hour / 2, hour / 6, hour / 12, hour / 60].map((milliseconds) =>
    span({ milliseconds }),
  ),
  ...[30_000, 10_000, 5000, 1000, 100, 50, 10, 1].map((milliseconds) => span({ milliseconds })),
];

/** Which interval a time is in, counted from one that is fixed. */
function intervalNumber(millis: number, { months, days, milliseconds }: TimeSpan): number {
  if (months > 0) {
    const at = new Date(millis);
    return Math.floor((at.getUTCFullYear() * 12 + at.getUTCMonth()) / months);
  }
  // The epoch was a Thursday, and weeks start on Monday.
  if (days === 7) return Math.floor((millis / 86_400_000 + 3) / 7);
  return Math.floor(millis / (days * 86_400_000 + milliseconds));
}

/** The finest interval of which no more than `buckets` reach from one time to another; a year if none does. */
function chooseInterval(buckets: number, from: number, to: number): TimeSpan {
  // The end is no part of the range: a day has 24 hours.
  const last = Math.max(from, to - 1);
  const fits = (interval: TimeSpan): boolean =>
    intervalNumber(last, interval) - intervalNumber(from, interval) + 1 <= buckets;
  let best = intervals[0]!;
  for (const interval of intervals) {
    if (!fits(interval)) return best;
    best = interval;
  }
  return best;
}

/** A width of 1, 5, 10, 50, … of which about N reach from one number to another. */
function chooseWidth(buckets: number, from: number, to: number): number {
  const precise = (to - from) / buckets;
  const power = 10 ** Math.ceil(Math.log10(precise));
  const half = power / 2;
  return precise < half ? half : power;
}

const numberOf = (value: ConstantValue | undefined): number =>
  typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN;

/** A bound of a range of numbers. Of an unsigned long Elasticsearch takes the form that it is stored in. */
const boundOf = ({ type, value }: Argument): number =>
  type === 'unsigned_long' && typeof value === 'bigint' ? Number(value - 2n ** 63n) : numberOf(value);

const millisOf = ({ type, value }: Argument): number =>
  type === 'date_nanos' ? numberOf(value) / 1e6 : numberOf(value);

function ofDate(field: Sql, type: EsqlType, interval: TimeSpan, zone: string | null): Sql {
  const start = (date: Sql): Sql => cutInZone(date, zone, (shown) => truncateDate(shown, interval));
  return type === 'date_nanos' ? sql`(${start(sql`(${field})::TIMESTAMP`)})::TIMESTAMP_NS` : start(field);
}

export const groupingSql: SqlFor<typeof groupings> = {
  BUCKET([field], { args: [, size, from, to], type, options }) {
    const count = numberOf(size.value);
    if (isDate(type)) {
      const zone = zoneOf(options);
      const shown = (bound: Argument): number => millisOf(bound) + offsetAt(zone ?? 'UTC', millisOf(bound)) * 60_000;
      const interval = isSpan(size.value) ? size.value : chooseInterval(count, shown(from!), shown(to!));
      return ofDate(field, type, interval, zone);
    }
    const width = from && to ? chooseWidth(count, boundOf(from), boundOf(to)) : count;
    if (width === 0 || !Number.isFinite(width)) {
      const reason = text('java.lang.ArithmeticException: / by zero');
      return { value: sql`NULL::DOUBLE`, failure: { when: sql`${field} IS NOT NULL`, reason } };
    }
    const literal = sql`${number(width)}::DOUBLE`;
    return sql`(floor((${field})::DOUBLE / ${literal}) * ${literal})`;
  },
  CATEGORIZE: ([value], { options }) =>
    sql`harrier_category_tokens(${value}, ${text(String(optionOf(options, 'analyzer') ?? 'ml_standard'))})`,
};
