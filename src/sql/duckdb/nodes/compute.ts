import type { Compute } from '../../../plan/nodes.ts';
import { join, sql } from '../../sql.ts';
import type { Rows, Statement } from '../statement.ts';

/** The rows with columns added to them. */
export function emitCompute(plan: Compute, input: Rows, statement: Statement): Rows {
  const columns = new Map(input.columns);
  const items = plan.definitions.flatMap(({ column, expression }) => {
    if (column.type === 'null') return [];
    const { items, place } = statement.named(column, statement.expression(expression, input));
    columns.set(column.id, place);
    return items;
  });
  if (items.length === 0) return input;
  return statement.step('eval', sql`SELECT *, ${join(items, ', ')} FROM ${input.name}`, columns);
}
