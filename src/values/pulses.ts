import type { ChangePoint } from './change-point.ts';
import { normalTail } from './probability.ts';

/** Width of the kernel in units of Silverman's rule. It is wide on purpose: only what stands out to the eye counts. */
const smoothing = 1.36;

/**
 * The highest or lowest value, where it lies so far out in the density of the others that chance does not explain it.
 * The density leaves out the values around it, and the other extreme.
 */
export function spikeOrDip(values: readonly number[], significance: number): ChangePoint | null {
  const negated = values.map((value) => -value);
  const [high, low] = [extreme(values), extreme(negated)];
  const spike = tailOf(values, high, low.index);
  const dip = tailOf(negated, low, high.index);
  const found = [
    { type: 'spike', index: high.index, ...spike },
    { type: 'dip', index: low.index, ...dip },
  ] as const;
  const [likelier, other] = isMoreExtreme(dip, spike) ? [found[1], found[0]] : found;
  for (const { type, index, tail } of [likelier, other]) {
    const pvalue = ofTrials(tail, values.length);
    if (pvalue < significance) return { index, type, pvalue };
  }
  return null;
}

/** The chance that one of many independent trials comes out like this. */
export const ofTrials = (pvalue: number, trials: number): number =>
  pvalue > 1e-10 ? 1 - (1 - pvalue) ** trials : trials * pvalue;

/** A largest value, and the values around it that a spike may take up: about a tenth of all. */
interface Extreme {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

function extreme(values: readonly number[]): Extreme {
  const n = values.length;
  let index = 0;
  for (let i = 1; i < n; i++) if (values[i]! > values[index]!) index = i;
  const width = Math.max(Math.floor(0.1 * n + 0.5), 2) - 1;
  const sum = (from: number): number =>
    values.slice(from, Math.min(from + width, n)).reduce((total, value) => total + value, 0);
  let start = Math.max(0, index + 1 - width);
  for (let at = start + 1; at <= index && at + width < n; at++) if (sum(at) > sum(start)) start = at;
  return { index, start, end: start + width };
}

interface Tail {
  /** How likely a value of the density is as high. */
  readonly tail: number;
  /** How far the next value is. */
  readonly distance: number;
}

const isMoreExtreme = (a: Tail, b: Tail): boolean => (a.tail === b.tail ? a.distance > b.distance : a.tail < b.tail);

/** The upper tail of the density of all values but those around an extreme, from this extreme on. */
function tailOf(values: readonly number[], { index, start, end }: Extreme, opposite: number): Tail {
  const rest = values.filter((_, i) => !(i >= start && i < end) && i !== opposite);
  const n = rest.length;
  const mean = rest.reduce((sum, value) => sum + value, 0) / n;
  const variance = rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const width = smoothing * n ** -0.2 * Math.sqrt(variance);
  // Kernels more than three widths below do not count, the nearest always does.
  const gaps = rest.map((centre) => values[index]! - centre);
  const distance = Math.min(...gaps);
  const near = gaps.filter((gap) => gap === distance || gap <= 3 * width);
  const counted = distance > 3 * width ? near.slice(0, 1) : near;
  return { tail: counted.reduce((sum, gap) => sum + tailOfKernel(gap, width), 0) / n, distance };
}

/** What a kernel leaves above a distance. Without width all of it lies at its centre. */
function tailOfKernel(above: number, width: number): number {
  // Values have the size of one: what is left far below that is rounding.
  if (width < 1e-12) return above > 1e-12 ? 0 : 1;
  return normalTail(above / width);
}
