/*
 * Where a series of numbers changes, and how, by the tests that Elasticsearch documents: a value far out in the density
 * of the others is a spike or a dip, and of constant, line, two levels and two lines the simplest model that explains
 * the series is its structure. What is less likely to be chance counts.
 */

import { spikeOrDip } from './pulses.ts';
import { structure } from './structural-change.ts';

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

/** The change of a series, or null where there is none that is significant. */
export function changePoint(series: readonly number[]): ChangePoint | null {
  if (series.length < leastValues) return null;
  // Around zero and of one size, so that squares of large numbers lose no digits.
  const mean = series.reduce((sum, value) => sum + value / series.length, 0);
  const size = series.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  if (size === 0 || series.every((value) => value === series[0])) return null;
  const values = series.map((value) => (value - mean) / size);
  const pulse = spikeOrDip(values, significance);
  // Long series show small changes with certainty: more is asked of them.
  const change = structure(values, significance * Math.exp(-0.04 * (values.length - leastValues)));
  if (pulse && pulse.pvalue < change.pvalue) return pulse;
  return change.index === null ? null : change;
}
