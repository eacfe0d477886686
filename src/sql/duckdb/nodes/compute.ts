import type { Compute } from '../../../plan/nodes.ts';
import { join, sql } from '../../sql.ts';
import { emitExpression } from '../expressions.ts';
import type { Rows, Statement } from '../statement.ts';
import { LetColumns } from './let-columns.ts';

/** The rows with columns added to them. */
export function emitCompute(plan: Compute, input: Rows, statement: Statement): Rows {
  const lets = new LetColumns(input, statement);
  const columns = new Map(input.columns);
  const items = plan.definitions.flatMap(({ column: defined, expression }) => {
    if (defined.type === 'null') return [];
    const value = emitExpression(expression, { ...statement.scope(input), column: lets.column });
    const { items, place } = statement.named(defined, value);
    columns.set(defined.id, place);
    return items;
  });
  if (items.length === 0) return input;
  return statement.step('eval', sql`SELECT *, ${join(items, ', ')} FROM ${lets.rowsFor(items).name}`, columns);
}
