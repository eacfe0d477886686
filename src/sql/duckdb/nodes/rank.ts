import type { Rank } from '../../../plan/nodes.ts';
import { ident, join, sql } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import type { Rows, Statement } from '../statement.ts';

/** The place of each row in its group, in the order in which rows arrive. */
export function emitRank(plan: Rank, input: Rows, statement: Statement): Rows {
  const columns = new Map(input.columns);
  const arrival = ident(statement.alias('(arrival)'));
  const arrived = statement.step(
    'arrived',
    sql`SELECT *, row_number() OVER () AS ${arrival} FROM ${input.name}`,
    columns,
  );
  const by = placeOf(plan.by, columns).single;
  const rank = sql`row_number() OVER (PARTITION BY ${by} ORDER BY ${arrival})`;
  const { items, place } = statement.named(plan.column, { single: rank, list: null });
  columns.set(plan.column.id, place);
  return statement.step('rank', sql`SELECT *, ${join(items, ', ')} FROM ${arrived.name}`, columns);
}
