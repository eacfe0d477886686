import type { ConstantValue, TimeSpan } from '../plan/expression.ts';
import { offsetAt, timeShown } from '../values/time-zone.ts';
import type { Argument } from './definition.ts';
import { isSpan } from './time-spans.ts';

/* Which buckets BUCKET divides values into. */

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

/** When the intervals begin that lie between two times, which are as clocks of the zone show them. */
export function bucketStarts(interval: TimeSpan, from: number, to: number, zone: string | null): bigint[] {
  const starts: bigint[] = [];
  if (to <= from) return starts;
  const last = intervalNumber(to - 1, interval);
  for (let number = intervalNumber(from, interval); number <= last; number++)
    starts.push(BigInt(timeShown(zone ?? 'UTC', startOf(number, interval))));
  return starts;
}

function startOf(number: number, { months, days, milliseconds }: TimeSpan): number {
  if (months > 0) {
    const at = new Date(0);
    at.setUTCFullYear(0, number * months);
    return at.getTime();
  }
  if (days === 7) return (number * 7 - 3) * 86_400_000;
  return number * (days * 86_400_000 + milliseconds);
}

/** A width of 1, 5, 10, 50, … of which about N reach from one number to another. */
function chooseWidth(buckets: number, from: number, to: number): number {
  const precise = (to - from) / buckets;
  const power = 10 ** Math.ceil(Math.log10(precise));
  const half = power / 2;
  return precise < half ? half : power;
}

export const numberOf = (value: ConstantValue | undefined): number =>
  typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN;

/** A bound of a range of numbers. Of an unsigned long Elasticsearch takes the form that it is stored in. */
const boundOf = ({ type, value }: Argument): number =>
  type === 'unsigned_long' && typeof value === 'bigint' ? Number(value - 2n ** 63n) : numberOf(value);

const millisOf = ({ type, value }: Argument): number =>
  type === 'date_nanos' ? numberOf(value) / 1e6 : numberOf(value);

/** The buckets of a call: of dates an interval, of numbers a width; with bounds also where they begin and end. */
export interface Buckets {
  readonly interval?: TimeSpan;
  readonly width?: number;
  /** In the type of the bounds, dates in milliseconds as clocks of the zone show them; null without bounds. */
  readonly range: { readonly from: number; readonly to: number; readonly count: number } | null;
}

/** The buckets that constant arguments ask for. */
export function bucketsOf(
  ofDates: boolean,
  size: Argument,
  from: Argument | undefined,
  to: Argument | undefined,
  zone: string | null,
): Buckets {
  const asked = numberOf(size.value);
  if (ofDates) {
    const shown = (bound: Argument): number => millisOf(bound) + offsetAt(zone ?? 'UTC', millisOf(bound)) * 60_000;
    if (isSpan(size.value)) return { interval: size.value, range: null };
    const [low, high] = [shown(from!), shown(to!)];
    const interval = chooseInterval(asked, low, high);
    const count = high > low ? intervalNumber(high - 1, interval) - intervalNumber(low, interval) + 1 : 0;
    return { interval, range: { from: low, to: high, count } };
  }
  if (!from || !to) return { width: asked, range: null };
  const [low, high] = [boundOf(from), boundOf(to)];
  const width = chooseWidth(asked, low, high);
  const count = high > low ? Math.ceil(high / width) - Math.floor(low / width) : 0;
  return { width, range: { from: low, to: high, count } };
}
