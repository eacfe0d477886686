import type { Column } from '../plan/column.ts';
import { reference } from '../plan/expression.ts';
import type { Aggregate, Plan, SortKey } from '../plan/nodes.ts';
import { inputOf, inputsOf, withInput, withInputs } from '../plan/nodes.ts';
import { isSpatial } from '../values/types.ts';

/**
 * Gives groups an order of their own where the query leaves it open: by their keys, so that two runs over the same data
 * list the same rows in the same order, and a LIMIT cuts the same ones.
 */
export function stableOrder(plan: Plan): Plan {
  return settle(ordered(plan));
}

/** Below a LIMIT and at the end, rows must have an order. */
function ordered(plan: Plan): Plan {
  switch (plan.kind) {
    case 'limit':
      return { ...plan, input: settle(ordered(plan.input)) };
    default:
      return withInputs(plan, inputsOf(plan).map(ordered));
  }
}

/**
 * Adds the order, if there are groups below that nothing has put in order since: on top of filters, which leave fewer
 * rows to sort. A SORT of the query gets the keys behind its own, for rows that it holds equal.
 */
function settle(plan: Plan): Plan {
  const below = firstBelow(plan);
  if (below?.kind === 'sort') return withTies(plan);
  if (below?.kind !== 'aggregate' || below.groups.length === 0) return plan;
  return { kind: 'sort', input: plan, keys: groupKeys(below).map(ascending), output: plan.output };
}

/** The node that decides the order of rows: a sort or an aggregate, or a limit, which has been settled itself. */
function firstBelow(plan: Plan): Plan | null {
  let node: Plan | null = plan;
  while (node && (node.kind === 'filter' || node.kind === 'compute' || node.kind === 'project')) node = inputOf(node);
  return node;
}

function withTies(plan: Plan): Plan {
  if (plan.kind !== 'sort') return withInput(plan, withTies(inputOf(plan)!));
  const below = nearestAggregate(plan.input);
  if (!below) return plan;
  const sorted = new Set(
    plan.keys.map(({ expression }) => (expression.kind === 'column' ? expression.column.id : null)),
  );
  const ties = groupKeys(below).filter(({ id }) => !sorted.has(id));
  return { ...plan, keys: [...plan.keys, ...ties.map(ascending)] };
}

function nearestAggregate(plan: Plan): Aggregate | null {
  if (plan.kind === 'aggregate') return plan;
  // Beyond what brings rows together or apart, the keys are no longer those of the rows.
  const through = ['filter', 'compute', 'project', 'sort', 'limit', 'limitBy', 'parse', 'sample'].includes(plan.kind);
  const input = inputOf(plan);
  return through && input ? nearestAggregate(input) : null;
}

/** The keys of groups that have an order. */
const groupKeys = (plan: Aggregate): Column[] =>
  plan.groups.map(({ column }) => column).filter(({ type }) => !isSpatial(type));

const ascending = (column: Column): SortKey => ({
  expression: reference(column, { start: 0, end: 0 }),
  descending: false,
  nulls: 'last',
});
