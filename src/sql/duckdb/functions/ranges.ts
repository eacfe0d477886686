import type { Argument } from '../../../functions/definition.ts';
import type { rangeConversions, ranges } from '../../../functions/ranges.ts';
import { type Sql, sql, text } from '../../sql.ts';
import type { EmitContext, SqlFor } from './contract.ts';
import { plainDate } from './dates.ts';
import { toText } from './texts.ts';

/** Where a range begins, and before which it ends: numbers, or milliseconds since the epoch. */
interface Bounds {
  readonly from: Sql;
  readonly to: Sql;
}

function boundsOf(value: Sql, { type }: Argument): Bounds {
  const bound = (place: Sql): Sql =>
    type === 'double_range'
      ? sql`harrier_double_bound(${value}, ${place})`
      : sql`harrier_date_bound(${value}, ${place})`;
  return { from: bound(sql`1::INTEGER`), to: bound(sql`2::INTEGER`) };
}

/** Whether a range, or a single value, lies in a range. */
function within(inner: Sql, a: Argument, outer: Sql, b: Argument): Sql {
  const around = boundsOf(outer, b);
  if (a.type === 'date_range' || a.type === 'double_range') {
    const { from, to } = boundsOf(inner, a);
    return sql`(${from} >= ${around.from} AND ${to} <= ${around.to})`;
  }
  const value = a.type === 'double' ? inner : sql`epoch_ms(${plainDate(inner, a.type)})`;
  return sql`(${value} >= ${around.from} AND ${value} < ${around.to})`;
}

type Two = (typeof ranges)['RANGE_WITHIN']['parameters'];
type Call = Pick<EmitContext<Two>, 'args'>;

const bound =
  (side: keyof Bounds) =>
  ([range]: readonly [Sql], { args: [arg] }: { readonly args: readonly [Argument] }): Sql => {
    const value = boundsOf(range, arg)[side];
    return arg.type === 'double_range' ? value : sql`make_timestamp_ms(${value})`;
  };

export const rangeSql: SqlFor<typeof ranges> = {
  RANGE_MIN: bound('from'),
  RANGE_MAX: bound('to'),
  RANGE_WITHIN: ([a, b], { args: [left, right] }: Call) => within(a, left, b, right),
  RANGE_CONTAINS: ([a, b], { args: [left, right] }: Call) => within(b, right, a, left),
  RANGE_INTERSECTS([a, b], { args: [left, right] }) {
    const [one, other] = [boundsOf(a, left), boundsOf(b, right)];
    return sql`(${one.from} < ${other.to} AND ${other.from} < ${one.to})`;
  },
};

export const rangeConversionSql: SqlFor<typeof rangeConversions> = {
  TO_RANGE([from, to], { type }) {
    if (type === 'null') return sql`NULL::VARCHAR`;
    const of = type === 'double_range' ? 'double' : 'date';
    const shown = (value: Sql): Sql => (of === 'date' ? sql`epoch_ms(${value})::VARCHAR` : toText(value, of));
    const isOrdered = sql`${from} < ${to}`;
    return {
      value: sql`CASE WHEN ${isOrdered} THEN ${toText(from, of)} || '..' || ${toText(to, of)} END`,
      failure: {
        when: sql`NOT (${isOrdered})`,
        reason: sql`${text("java.lang.IllegalArgumentException: 'from' [")} || ${shown(from)} || ${text("] must be less than 'to' [")} || ${shown(to)} || ']'`,
      },
    };
  },
};
