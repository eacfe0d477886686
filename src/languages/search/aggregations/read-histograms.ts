import type { TimeSpan } from '../../../plan/expression.ts';
import { own } from '../../../values/own.ts';
import { isZone } from '../../../values/time-zone.ts';
import { parseDateMath } from '../../filters/date-math.ts';
import { booleanIn, type Json, numberIn, objectIn, onlyKnown, textIn, wholeIn } from '../members.ts';
import { illegal, malformed } from '../search-error.ts';
import type { DateHistogram, Histogram, KeyBounds } from './aggregation.ts';
import { DateInterval } from './date-interval.ts';
import { readOrder } from './read-terms.ts';

const common = [
  'field',
  'min_doc_count',
  'extended_bounds',
  'hard_bounds',
  'keyed',
  'missing',
  'order',
  'offset',
  'format',
];
const dateMembers = new Set([...common, 'calendar_interval', 'fixed_interval', 'interval', 'time_zone']);
const numberMembers = new Set([...common, 'interval']);

/** What histograms of both kinds have. */
function intervals(body: Json, bounds: (value: unknown, name: string) => KeyBounds | null) {
  const [order = { by: '_key', descending: false }, ...more] =
    body.order === undefined ? [] : [body.order].flat().flatMap(readOrder);
  if (more.length > 0 || (order.by !== '_key' && order.by !== '_count'))
    throw illegal('histograms are ordered by [_key] or [_count]');
  return {
    field: textIn(body.field, 'field'),
    minDocCount: wholeIn(body.min_doc_count ?? 0, 'min_doc_count'),
    extendedBounds: bounds(body.extended_bounds, 'extended_bounds'),
    hardBounds: bounds(body.hard_bounds, 'hard_bounds'),
    keyed: body.keyed !== undefined && booleanIn(body.keyed, 'keyed'),
    missing: body.missing,
    order: order as Histogram['order'],
  };
}

/** `date_histogram`; `now`: what its bounds are counted from. */
export function readDateHistogram(body: Json, now: number): DateHistogram {
  if (body.script !== undefined) throw illegal('[script] is not supported in [date_histogram]');
  onlyKnown(body, dateMembers, 'date_histogram');
  const zone = body.time_zone === undefined ? 'UTC' : textIn(body.time_zone, 'time_zone');
  if (!isZone(zone)) throw illegal(`Unknown time-zone ID: ${zone}`);
  const bound = (value: unknown): number | null => {
    if (value === undefined || value === null) return null;
    const time = parseDateMath(value as string | number, now, false);
    if (time === null) throw illegal(`failed to parse date field [${String(value)}]`);
    return Number(time);
  };
  const common = intervals(body, (value, name) => boundsOf(value, name, bound));
  const offset = body.offset === undefined ? 0 : offsetOf(body.offset);
  return {
    kind: 'dateHistogram',
    ...common,
    interval: new DateInterval(intervalOf(body), zone, offset),
    format: body.format === undefined ? null : textIn(body.format, 'format'),
  };
}

/** `histogram`. */
export function readHistogram(body: Json): Histogram {
  if (body.script !== undefined) throw illegal('[script] is not supported in [histogram]');
  onlyKnown(body, numberMembers, 'histogram');
  const bound = (value: unknown): number | null =>
    value === undefined || value === null ? null : numberIn(value, 'bounds');
  const interval = numberIn(body.interval, 'interval');
  if (interval <= 0) throw illegal('[interval] must be >0 for histogram aggregation');
  return {
    kind: 'histogram',
    ...intervals(body, (value, name) => boundsOf(value, name, bound)),
    interval,
    offset: numberIn(body.offset ?? 0, 'offset'),
  };
}

function boundsOf(value: unknown, name: string, bound: (value: unknown) => number | null): KeyBounds | null {
  if (value === undefined || value === null) return null;
  const { min, max, ...more } = objectIn(value, name);
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw malformed(`[${name}] unknown field [${unknown}]`);
  const bounds = { min: bound(min), max: bound(max) };
  if (bounds.min !== null && bounds.max !== null && bounds.min > bounds.max)
    throw illegal(`[${name}.min][${bounds.min}] cannot be greater than [${name}.max][${bounds.max}]`);
  return bounds;
}

const calendar: Readonly<Record<string, Partial<TimeSpan>>> = {
  ...{ minute: { milliseconds: 60_000 }, '1m': { milliseconds: 60_000 } },
  ...{ hour: { milliseconds: 3_600_000 }, '1h': { milliseconds: 3_600_000 } },
  ...{ day: { days: 1 }, '1d': { days: 1 } },
  ...{ week: { days: 7 }, '1w': { days: 7 } },
  ...{ month: { months: 1 }, '1M': { months: 1 } },
  ...{ quarter: { months: 3 }, '1q': { months: 3 } },
  ...{ year: { months: 12 }, '1y': { months: 12 } },
};
const noSpan: TimeSpan = { months: 0, days: 0, milliseconds: 0 };
const fixed: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function intervalOf({ calendar_interval: byCalendar, fixed_interval: byClock, interval }: Json): TimeSpan {
  if ([byCalendar, byClock, interval].filter((one) => one !== undefined).length !== 1)
    throw illegal(
      'Required one of fields [interval, calendar_interval, fixed_interval], and no more than one of them.',
    );
  const name = String(byCalendar ?? interval ?? '');
  const unit = own(calendar, name);
  if (byClock === undefined && unit) return { ...noSpan, ...unit };
  if (byCalendar !== undefined)
    throw illegal(`The supplied interval [${name}] could not be parsed as a calendar interval.`);
  const milliseconds = fixedOf(String(byClock ?? interval));
  if (milliseconds === null || milliseconds <= 0)
    throw illegal(
      `failed to parse setting [date_histogram.fixed_interval] with value [${String(byClock ?? interval)}] as a time value`,
    );
  // Days are those of the clocks, as of a calendar.
  const days = milliseconds / fixed.d!;
  return Number.isInteger(days) && days !== 7 ? { ...noSpan, days } : { ...noSpan, milliseconds };
}

function fixedOf(text: string): number | null {
  const found = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  return found ? Number(found[1]) * own(fixed, found[2]!)! : null;
}

function offsetOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const found = /^([+-]?)(.+)$/.exec(textIn(value, 'offset'));
  const amount = fixedOf(found?.[2] ?? '');
  if (amount === null) throw illegal(`failed to parse setting [offset] with value [${String(value)}] as a time value`);
  return found![1] === '-' ? -amount : amount;
}
