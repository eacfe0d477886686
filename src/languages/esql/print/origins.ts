import type { Column } from '../../../plan/column.ts';
import { type Call, type CallOptions, columnsIn } from '../../../plan/expression.ts';
import { type Aggregate, type Compute, inputOf, type Join, type Plan } from '../../../plan/nodes.ts';
import { sameRows } from './same-rows.ts';

/*
 * Commands that become several nodes, found again by the nodes that they become.
 */

/** What CATEGORIZE becomes: a join of rows with the categories of all their texts. */
export function categoriesOf(plan: Plan): { call: Call; column: Column; rows: Plan } | null {
  if (plan.kind !== 'join') return null;
  const tokens = plan.input.kind === 'expand' ? plan.input.input : plan.input;
  const [only, ...others] = tokens.kind === 'compute' ? tokens.definitions : [];
  const [taken] = plan.taken;
  if (tokens.kind !== 'compute' || !only || others.length > 0 || !taken) return null;
  const { expression: call } = only;
  const isCategorize = call.kind === 'call' && call.function === 'CATEGORIZE';
  return isCategorize ? { call, column: taken.column, rows: tokens.input } : null;
}

export interface Inline {
  readonly aggregate: Aggregate;
  readonly computed: Compute['definitions'];
}

/** What INLINE STATS becomes: a join of rows with their own groups. */
export function inlineOf({ input, right, nullsMatch, condition }: Join): Inline | null {
  if (!nullsMatch || condition) return null;
  const computed: Compute['definitions'][number][] = [];
  let node = right;
  while (node.kind === 'project' || node.kind === 'compute') {
    if (node.kind === 'compute') computed.push(...node.definitions);
    node = node.input;
  }
  if (node.kind !== 'aggregate') return null;
  const rows = sameRows(node.input, input);
  return rows && { aggregate: { ...node, input: rows }, computed };
}

export const forkName = '_fork';

interface Forked {
  /** The rows that each branch gets. */
  readonly rows: Plan;
  /** The same, as each branch has them. */
  readonly starts: readonly Plan[];
}

/** What FORK sends down each branch; null for branches that it did not make. */
export function forkedRows(branches: readonly Plan[]): Forked | null {
  const isForked = branches.every(
    (plan) => plan.kind === 'compute' && plan.definitions.some(({ column }) => column.name === forkName),
  );
  if (!isForked) return null;
  const [first, ...others] = branches.map((plan) => {
    const nodes: Plan[] = [];
    for (let node = inputOf(plan); node; node = inputOf(node)) nodes.push(node);
    return nodes;
  });
  for (const node of first!) {
    let rows: Plan | null = node;
    const starts = [node];
    for (const nodes of others) {
      const found: Plan | undefined = nodes.find((other) => rows && sameRows(rows, other));
      rows = rows && found ? sameRows(rows, found) : null;
      if (found) starts.push(found);
    }
    if (rows) return { rows, starts };
  }
  return null;
}

export interface Fusion {
  readonly method: 'RRF' | 'LINEAR';
  /** None where nothing reads the scores, as ranks do not. */
  readonly score: Column | null;
  readonly group: Column;
  readonly options: CallOptions;
  readonly rows: Plan;
}

/** What FUSE becomes: groups with the sum of what each row adds to the score of its key. */
export function fusionOf({ input, aggregates }: Aggregate): Fusion | null {
  const [share, ...others] = input.kind === 'compute' ? input.definitions : [];
  const call = share?.expression;
  if (input.kind !== 'compute' || others.length > 0 || call?.kind !== 'call' || call.function !== 'SHARE') return null;
  const total = aggregates.find(({ args }) => args.flatMap(columnsIn).some(({ id }) => id === share!.column.id));
  const below = input.input;
  const method = below.kind === 'rank' ? 'RRF' : 'LINEAR';
  const rows = below.kind === 'rank' || below.kind === 'join' ? below.input : below;
  const [scored, group] = call.args.flatMap(columnsIn);
  const score = method === 'LINEAR' ? scored : rows.output.find(({ name }) => name === total?.column.name);
  return group ? { method, score: score ?? null, group, options: call.options ?? [], rows } : null;
}
