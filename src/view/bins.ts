/** A bar of a distribution: values from `from` up to but not including `to`, the last one included. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How values lie on an axis. */
export interface Axis {
  readonly isLog: boolean;
  readonly least: number;
  readonly most: number;
}

/** Powers of ten beyond which equal steps would put nearly all values into one bar. */
const wide = 2;

/**
 * The axis for ascending values: logarithmic where they are not negative and reach over more than two powers of ten. Zero
 * stands at its beginning then.
 */
export function axisOf(sorted: Float64Array): Axis {
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const positive = least > 0 ? least : (sorted.find((value) => value > 0) ?? 0);
  const isLog = least >= 0 && positive > 0 && Math.log10(most / positive) > wide;
  return { isLog, least: isLog ? positive : least, most };
}

/** Where a value stands on an axis, from 0 to 1. */
export function placeOn({ isLog, least, most }: Axis, value: number): number {
  if (most <= least) return value > most ? 1 : value < least ? 0 : 0.5;
  const share = isLog
    ? value <= 0
      ? 0
      : Math.log(value / least) / Math.log(most / least)
    : (value - least) / (most - least);
  return Math.max(0, Math.min(1, share));
}

/** The value at a place of an axis. */
export const valueAt = ({ isLog, least, most }: Axis, share: number): number =>
  isLog ? least * (most / least) ** share : least + (most - least) * share;

/** Counts ascending values in bars that are equally wide on the axis. */
export function binsOf(sorted: Float64Array, axis: Axis, bars: number): Bin[] {
  if (sorted.length === 0) return [];
  const count = axis.most <= axis.least ? 1 : bars;
  const counts = new Uint32Array(count);
  for (const value of sorted) counts[Math.min(count - 1, Math.floor(placeOn(axis, value) * count))]! += 1;
  return Array.from(counts, (rows, i) => ({
    from: i === 0 ? sorted[0]! : valueAt(axis, i / count),
    to: i === count - 1 ? axis.most : valueAt(axis, (i + 1) / count),
    count: rows,
  }));
}
