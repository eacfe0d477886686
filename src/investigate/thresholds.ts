import type { ComparisonOperator } from '../plan/comparison.ts';

/** Which way a threshold must move to let more rows through; null where neither is looser. */
export function looserThan(operator: ComparisonOperator): 'lower' | 'higher' | null {
  if (operator === '>' || operator === '>=') return 'lower';
  return operator === '<' || operator === '<=' ? 'higher' : null;
}

const mostThresholds = 20;
const around = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 10];

/**
 * Thresholds worth trying, ascending: some on each side of the one that stands there, and some where the values lie.
 * Whole numbers for whole values.
 */
export function thresholdsFor(
  literal: number,
  quantiles: readonly { readonly value: number }[],
  whole: boolean,
): number[] {
  const near = literal === 0 ? [0, 1, 2, 3, 5, 10, 20, 50] : around.map((factor) => literal * factor);
  const small = whole && Math.abs(literal) <= 10 ? Array.from({ length: 10 }, (_, i) => i + 1) : [];
  const wanted = [...near, ...small, ...quantiles.map(({ value }) => rounded(value))];
  const distinct = [...new Set([literal, ...wanted.map((value) => (whole ? Math.round(value) : value))])];
  return distinct.slice(0, mostThresholds).sort((a, b) => a - b);
}

/** Two digits that count: nobody sets a threshold of 1,048,237. */
const rounded = (value: number): number => (value === 0 ? 0 : Number(value.toPrecision(2)));
