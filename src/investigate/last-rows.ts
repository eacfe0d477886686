import type { Threshold } from '../overrides/thresholds.ts';
import type { Constant, Expression } from '../plan/expression.ts';
import { rewriteExpression } from '../plan/expression.ts';
import { mapExpressions, type Plan } from '../plan/nodes.ts';
import { conjuncts } from '../plan/time-bounds.ts';
import { rowChain } from './row-chain.ts';

/** Those of thresholds that decide about the last rows of a plan, whatever else these pass. */
export function onLastRows(thresholds: readonly Threshold[], plan: Plan): Threshold[] {
  const conditions = conditionsOnLastRows(plan);
  return isCutLast(plan) ? thresholds.filter(({ comparison }) => conditions.includes(comparison)) : [];
}

/** What the last rows of a plan must fulfil. */
export const conditionsOnLastRows = (plan: Plan): Expression[] =>
  rowChain(plan).nodes.flatMap((node) => (node.kind === 'filter' ? conjuncts(node.condition) : []));

/** A LIMIT that other conditions follow cuts rows before they are counted. */
export function isCutLast(plan: Plan): boolean {
  const kinds = rowChain(plan).nodes.map(({ kind }) => kind);
  const limit = kinds.indexOf('limit');
  return limit < 0 || !kinds.slice(limit).includes('filter');
}

/** How many of its last rows a plan lets through at most. */
export const limitOf = (plan: Plan): number =>
  Math.min(...rowChain(plan).nodes.map((node) => (node.kind === 'limit' ? Number(node.count) : Infinity)));

/** Other rows in place of those that the last rows of a plan are made of, with all that is computed of them. */
export const computedOf = (plan: Plan, rows: Plan): Plan =>
  rowChain(plan).nodes.reduce<Plan>((input, node) => {
    if (node.kind === 'compute')
      return { ...node, input, output: [...input.output, ...node.definitions.map(({ column }) => column)] };
    return node.kind === 'parse' ? { ...node, input, output: [...input.output, ...node.columns] } : input;
  }, rows);

/** A plan whose comparisons with thresholds are made with other numbers. */
export const withThresholds = (plan: Plan, settings: readonly (readonly [Threshold, number])[]): Plan =>
  mapExpressions(plan, (expression) =>
    rewriteExpression(expression, (part) => {
      const found = settings.find(([{ comparison }]) => isSame(part, comparison));
      return found ? compared(...found) : part;
    }),
  );

/** Branches of a query may each hold a copy of what stands once in its text. */
const isSame = (part: Expression, comparison: Expression): boolean =>
  part === comparison ||
  (part.kind === 'call' &&
    comparison.kind === 'call' &&
    part.function === comparison.function &&
    part.span.start === comparison.span.start &&
    part.span.end === comparison.span.end);

/** The comparison with another number in the constant's place. */
export function compared({ comparison, constant }: Threshold, value: number): Expression {
  if (comparison.kind !== 'call') return comparison;
  const whole = Number.isInteger(value) && constant.type !== 'double';
  const other: Constant = whole
    ? { ...constant, type: 'long', value: BigInt(value) }
    : { ...constant, type: 'double', value };
  return { ...comparison, args: comparison.args.map((arg) => (arg === constant ? other : arg)) };
}
