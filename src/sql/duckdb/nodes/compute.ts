import type { Compute } from '../../../plan/nodes.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { emitExpression } from '../expressions.ts';
import type { Rows, Statement } from '../statement.ts';

/** The rows with columns added to them. */
export function emitCompute(plan: Compute, input: Rows, statement: Statement): Rows {
  let rows = input;
  const known = new Map<Sql, Sql>();
  /** Values that an expression names often are columns of steps before it. */
  const column = (value: Sql): Sql => {
    const found = known.get(value);
    if (found) return found;
    const name = ident(statement.alias('let'));
    rows = statement.step('let', sql`SELECT *, ${value} AS ${name} FROM ${rows.name}`, input.columns);
    known.set(value, name);
    return name;
  };
  const columns = new Map(input.columns);
  const items = plan.definitions.flatMap(({ column: defined, expression }) => {
    if (defined.type === 'null') return [];
    const value = emitExpression(expression, { ...statement.scope(input), column });
    const { items, place } = statement.named(defined, value);
    columns.set(defined.id, place);
    return items;
  });
  if (items.length === 0) return input;
  return statement.step('eval', sql`SELECT *, ${join(items, ', ')} FROM ${rows.name}`, columns);
}
