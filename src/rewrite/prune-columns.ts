import { neededBelow } from '../plan/needed-columns.ts';
import { addsNoRows, inputsOf, type Plan, withInputs } from '../plan/nodes.ts';

/** Leaves out what nobody reads: columns of the scan, computed columns, aggregates, joins. */
export function pruneColumns(plan: Plan): Plan {
  return prune(plan, new Set(plan.output.map((column) => column.id)));
}

type Kind = Plan['kind'];
type Needed = ReadonlySet<number>;

/** The node with the columns alone that are read above it; what it reads from where nothing of it is. */
const without: { readonly [K in Kind]: (node: Extract<Plan, { kind: K }>, needed: Needed) => Plan } = {
  scan(node, needed) {
    const columns = node.columns.filter(({ column }) => needed.has(column.id));
    return { ...node, columns, output: columns.map(({ column }) => column) };
  },
  union(node, needed) {
    const kept = node.output.map((column) => needed.has(column.id));
    const branches = node.branches.map(({ plan, columns }) => ({ plan, columns: columns.filter((_, i) => kept[i]) }));
    return { ...node, branches, output: node.output.filter((_, i) => kept[i]) };
  },
  join(node, needed) {
    const taken = node.taken.filter(({ column }) => needed.has(column.id));
    return taken.length === 0 && addsNoRows(node) ? node.input : { ...node, taken };
  },
  previous: (node, needed) => (needed.has(node.column.id) ? node : node.input),
  parse: (node, needed) => (node.columns.some((column) => needed.has(column.id)) ? node : node.input),
  compute(node, needed) {
    const definitions = node.definitions.filter(({ column }) => needed.has(column.id));
    if (definitions.length === 0) return node.input;
    return { ...node, definitions, output: node.output.filter((column) => needed.has(column.id)) };
  },
  aggregate: (node, needed) => ({ ...node, aggregates: node.aggregates.filter(({ column }) => needed.has(column.id)) }),
  oneRow: (node) => node,
  filter: (node) => node,
  project: (node) => node,
  sort: (node) => node,
  limit: (node) => node,
  limitBy: (node) => node,
  sample: (node) => node,
  changePoint: (node) => node,
  expand({ place, ...node }, needed) {
    return place && needed.has(place.id) ? { ...node, place } : node;
  },
  rank: (node) => node,
};

/** `needed` are the columns that are read above the node. */
function prune(plan: Plan, needed: Needed): Plan {
  const kept = (without[plan.kind] as (node: Plan, needed: Needed) => Plan)(plan, needed);
  if (kept === inputsOf(plan)[0]) return prune(kept, needed);
  const below = neededBelow(kept, needed);
  return withInputs(
    kept,
    inputsOf(kept).map((input, i) => prune(input, below[i]!)),
  );
}
