import { columnsIn } from '../plan/expression.ts';
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
    case 'union': {
      const kept = plan.output.map((column) => needed.has(column.id));
      const output = plan.output.filter((_, i) => kept[i]);
      const branches = plan.branches.map(({ plan: branch, columns }) => {
        const wanted = columns.filter((_, i) => kept[i]);
        const read = new Set(wanted.flatMap((column) => (column ? [column.id] : [])));
        return { plan: prune(branch, read), columns: wanted };
      });
      return { ...plan, branches, output };
    }
    case 'join': {
      const taken = plan.taken.filter(({ column }) => needed.has(column.id));
      const all = reads(plan, needed);
      const left = new Set([...all, ...plan.on.map((key) => key.left.id)]);
      const right = new Set([...all, ...plan.on.map((key) => key.right.id), ...taken.map(({ source }) => source.id)]);
      return { ...plan, taken, input: prune(plan.input, left), right: prune(plan.right, right) };
    }
    case 'rank':
      return { ...plan, input: prune(plan.input, new Set([...needed, plan.by.id])) };
    case 'expand':
      return { ...plan, input: prune(plan.input, new Set([...needed, plan.source.id])) };
    case 'parse': {
      if (!plan.columns.some((column) => needed.has(column.id))) return prune(plan.input, needed);
      return { ...plan, input: prune(plan.input, reads(plan, needed)) };
    }
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
    for (const { id } of columnsIn(expression)) all.add(id);
  }
  return all;
}
