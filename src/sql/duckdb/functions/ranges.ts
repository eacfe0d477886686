import type { Argument } from '../../../functions/definition.ts';
import type { ranges } from '../../../functions/ranges.ts';
import { type Sql, sql } from '../../sql.ts';
import type { EmitContext, SqlFor } from './contract.ts';
import { plainDate } from './dates.ts';

/** Milliseconds since the epoch at which a value begins, and before which it ends; a date is a millisecond long. */
function boundsOf(value: Sql, { type }: Argument): { readonly from: Sql; readonly to: Sql } {
  if (type === 'date_range')
    return { from: sql`harrier_range_bound(${value}, 1::INTEGER)`, to: sql`harrier_range_bound(${value}, 2::INTEGER)` };
  const time = sql`epoch_ms(${plainDate(value, type)})`;
  return { from: time, to: sql`(${time} + 1)` };
}

const within = (inner: Sql, a: Argument, outer: Sql, b: Argument): Sql => {
  const [one, other] = [boundsOf(inner, a), boundsOf(outer, b)];
  return sql`(${one.from} >= ${other.from} AND ${one.to} <= ${other.to})`;
};

type Two = (typeof ranges)['RANGE_WITHIN']['parameters'];
type Call = Pick<EmitContext<Two>, 'args'>;

export const rangeSql: SqlFor<typeof ranges> = {
  RANGE_MIN: ([range], { args: [arg] }) => sql`make_timestamp_ms(${boundsOf(range, arg).from})`,
  RANGE_MAX: ([range], { args: [arg] }) => sql`make_timestamp_ms(${boundsOf(range, arg).to})`,
  RANGE_WITHIN: ([a, b], { args: [left, right] }: Call) => within(a, left, b, right),
  RANGE_CONTAINS: ([a, b], { args: [left, right] }: Call) => within(b, right, a, left),
  RANGE_INTERSECTS([a, b], { args: [left, right] }) {
    const [one, other] = [boundsOf(a, left), boundsOf(b, right)];
    return sql`(${one.from} < ${other.to} AND ${other.from} < ${one.to})`;
  },
};
