import type { DateHistogram, Histogram } from '../../../languages/search/aggregations/aggregation.ts';

/** An interval of a histogram: where it starts, and what is known of its documents; null where it has none. */
export interface Interval<T> {
  readonly start: number;
  readonly row: T | null;
}

/** The intervals that a histogram shows, from those that have documents: in its order, and with the empty ones between them. */
export function shownIntervals<T extends { readonly count: number }>(
  histogram: DateHistogram | Histogram,
  found: ReadonlyMap<number, T>,
  tooMany: (count: number) => void,
): Interval<T>[] {
  const { minDocCount, order } = histogram;
  const isInside = insideHardBounds(histogram);
  const inside = [...found.keys()].filter(isInside);
  const starts = minDocCount === 0 ? filledStarts(histogram, inside, tooMany).filter(isInside) : inside;
  const intervals = starts
    .map((start) => ({ start, row: found.get(start) ?? null }))
    .filter(({ row }) => (row?.count ?? 0) >= minDocCount)
    .sort((a, b) => a.start - b.start);
  const sign = order.descending ? -1 : 1;
  if (order.by === '_count') intervals.sort((a, b) => sign * ((a.row?.count ?? 0) - (b.row?.count ?? 0)));
  else if (order.descending) intervals.reverse();
  return intervals;
}

/** Whether an interval lies within the bounds: of times the upper one belongs to them no more. */
function insideHardBounds(histogram: DateHistogram | Histogram): (start: number) => boolean {
  const { min = null, max = null } = histogram.hardBounds ?? {};
  const least = min === null ? Number.NEGATIVE_INFINITY : stepsOf(histogram).startOf(min);
  const most = max ?? Number.POSITIVE_INFINITY;
  return (start) => start >= least && (histogram.kind === 'dateHistogram' ? start < most : start <= most);
}

/** Every start from the first interval to the last, and as far as the bounds say. */
function filledStarts(
  histogram: DateHistogram | Histogram,
  found: readonly number[],
  tooMany: (count: number) => void,
): number[] {
  const { startOf, next } = stepsOf(histogram);
  const bounds = [histogram.extendedBounds?.min ?? null, histogram.extendedBounds?.max ?? null];
  const ends = [...found, ...bounds.flatMap((bound) => (bound === null ? [] : [startOf(bound)]))];
  if (ends.length === 0) return [];
  const last = ends.reduce((most, end) => Math.max(most, end));
  const starts: number[] = [];
  for (let start = ends.reduce((least, end) => Math.min(least, end)); start <= last; start = next(start)) {
    starts.push(start);
    tooMany(starts.length);
  }
  // What the engine found is shown, also where its clocks were changed within an interval.
  return [...new Set([...starts, ...found])];
}

function stepsOf(histogram: DateHistogram | Histogram): {
  startOf(value: number): number;
  next(start: number): number;
} {
  if (histogram.kind === 'dateHistogram') {
    const { interval } = histogram;
    return { startOf: (time) => interval.startOf(time), next: (start) => interval.next(start) };
  }
  const { interval, offset } = histogram;
  const numberOf = (value: number): number => Math.round((value - offset) / interval);
  return {
    startOf: (value) => Math.floor((value - offset) / interval) * interval + offset,
    next: (start) => (numberOf(start) + 1) * interval + offset,
  };
}
