import { formatDate, parseDate } from './date.ts';
import { javaDouble } from './java-double.ts';
import { nextDouble, rangesOf } from './range-fields.ts';

/* Ranges of dates and of numbers as texts, `FROM..TO`, of which the second is not included: dates in ISO 8601. */

export type RangeType = 'date_range' | 'double_range';

/** What no date reaches: bounds that are open. */
const [earliest, latest] = [-8_640_000_000_000_000n, 8_640_000_000_000_000n];

const dateRange = (from: bigint, to: bigint): string => `${formatDate(from)}..${formatDate(to)}`;
const doubleRange = (from: number, to: number): string => `${javaDouble(from)}..${javaDouble(to)}`;

/** The ranges that a document has in a field of such a type; null where it has none. */
export function rangesInDocument(document: string, name: string, type: RangeType): string[] | null {
  if (type === 'date_range') {
    const ranges = rangesOf(document, name, 'date')?.map((range) => {
      const [low, high] = range.split('\t').map(BigInt) as [bigint, bigint];
      return dateRange(low < earliest ? earliest : low, high >= latest ? latest : high + 1n);
    });
    return ranges ?? null;
  }
  const ranges = rangesOf(document, name, 'double')?.map((range) => {
    const [low, high] = range.split('\t').map(Number) as [number, number];
    return doubleRange(low === -Number.MAX_VALUE ? -Infinity : low, nextDouble(high, 1));
  });
  return ranges ?? null;
}

/** A number as Java reads it; null where it is none. */
function parseJavaDouble(text: string): number | null {
  const trimmed = text.trim();
  if (/^[+-]?(?:NaN|Infinity)$/.test(trimmed)) return Number(trimmed.replace(/^[+-](?=NaN)/, ''));
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(trimmed)
    ? Number(trimmed.replace(/[dDfF]$/, ''))
    : null;
}

/** The range that a text says, or `!` and why it says none, with Java's class. */
export function readRange(text: string, type: RangeType): string {
  const illegal = '!java.lang.IllegalArgumentException: ';
  const word = type === 'date_range' ? 'date' : 'double';
  const parts = text.split('..');
  if (parts.length !== 2) return `${illegal}expected ${word} range in the form 'from..to', got [${text}]`;
  const [first, second] = parts.map((part) => part.trim()) as [string, string];
  const disordered = `${illegal}${word} range 'from' [${first}] must be less than 'to' [${second}]`;
  if (type === 'date_range') {
    const [from, to] = [parseDate(first), parseDate(second)];
    const wrong = from === null ? first : to === null ? second : null;
    if (from === null || to === null)
      return `${illegal}failed to parse date field [${wrong}] with format [strict_date_optional_time]`;
    return from < to ? dateRange(from, to) : disordered;
  }
  const [from, to] = [parseJavaDouble(first), parseJavaDouble(second)];
  if (from === null || to === null)
    return `!java.lang.NumberFormatException: For input string: "${from === null ? first : second}"`;
  return from < to ? doubleRange(from, to) : disordered;
}

const boundOf = (range: string, place: number): string => range.split('..')[place - 1] ?? '';

/** A bound of a range of dates in milliseconds, the first or the second. */
export const dateBound = (range: string, place: number): bigint | null => parseDate(boundOf(range, place));

/** A bound of a range of numbers. */
export const doubleBound = (range: string, place: number): number | null => parseJavaDouble(boundOf(range, place));
