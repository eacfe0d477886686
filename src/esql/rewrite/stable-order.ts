import { reference } from '../plan/expression.ts';
import type { Aggregate, Plan, SortKey } from '../plan/nodes.ts';
import { withInput } from '../plan/nodes.ts';

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
    case 'scan':
    case 'oneRow':
      return plan;
    case 'limit':
      return { ...plan, input: settle(ordered(plan.input)) };
    default:
      return withInput(plan, ordered(plan.input));
  }
}

/** Adds the order, if there are groups below that nothing has put in order since. */
function settle(plan: Plan): Plan {
  switch (plan.kind) {
    case 'aggregate': {
      const keys = groupKeys(plan);
      return keys.length === 0 ? plan : { kind: 'sort', input: plan, keys, output: plan.output };
    }
    case 'sort': {
      const below = nearestAggregate(plan.input);
      return below ? { ...plan, keys: [...plan.keys, ...groupKeys(below)] } : plan;
    }
    case 'filter':
    case 'compute':
    case 'project':
      return { ...plan, input: settle(plan.input) };
    default:
      return plan;
  }
}

function nearestAggregate(plan: Plan): Aggregate | null {
  if (plan.kind === 'aggregate') return plan;
  return plan.kind === 'scan' || plan.kind === 'oneRow' ? null : nearestAggregate(plan.input);
}

function groupKeys(plan: Aggregate): SortKey[] {
  return plan.groups
    .filter(({ column }) => column.type !== 'geo_point')
    .map(({ column }) => ({
      expression: reference(column, { start: 0, end: 0 }),
      descending: false,
      nulls: 'last',
    }));
}
