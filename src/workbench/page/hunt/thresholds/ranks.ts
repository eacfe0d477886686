import type { Measured } from '../../../../values/joint-count.ts';

type Operator = Measured['operator'];

/** How many ascending values are below a setting. */
export function countBelow(sorted: Float64Array, setting: number): number {
  return search(sorted, (value) => value < setting);
}

/** How many ascending values are at most a setting. */
export function countUpTo(sorted: Float64Array, setting: number): number {
  return search(sorted, (value) => value <= setting);
}

function search(sorted: Float64Array, isBefore: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rank at which a setting cuts ascending values: as many stand before it. */
export const rankOf = (sorted: Float64Array, operator: Operator, setting: number): number =>
  operator === '>' || operator === '<=' ? countUpTo(sorted, setting) : countBelow(sorted, setting);

/** The nearest rank in a direction that cuts between different values: no setting cuts within equal ones. */
export function cuttingRank(sorted: Float64Array, rank: number, direction: 1 | -1): number {
  const at = Math.max(0, Math.min(sorted.length, rank));
  if (at === 0 || at === sorted.length || sorted[at - 1]! < sorted[at]!) return at;
  return direction > 0 ? countUpTo(sorted, sorted[at]!) : countBelow(sorted, sorted[at]!);
}

/** The roundest of the settings that cut ascending values at a rank. */
export function settingAt(
  sorted: Float64Array,
  rank: number,
  { operator, isWhole, isBytes }: { readonly operator: Operator; readonly isWhole: boolean; readonly isBytes: boolean },
): number {
  const { length } = sorted;
  if (operator === '==' || operator === '!=') return sorted[Math.min(rank, length - 1)] ?? 0;
  const [least, most] = [sorted[0] ?? 0, sorted[length - 1] ?? 0];
  const before = rank > 0 ? sorted[rank - 1]! : Math.min(0, least - Math.abs(least) - 1);
  const after = rank < length ? sorted[rank]! : most + Math.max(1, Math.abs(most));
  const cutsAtEnd = operator === '>=' || operator === '<';
  return roundest(before, after, cutsAtEnd ? 'end' : 'beginning', { isWhole, isBytes });
}

/** The roundest number between two others, of which one belongs to the range. */
export function roundest(
  from: number,
  to: number,
  closed: 'beginning' | 'end',
  { isWhole, isBytes }: { readonly isWhole: boolean; readonly isBytes: boolean },
): number {
  const isIn = (value: number): boolean =>
    closed === 'end' ? value > from && value <= to : value >= from && value < to;
  if (isIn(0)) return 0;
  for (const step of steps(Math.max(Math.abs(from), Math.abs(to)), isWhole, isBytes)) {
    const first = Math.ceil(from / step);
    for (const place of [first, first + 1]) {
      const value = clean(place * step, step);
      if (isIn(value)) return value;
    }
  }
  return closed === 'end' ? to : from;
}

/** Steps to round to, the widest first. */
function* steps(size: number, isWhole: boolean, isBytes: boolean): Generator<number> {
  if (isBytes)
    for (let power = Math.floor(Math.log2(size) / 10); power > 0; power--)
      for (const part of [500, 100, 50, 10, 5, 1]) yield part * 1024 ** power;
  const widest = Math.floor(Math.log10(size));
  for (let power = widest; power >= (isWhole ? 0 : widest - 15); power--) yield 10 ** power;
}

/** Without the digits that multiplication with a fraction adds. */
const clean = (value: number, step: number): number => (step >= 1 ? value : Number(value.toPrecision(15)));
