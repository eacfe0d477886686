import type { Column } from './column.ts';
import { inputOf, type Plan } from './nodes.ts';

/**
 * The columns that say which row of an answer is which: the keys of its last STATS … BY, whether the answer shows them
 * or not, and what MV_EXPAND took apart since. None for a single row of totals; null where rows are no groups.
 */
export function rowKeys(plan: Plan): readonly Column[] | null {
  const keys: Column[] = [];
  let node: Plan | null = plan;
  for (; node && node.kind !== 'aggregate'; node = inputOf(node)) if (node.kind === 'expand') keys.push(node.column);
  return node && [...keys, ...node.groups.map(({ column }) => column)];
}
