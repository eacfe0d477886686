import { constantComparison } from './comparison.ts';
import type { Constant, Expression } from './expression.ts';
import { inputsOf, type Plan, scansOf } from './nodes.ts';

/** A condition that bounds the time of events: `@timestamp > NOW() - 7 days`. */
export interface TimeBound {
  /** Which end it bounds. */
  readonly side: 'from' | 'to';
  readonly inclusive: boolean;
  /** Milliseconds since the epoch. */
  readonly time: bigint;
  /** The comparison, and what it compares with. */
  readonly comparison: Expression;
  readonly bound: Constant;
}

/** The conditions that must all hold for a condition to hold. */
export function conjuncts(condition: Expression): Expression[] {
  return condition.kind === 'call' && condition.function === 'AND' ? condition.args.flatMap(conjuncts) : [condition];
}

/** The narrowest window that bounds leave; null where an end is open. */
export function windowOf(bounds: readonly TimeBound[]): { from: bigint | null; to: bigint | null } {
  const times = (side: TimeBound['side']): bigint[] =>
    bounds.filter((bound) => bound.side === side).map(({ time }) => time);
  const most = (all: readonly bigint[], better: (a: bigint, b: bigint) => boolean): bigint | null =>
    all.reduce<bigint | null>((best, time) => (best === null || better(time, best) ? time : best), null);
  return { from: most(times('from'), (a, b) => a > b), to: most(times('to'), (a, b) => a < b) };
}

/** Everything that rows must fulfil somewhere in a plan. */
export const conditionsOf = (plan: Plan): Expression[] => [
  ...inputsOf(plan).flatMap(conditionsOf),
  ...(plan.kind === 'filter' ? conjuncts(plan.condition) : []),
];

/** The columns that hold the times of events, whatever they are called later on. */
export const timestampsOf = (plan: Plan): ReadonlySet<number> =>
  new Set(
    scansOf(plan).flatMap(({ columns }) =>
      columns.flatMap(({ column, source }) =>
        typeof source === 'object' && source.name === '@timestamp' && column.type === 'date' ? [column.id] : [],
      ),
    ),
  );

/** The bounds that a condition sets to the time of events, if it does; an equality sets both. */
export function timeBounds(condition: Expression, timestamps: ReadonlySet<number>): TimeBound[] {
  const { operator, measure, constant: bound } = constantComparison(condition) ?? {};
  if (!bound || measure?.kind !== 'column' || !timestamps.has(measure.column.id)) return [];
  if (typeof bound.value !== 'bigint') return [];
  const time = bound.value;
  const of = (side: TimeBound['side']): TimeBound => ({
    side,
    inclusive: operator!.endsWith('='),
    time,
    comparison: condition,
    bound,
  });
  if (operator === '==') return [of('from'), of('to')];
  if (operator === '>' || operator === '>=') return [of('from')];
  return operator === '<' || operator === '<=' ? [of('to')] : [];
}
