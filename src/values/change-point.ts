/*
 * Where a series of numbers changes, and how: the models "one level", "one line", "two levels" and "two lines" compete,
 * and a lone outlier is looked for before. The tests are the textbook's (Grubbs, F, Kolmogorov-Smirnov), with
 * Bonferroni's correction for the many places that are tried.
 */

export type ChangeType = 'dip' | 'spike' | 'step_change' | 'trend_change' | 'distribution_change';

export interface ChangePoint {
  /** The first value that is not like those before. */
  readonly index: number;
  readonly type: ChangeType;
  readonly pvalue: number;
}

/** Fewer values say nothing about a change. */
export const leastValues = 22;

/** A change this unlikely to be chance is one. */
const significance = 0.01;

/** Minimum number of values on each side of a change. */
const leastSide = 3;

/** The change of a series, or null where there is none that is significant. */
export function changePoint(series: readonly number[]): ChangePoint | null {
  if (series.length < leastValues) return null;
  // Around zero and of one size, so that squares of large numbers lose no digits.
  const mean = series.reduce((sum, value) => sum + value / series.length, 0);
  const size = series.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  if (size === 0 || series.every((value) => value === series[0])) return null;
  const values = series.map((value) => (value - mean) / size);
  const lone = outlier(values);
  if (lone) {
    const rest = values.filter((_, i) => i !== lone.index);
    const change = rest.every((value) => value === rest[0]) ? null : breakOf(rest);
    if (!change || change.pvalue >= lone.pvalue) return lone;
    return { ...change, index: change.index >= lone.index ? change.index + 1 : change.index };
  }
  return breakOf(values) ?? distributionChange(values);
}

/** Grubbs' test: the value furthest from the mean of the others. */
function outlier(values: readonly number[]): ChangePoint | null {
  const n = values.length;
  const sums = new Sums(values);
  const mean = sums.y / n;
  let index = 0;
  for (let i = 1; i < n; i++) if (Math.abs(values[i]! - mean) > Math.abs(values[index]! - mean)) index = i;
  const rest = new Sums(values.filter((_, i) => i !== index));
  const away = values[index]! - rest.y / (n - 1);
  // Values have the size of one: what is left far below that is rounding.
  const variance = rest.aroundMean() < 1e-13 ? 0 : rest.aroundMean() / (n - 2);
  const spread = Math.sqrt(variance * (1 + 1 / (n - 1)));
  const pvalue = spread === 0 ? 0 : Math.min(1, n * studentTail(Math.abs(away) / spread, n - 2));
  return pvalue < significance ? { index, type: away > 0 ? 'spike' : 'dip', pvalue } : null;
}

/** The break that explains a series best, if one explains it better than none. */
function breakOf(values: readonly number[]): ChangePoint | null {
  const n = values.length;
  const whole = new Sums(values);
  // What is left over is never quite zero, so that perfect models can be compared.
  const floor = Math.max(whole.aroundMean() * 1e-12, Number.MIN_VALUE);
  const criterion = (rest: number, parameters: number): number =>
    n * Math.log(Math.max(rest, floor) / n) + parameters * Math.log(n);
  const unbroken = Math.min(criterion(whole.aroundMean(), 1), criterion(whole.aroundLine(), 2));
  let best: { index: number; rest: number; parameters: number; type: ChangeType; criterion: number } | null = null;
  const left = new Sums([]);
  const right = whole;
  for (let index = 1; index <= n - leastSide; index++) {
    left.add(index - 1, values[index - 1]!);
    right.remove(index - 1, values[index - 1]!);
    if (index < leastSide) continue;
    const levels = left.aroundMean() + right.aroundMean();
    const lines = left.aroundLine() + right.aroundLine();
    // The place of the break is a parameter too.
    for (const [type, rest, parameters] of [
      ['step_change', levels, 3],
      ['trend_change', lines, 5],
    ] as const) {
      const value = criterion(rest, parameters);
      if (!best || value < best.criterion) best = { index, rest, parameters, type, criterion: value };
    }
  }
  if (!best || best.criterion >= unbroken) return null;
  const level = new Sums(values).aroundMean();
  const [more, free] = [best.parameters - 1, n - best.parameters];
  const ratio = (level - best.rest) / more / (Math.max(best.rest, floor) / free);
  const places = n - 2 * leastSide + 1;
  const pvalue = best.rest <= floor ? 0 : Math.min(1, places * fisherTail(ratio, more, free));
  return pvalue < significance ? { index: best.index, type: best.type, pvalue } : null;
}

/** The split whose sides differ most in how their values are distributed. */
function distributionChange(values: readonly number[]): ChangePoint | null {
  const n = values.length;
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const places = n - 2 * leastValues + 1;
  const step = Math.max(1, Math.ceil(places / 200));
  let best: ChangePoint | null = null;
  for (let index = leastValues; index <= n - leastValues; index += step) {
    let distance = 0;
    let before = 0;
    order.forEach((item, i) => {
      if (item.index < index) before++;
      if (order[i + 1]?.value === item.value) return;
      distance = Math.max(distance, Math.abs(before / index - (i + 1 - before) / (n - index)));
    });
    const size = Math.sqrt((index * (n - index)) / n);
    const pvalue = Math.min(1, places * kolmogorovTail((size + 0.12 + 0.11 / size) * distance));
    if (pvalue < significance && (!best || pvalue < best.pvalue)) best = { index, type: 'distribution_change', pvalue };
  }
  return best;
}

/** Running sums of points, from which the squares left over by a level or a line follow. */
class Sums {
  n = 0;
  x = 0;
  y = 0;
  #xx = 0;
  #xy = 0;
  #yy = 0;

  constructor(values: readonly number[]) {
    for (const [i, value] of values.entries()) this.add(i, value);
  }

  add(x: number, y: number): void {
    this.#change(x, y, 1);
  }

  remove(x: number, y: number): void {
    this.#change(x, y, -1);
  }

  #change(x: number, y: number, sign: 1 | -1): void {
    this.n += sign;
    this.x += sign * x;
    this.y += sign * y;
    this.#xx += sign * x * x;
    this.#xy += sign * x * y;
    this.#yy += sign * y * y;
  }

  aroundMean(): number {
    return Math.max(0, this.#yy - (this.y * this.y) / this.n);
  }

  aroundLine(): number {
    const width = this.#xx - (this.x * this.x) / this.n;
    if (width <= 0) return this.aroundMean();
    const slope = this.#xy - (this.x * this.y) / this.n;
    return Math.max(0, this.aroundMean() - (slope * slope) / width);
  }
}

/** How likely Student's t with this many degrees of freedom is further from zero. */
const studentTail = (t: number, degrees: number): number =>
  incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);

/** How likely Fisher's ratio is larger. */
const fisherTail = (ratio: number, a: number, b: number): number =>
  ratio <= 0 ? 1 : incompleteBeta(b / (b + a * ratio), b / 2, a / 2);

/** How likely Kolmogorov's distance is larger. */
function kolmogorovTail(distance: number): number {
  if (distance < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * distance * distance);
  return Math.min(1, Math.max(0, sum));
}

/** The regularised incomplete beta function, by its continued fraction (Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 300; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + numerator * d || tiny);
      c = 1 + numerator / c || tiny;
      fraction *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return front * fraction;
}

/** The logarithm of the gamma function, by Stirling's series. */
function logGamma(z: number): number {
  let shift = 0;
  let at = z;
  for (; at < 10; at++) shift += Math.log(at);
  const inverse = 1 / at;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift;
}
