import type { ChangePoint } from './change-point.ts';
import { fisherTail, smirnovTail } from './probability.ts';
import { ofTrials } from './pulses.ts';

/** What a series is like as a whole: a change, a line that rises or falls, or neither. */
export type Structure =
  | ChangePoint
  | { readonly type: 'trend' | 'none'; readonly index: null; readonly pvalue: number };

/** Minimum number of values on each side of a change. */
const leastSide = 10;
/** Maximum number of places that are tried, and of values that distributions are compared by. */
const [mostPlaces, mostValues] = [1000, 500];
/** What an outlier counts beside other values. */
const outlierWeight = 0.01;

/** A model with the variance that it leaves, and its number of parameters. */
interface Model {
  readonly type: 'none' | 'trend' | 'step_change' | 'trend_change';
  readonly rest: number;
  readonly parameters: number;
  readonly index: number;
}

/** The simplest model that explains a series; values have the size of one. */
export function structure(values: readonly number[], significance: number): Structure {
  const weights = weightsOf(values);
  const whole = new Moments();
  values.forEach((value, i) => {
    whole.change(i, value, weights[i]!, 1);
  });
  const constant: Model = { type: 'none', rest: whole.variance(), parameters: 1, index: -1 };
  if (constant.rest < rounding) return { type: 'none', index: null, pvalue: 1 };
  const places = placesOf(values.length);
  const { step, lines } = breaks(values, weights, places);
  const line: Model = { type: 'trend', rest: whole.residual(), parameters: 3, index: -1 };
  // A line is one model, a break one at each place.
  const pvalueOf = (model: Model, simpler: Model, trials: number): number =>
    ofTrials(nested(whole.weight, simpler, model), trials);
  const explains = (model: Model, simpler: Model, trials = places.length): boolean =>
    pvalueOf(model, simpler, trials) < significance && model.rest <= constant.rest / 2;

  let best = constant;
  if (explains(line, constant, 1)) {
    if (!explains(lines, line)) best = line;
    else best = nested(whole.weight, step, lines) < significance ? lines : step;
  } else if (explains(step, constant)) best = explains(lines, step) ? lines : step;
  else if (explains(lines, constant)) best = lines;

  const pvalue = best === constant ? 1 : pvalueOf(best, constant, places.length);
  if (pvalue > 1e-5) {
    const tried = new Set([step.index, lines.index]);
    const change = distributionChange(values, weights, places, tried);
    if (change.pvalue < Math.min(significance, 0.1 * pvalue)) return change;
  }
  const { type, index } = best;
  return type === 'none' || type === 'trend' ? { type, index: null, pvalue } : { type, index, pvalue };
}

/** Variance that is left below this is rounding. */
const rounding = 1e-14;

/** How likely chance alone makes the variance that a model leaves so much smaller than a simpler one does. */
function nested(count: number, simpler: Model, model: Model): number {
  if (simpler.rest - model.rest < rounding) return 1;
  if (model.rest < rounding) return 0;
  const more = model.parameters - simpler.parameters;
  const free = count - model.parameters;
  return Math.min(1, 2 * fisherTail(((simpler.rest - model.rest) / more) * (free / model.rest), more, free));
}

/** Values strictly beyond the outer fortieths count little; of a run of equal values all or none are outliers. */
function weightsOf(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  const outer = Math.ceil(0.025 * values.length);
  const [low, high] = [sorted[outer]!, sorted[values.length - outer - 1]!];
  return values.map((value) => (value >= low && value <= high ? 1 : outlierWeight));
}

/** Where a series may change: a tenth of it, and no fewer than some values, stand on each side. */
function placesOf(length: number): number[] {
  const side = Math.max(Math.floor(0.1 * length + 0.5), leastSide);
  const step = Math.max(1, Math.ceil((length - 2 * side) / mostPlaces));
  const places: number[] = [];
  for (let at = side; at < length - side; at++) if (step === 1 || at % step === 0) places.push(at);
  return places;
}

/** The two levels and the two lines that leave the least. */
function breaks(
  values: readonly number[],
  weights: readonly number[],
  places: readonly number[],
): { step: Model; lines: Model } {
  let step: Model = { type: 'step_change', rest: Number.POSITIVE_INFINITY, parameters: 2, index: -1 };
  let lines: Model = { type: 'trend_change', rest: Number.POSITIVE_INFINITY, parameters: 6, index: -1 };
  eachBreak(values, weights, places, (index, left, right) => {
    const weight = left.weight + right.weight;
    const levels = (left.weight * left.variance() + right.weight * right.variance()) / weight;
    const sloped = (left.weight * left.residual() + right.weight * right.residual()) / weight;
    if (levels < step.rest) step = { ...step, rest: levels, index };
    if (sloped < lines.rest) lines = { ...lines, rest: sloped, index };
  });
  return { step, lines };
}

function eachBreak(
  values: readonly number[],
  weights: readonly number[],
  places: readonly number[],
  visit: (index: number, left: Moments, right: Moments) => void,
): void {
  const [left, right] = [new Moments(), new Moments()];
  values.forEach((value, i) => {
    right.change(i, value, weights[i]!, 1);
  });
  let done = 0;
  for (const place of places) {
    for (; done < place; done++) {
      left.change(done, values[done]!, weights[done]!, 1);
      right.change(done, values[done]!, weights[done]!, -1);
    }
    visit(place, left, right);
  }
}

/** The place whose sides differ most in how their values are distributed, of some that were tried and one more. */
function distributionChange(
  values: readonly number[],
  weights: readonly number[],
  places: readonly number[],
  tried: ReadonlySet<number>,
): ChangePoint {
  let widest = { index: -1, difference: 0 };
  eachBreak(values, weights, places, (index, left, right) => {
    const apart = Math.abs(left.mean() - right.mean());
    const spread = Math.abs(Math.sqrt(left.variance()) - Math.sqrt(right.variance()));
    const difference = Math.min(index, values.length - index) * (apart + spread);
    if (difference >= widest.difference) widest = { index, difference };
  });
  // Long series are thinned: small differences between many values mean nothing to the eye.
  const kept = Math.min(values.length, mostValues);
  const at = (i: number): number => Math.floor((i * values.length) / kept);
  const sample = Array.from({ length: kept }, (_, i) => values[at(i)]!);
  let best: ChangePoint = { type: 'distribution_change', index: widest.index, pvalue: 1 };
  for (const index of new Set([...tried, widest.index])) {
    if (index < 0) continue;
    const split = Math.round((index * kept) / values.length);
    const pvalue = smirnovTail(distanceOf(sample, split), split, kept - split);
    if (pvalue < best.pvalue) best = { ...best, index, pvalue };
  }
  // Neighbouring places say much the same: one in fifty counts as a trial of its own.
  return { ...best, pvalue: ofTrials(best.pvalue, Math.floor((kept + 49) / 50)) };
}

/** The largest difference between the shares of both sides that lie below a value. */
function distanceOf(values: readonly number[], split: number): number {
  const sorted = values.map((value, i) => ({ value, isLeft: i < split })).sort((a, b) => a.value - b.value);
  let [left, right, distance] = [0, 0, 0];
  sorted.forEach(({ value, isLeft }, i) => {
    if (isLeft) left += 1;
    else right += 1;
    if (sorted[i + 1]?.value === value) return;
    distance = Math.max(distance, Math.abs(left / split - right / (values.length - split)));
  });
  return distance;
}

/** Weighted sums of points, from which the variance around their mean and around their line follow. */
class Moments {
  weight = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #xy = 0;
  #yy = 0;

  change(x: number, y: number, weight: number, sign: 1 | -1): void {
    const signed = sign * weight;
    this.weight += signed;
    this.#x += signed * x;
    this.#y += signed * y;
    this.#xx += signed * x * x;
    this.#xy += signed * x * y;
    this.#yy += signed * y * y;
  }

  mean(): number {
    return this.#y / this.weight;
  }

  variance(): number {
    return Math.max(0, (this.#yy - (this.#y * this.#y) / this.weight) / this.weight);
  }

  /** The variance around the line of least squares. */
  residual(): number {
    const width = this.#xx - (this.#x * this.#x) / this.weight;
    if (width <= 0) return this.variance();
    const slope = this.#xy - (this.#x * this.#y) / this.weight;
    return Math.max(0, this.variance() - (slope * slope) / width / this.weight);
  }
}
