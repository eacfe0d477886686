import type { Join } from '../../../plan/nodes.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import type { Representation } from '../representation.ts';
import { fromList, valuesOf } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';

/** A join that multiplies no row: each gets the values of all rows of the right side that fit it. */
export function emitCollect(plan: Join, left: Rows, right: Rows, statement: Statement): Rows {
  const columns = new Map(left.columns);
  const tests = plan.on.map((key) => {
    const [a, b] = [placeOf(key.left, left.columns), placeOf(key.right, right.columns)];
    return plan.nullsMatch ? sql`(${fits(a, b)} OR (${isNull(a)} AND ${isNull(b)}))` : fits(a, b);
  });
  if (plan.condition) {
    const both = { name: left.name, columns: new Map([...left.columns, ...right.columns]) };
    tests.push(statement.expression(plan.condition, both).single);
  }
  // Values come in the order of what they were found by, so that two runs give the same.
  const keys = plan.on.map((key) => placeOf(key.right, right.columns).single);
  const order = keys.length > 0 ? sql` ORDER BY ${join(keys, ', ')}` : sql``;
  const items = plan.taken.flatMap(({ source, column }) => {
    if (column.type === 'null' || column.type === 'unsupported') return [];
    const all = sql`flatten(list(${valuesOf(placeOf(source, right.columns))}${order}))`;
    const found = sql`(SELECT ${all} FROM ${right.name} WHERE ${tests.length > 0 ? join(tests, ' AND ') : sql`true`})`;
    const alias = ident(statement.alias(`${column.name} (all)`));
    columns.set(column.id, fromList(alias));
    return [sql`list_filter(${found}, lambda v: v IS NOT NULL) AS ${alias}`];
  });
  if (items.length === 0) return left;
  return statement.step('collect', sql`SELECT *, ${join(items, ', ')} FROM ${left.name}`, columns);
}

/** True when a value of one side is a value of the other. */
function fits(a: Representation, b: Representation): Sql {
  if (!a.list && !b.list) return sql`${a.single} = ${b.single}`;
  return sql`coalesce(list_has_any(${valuesOf(a)}, ${valuesOf(b)}), false)`;
}

const isNull = ({ single, list }: Representation): Sql =>
  list ? sql`${single} IS NULL AND ${list} IS NULL` : sql`${single} IS NULL`;
