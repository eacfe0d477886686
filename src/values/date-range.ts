import { formatDate, parseDate } from './date.ts';
import { rangesOf } from './range-fields.ts';

/* Ranges of dates as texts, `FROM..TO`: both in ISO 8601, and the second not included. */

/** The range between two times. */
const rangeText = (from: bigint, to: bigint): string => `${formatDate(from)}..${formatDate(to)}`;

/** What no date reaches: bounds that are open. */
const [least, most] = [-8_640_000_000_000_000n, 8_640_000_000_000_000n];

/** The ranges that a document has in a field of the type `date_range`; null where it has none. */
export function dateRangesOf(document: string, name: string): string[] | null {
  const ranges = rangesOf(document, name, 'date')?.map((range) => {
    const [low, high] = range.split('\t').map(BigInt) as [bigint, bigint];
    return rangeText(low < least ? least : low, high >= most ? most : high + 1n);
  });
  return ranges ?? null;
}

/** A range from its text, whose dates may be short; null where it is none. */
export function parseDateRange(text: string): string | null {
  const [from, to, ...rest] = text.split('..').map((part) => parseDate(part.trim()));
  if (rest.length > 0 || from === undefined || from === null || to === undefined || to === null) return null;
  if (from > to) return null;
  return rangeText(from, to);
}

/** A bound of a range in milliseconds, the first or the second. */
export const boundOfDateRange = (range: string, place: number): bigint | null =>
  parseDate(range.split('..')[place - 1] ?? '');
