import type { Expand } from '../../../plan/nodes.ts';
import { ident, sql } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import type { Rows, Statement } from '../statement.ts';

/** A row for each value of a column. */
export function emitExpand(plan: Expand, input: Rows, statement: Statement): Rows {
  const columns = new Map(input.columns);
  const value = placeOf(plan.source, input.columns);
  if (!value.list) {
    columns.set(plan.column.id, value);
    return { name: input.name, columns };
  }
  const each = sql`unnest(CASE WHEN ${value.list} IS NULL THEN [${value.single}] ELSE ${value.list} END)`;
  const alias = ident(statement.alias(plan.column.name));
  columns.set(plan.column.id, { single: alias, list: null });
  return statement.step('expand', sql`SELECT *, ${each} AS ${alias} FROM ${input.name}`, columns);
}
