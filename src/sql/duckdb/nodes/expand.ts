import type { Column } from '../../../plan/column.ts';
import type { Expand } from '../../../plan/nodes.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import type { Rows, Statement } from '../statement.ts';

/** A row for each value of a column. */
export function emitExpand(plan: Expand, input: Rows, statement: Statement): Rows {
  const columns = new Map(input.columns);
  const value = placeOf(plan.source, input.columns);
  if (!value.list) {
    columns.set(plan.column.id, value);
    if (plan.place) columns.set(plan.place.id, { single: sql`0`, list: null });
    return { name: input.name, columns };
  }
  const values = sql`CASE WHEN ${value.list} IS NULL THEN [${value.single}] ELSE ${value.list} END`;
  const added = (column: Column, each: Sql): Sql => {
    const alias = ident(statement.alias(column.name));
    columns.set(column.id, { single: alias, list: null });
    return sql`${each} AS ${alias}`;
  };
  const each = [added(plan.column, sql`unnest(${values})`)];
  // Both go through the values side by side.
  if (plan.place) each.push(added(plan.place, sql`unnest(range(len(${values})))::INTEGER`));
  return statement.step('expand', sql`SELECT *, ${join(each, ', ')} FROM ${input.name}`, columns);
}
