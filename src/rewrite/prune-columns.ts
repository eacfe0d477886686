import { neededBelow } from '../plan/needed-columns.ts';
import { addsNoRows, inputOf, mapInputs, type Plan } from '../plan/nodes.ts';

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
    if (columns.length === node.columns.length && columns.length === node.output.length) return node;
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
    const output = node.output.filter((column) => needed.has(column.id));
    const isWhole = definitions.length === node.definitions.length && output.length === node.output.length;
    return isWhole ? node : { ...node, definitions, output };
  },
  aggregate(node, needed) {
    const aggregates = node.aggregates.filter(({ column }) => needed.has(column.id));
    return aggregates.length === node.aggregates.length ? node : { ...node, aggregates };
  },
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

/** The same where these columns are read above the plan. */
export function prune(plan: Plan, needed: Needed): Plan {
  const kept = (without[plan.kind] as (node: Plan, needed: Needed) => Plan)(plan, needed);
  if (kept === inputOf(plan)) return prune(kept, needed);
  const below = neededBelow(kept, needed);
  let at = 0;
  return mapInputs(kept, (input) => prune(input, below[at++]!));
}
