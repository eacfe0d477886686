import type { Span } from '../../../diagnostics/source-text.ts';
import type { Join } from '../../../plan/nodes.ts';
import type { EsqlType } from '../../../values/types.ts';
import { join, type Sql, sql, text } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import { inNanos } from '../in-nanos.ts';
import { rounded } from '../precision.ts';
import type { Representation } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';
import { storageType } from '../storage-type.ts';
import { recorded } from '../warning-sites.ts';

const severalKeys = 'java.lang.IllegalArgumentException: LOOKUP JOIN encountered multi-value';

/** Every row with each row of the right side that fits it, or with nulls where none does. */
export function emitJoin(plan: Join, left: Rows, right: Rows, statement: Statement): Rows {
  const fitting = withoutSeveralKeys(plan, left, right, statement);
  const columns = new Map([...left.columns, ...fitting.columns]);
  const tests = plan.on.map((key) => {
    const [a, b] = [placeOf(key.left, left.columns), placeOf(key.right, fitting.columns)];
    if (key.left.type === 'null' || key.right.type === 'null') return plan.nullsMatch ? sql`true` : sql`false`;
    const equal = plan.nullsMatch ? sql`IS NOT DISTINCT FROM` : sql`=`;
    const value = plan.warns ? oneKey(a, key.left.type, plan.warns, statement) : a.single;
    return sql`${likeRight(key, value)} ${equal} ${b.single}`;
  });
  if (plan.condition) tests.push(statement.expression(plan.condition, { name: left.name, columns }).single);
  const items = plan.taken.flatMap(({ source, column }) => {
    if (column.type === 'null' || column.type === 'unsupported') return [];
    const { items: named, place } = statement.named(column, placeOf(source, fitting.columns));
    columns.set(column.id, place);
    return named;
  });
  const extra = items.length > 0 ? sql`, ${join(items, ', ')}` : sql``;
  const on = tests.length > 0 ? join(tests, ' AND ') : sql`true`;
  return statement.step(
    'join',
    sql`SELECT ${left.name}.*${extra} FROM ${left.name} LEFT JOIN ${fitting.name} ON ${on}`,
    columns,
  );
}

/** A key of the left as one of the right; null where the right cannot have it. */
function likeRight({ left, right, precision }: Join['on'][number], value: Sql): Sql {
  if (precision) return rounded(value, precision);
  if (left.type === 'date' && right.type === 'date_nanos') return inNanos(value);
  if (left.type === 'date_nanos' && right.type === 'date')
    return sql`CASE WHEN epoch_ns(${value}) % 1000 = 0 THEN (${value})::TIMESTAMP END`;
  return value;
}

/** A key that must be one value: null and a warning where there are several. */
function oneKey({ single, list }: Representation, type: EsqlType, span: Span, statement: Statement): Sql {
  if (!list) return single;
  const warn = statement.warn(span, text(severalKeys), storageType(type));
  return sql`CASE WHEN ${list} IS NOT NULL THEN ${warn} ELSE ${single} END`;
}

/** Rows of the right side with several keys fit nothing; those that would have are warned of. */
function withoutSeveralKeys(plan: Join, left: Rows, right: Rows, statement: Statement): Rows {
  const span = plan.warns;
  const keys = plan.on
    .filter((key) => key.left.type !== 'null' && key.right.type !== 'null')
    .map((key) => {
      const { single, list } = placeOf(key.right, right.columns);
      const value = likeRight(key, placeOf(key.left, left.columns).single);
      const equal = sql`${value} = ${single}`;
      return { list, fits: list ? sql`(${equal} OR list_contains(${list}, ${value}))` : equal };
    });
  const lists = keys.flatMap(({ list }) => list ?? []);
  if (!span || lists.length === 0) return right;
  const several = lists.map((list) => sql`${list} IS NOT NULL`);
  const fits = keys.map((key) => key.fits);
  const warned = recorded(statement.sites.add(span, 'null'), text(severalKeys));
  // The engine looks at both sides of an AND; a case it decides first.
  const fitting = sql`(${join(several, ' OR ')}) AND EXISTS (SELECT 1 FROM ${left.name} WHERE ${join(fits, ' AND ')})`;
  const test = sql`CASE WHEN ${fitting} THEN ${warned} ELSE false END`;
  return statement.step('lookup', sql`SELECT * FROM ${right.name} WHERE NOT ${test}`, right.columns);
}
