import { parseCidr } from './cidr.ts';
import { parseDate } from './date.ts';
import { parseIp } from './ip.ts';

/** What ranges are of; numbers with fractions apart from whole ones. */
export type RangeKind = 'ip' | 'date' | 'long' | 'double';

/**
 * The ranges that a document has in a field of a range type: for each its bounds, both included, with a tab between
 * them. Null when there is none; what is no range is left out.
 */
export function rangesOf(document: string, path: string, kind: RangeKind): string[] | null {
  const found = valueAt(JSON.parse(document), path);
  const ranges = (Array.isArray(found) ? found : [found]).flatMap((value) => {
    const range = rangeOf(value, kind);
    return range ? [`${range.low}\t${range.high}`] : [];
  });
  return ranges.length > 0 ? ranges : null;
}

/** Whether a text lies in a range that a document has in a field: what the range is of says how the text is read. */
export function isInRanges(text: string, document: string, path: string): boolean {
  return (['ip', 'double', 'date'] as const).some((kind) => {
    const value = boundOf(text, kind);
    if (value === null) return false;
    const read = kind === 'double' ? Number : BigInt;
    return rangesOf(document, path, kind)?.some((range) => {
      const [low, high] = range.split('\t') as [string, string];
      return value >= read(low) && value <= read(high);
    });
  });
}

/** A value in a document, whose names may be dotted or nested. */
function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (name === path) return inner;
    if (!path.startsWith(`${name}.`)) continue;
    const found = valueAt(inner, path.slice(name.length + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

type Bound = bigint | number;

const limits: Readonly<Record<RangeKind, readonly [Bound, Bound]>> = {
  ip: [0n, 2n ** 128n - 1n],
  date: [-(2n ** 53n), 2n ** 53n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  double: [-Number.MAX_VALUE, Number.MAX_VALUE],
};

function rangeOf(value: unknown, kind: RangeKind): { low: Bound; high: Bound } | null {
  if (kind === 'ip' && typeof value === 'string') {
    const block = parseCidr(value);
    return 'error' in block ? null : block;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { gte, gt, lte, lt } = value as Record<string, unknown>;
  const [least, most] = limits[kind];
  const low =
    gt !== undefined ? after(boundOf(gt, kind), 1) : gte === undefined || gte === null ? least : boundOf(gte, kind);
  const high =
    lt !== undefined ? after(boundOf(lt, kind), -1) : lte === undefined || lte === null ? most : boundOf(lte, kind);
  return low === null || high === null ? null : { low, high };
}

function boundOf(value: unknown, kind: RangeKind): Bound | null {
  const text = String(value);
  switch (kind) {
    case 'ip':
      return parseIp(text);
    case 'date':
      return parseDate(text) ?? (/^-?\d+$/.test(text) ? BigInt(text) : null);
    case 'long':
      return /^-?\d+$/.test(text) ? BigInt(text) : null;
    case 'double':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : null;
  }
}

/** The next value up or down, for bounds that are not included. */
function after(bound: Bound | null, direction: 1 | -1): Bound | null {
  if (typeof bound === 'bigint') return bound + BigInt(direction);
  return bound === null ? null : nextDouble(bound, direction);
}

/** The next double up or down. */
export function nextDouble(bound: number, direction: 1 | -1): number {
  if (!Number.isFinite(bound)) return bound;
  if (bound === 0) return direction * Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  double[0] = bound;
  bits[0]! += bound > 0 === direction > 0 ? 1n : -1n;
  return double[0];
}
