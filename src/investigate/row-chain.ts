import type { Compute, Filter, Limit, Parse, Plan, Project, Sort } from '../plan/nodes.ts';

/** A node that looks at one row at a time, or puts rows in order or cuts them. */
export type RowNode = Filter | Compute | Project | Sort | Limit | Parse;

/** What a query does with the rows of its last STATS: the node that makes them, and what comes after, in order. */
export interface RowChain {
  readonly base: Plan;
  readonly nodes: readonly RowNode[];
}

/** Takes off a plan what works on single rows, down to the aggregate, join or scan that makes them. */
export function rowChain(plan: Plan): RowChain {
  const nodes: RowNode[] = [];
  let base = plan;
  while (isRowNode(base)) {
    nodes.unshift(base);
    base = base.input;
  }
  return { base, nodes };
}

const isRowNode = (node: Plan): node is RowNode =>
  node.kind === 'filter' ||
  node.kind === 'compute' ||
  node.kind === 'project' ||
  node.kind === 'sort' ||
  node.kind === 'limit' ||
  node.kind === 'parse';
