import { walkExpression } from '../plan/expression.ts';
import { expressionsOf, type Plan, withInput } from '../plan/nodes.ts';

/** Leaves out what nobody reads: columns of the scan, computed columns, aggregates. */
export function pruneColumns(plan: Plan): Plan {
  return prune(plan, new Set(plan.output.map((column) => column.id)));
}

/** `needed` are the columns that are read above the node. */
function prune(plan: Plan, needed: ReadonlySet<number>): Plan {
  switch (plan.kind) {
    case 'scan': {
      const columns = plan.columns.filter(({ column }) => needed.has(column.id));
      return { ...plan, columns, output: columns.map(({ column }) => column) };
    }
    case 'oneRow':
      return plan;
    case 'compute': {
      const definitions = plan.definitions.filter(({ column }) => needed.has(column.id));
      const input = prune(plan.input, reads({ ...plan, definitions }, needed));
      if (definitions.length === 0) return input;
      return { ...plan, input, definitions, output: plan.output.filter((column) => needed.has(column.id)) };
    }
    case 'aggregate': {
      const aggregates = plan.aggregates.filter(({ column }) => needed.has(column.id));
      const below = reads({ ...plan, aggregates }, new Set(plan.groups.map(({ source }) => source.id)));
      return { ...plan, input: prune(plan.input, below), aggregates };
    }
    default:
      return withInput(plan, prune(plan.input, reads(plan, needed)));
  }
}

function reads(node: Plan, needed: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(needed);
  for (const expression of expressionsOf(node)) {
    walkExpression(expression, (part) => {
      if (part.kind === 'column') all.add(part.column.id);
    });
  }
  return all;
}
