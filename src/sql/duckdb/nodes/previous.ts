import type { Previous } from '../../../plan/nodes.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { orderBy } from '../order-by.ts';
import type { Representation } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';

/** A column with what the row before has, in an order and within a group. */
export function emitPrevious(plan: Previous, input: Rows, statement: Statement): Rows {
  const columns = new Map(input.columns);
  const keys = plan.groups.flatMap((key) => {
    if (key.type === 'null') return [];
    const { single, list } = statement.expression(key, input);
    return list ? [single, list] : [single];
  });
  const order = orderBy(plan.order, input, statement);
  const parts = [
    ...(keys.length > 0 ? [sql`PARTITION BY ${join(keys, ', ')}`] : []),
    ...(order.length > 0 ? [sql`ORDER BY ${join(order, ', ')}`] : []),
  ];
  const window = parts.reduce((a, b) => sql`${a} ${b}`, sql``);
  const before = (value: Sql): Sql => sql`lag(${value}) OVER (${window})`;
  const value = statement.expression(plan.value, input);
  const made: Representation = { single: before(value.single), list: value.list && before(value.list) };
  const { items, place } = statement.named(plan.column, made);
  columns.set(plan.column.id, place);
  return statement.step('previous', sql`SELECT *, ${join(items, ', ')} FROM ${input.name}`, columns);
}
