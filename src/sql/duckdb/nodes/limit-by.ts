import type { LimitBy } from '../../../plan/nodes.ts';
import { join, number, sql } from '../../sql.ts';
import { orderBy } from '../order-by.ts';
import type { Rows, Statement } from '../statement.ts';

/** The first rows of each group. */
export function emitLimitBy(plan: LimitBy, input: Rows, statement: Statement): Rows {
  const keys = plan.keys.flatMap((key) => {
    if (key.type === 'null') return [];
    const { single, list } = statement.expression(key, input);
    return list ? [single, list] : [single];
  });
  const order = orderBy(plan.order, input, statement);
  const parts = [
    ...(keys.length > 0 ? [sql`PARTITION BY ${join(keys, ', ')}`] : []),
    ...(order.length > 0 ? [sql`ORDER BY ${join(order, ', ')}`] : []),
  ];
  const place = sql`row_number() OVER (${parts.reduce((a, b) => sql`${a} ${b}`, sql``)})`;
  const body = sql`SELECT * FROM ${input.name} QUALIFY ${place} <= ${number(plan.count)}`;
  return statement.step('limit_by', body, input.columns);
}
