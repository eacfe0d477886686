import type { Join } from '../../../plan/nodes.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import type { Representation } from '../representation.ts';
import { fromList, valuesOf } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';

/** A join that multiplies no row: each gets the values of all rows of the right side that fit it. */
export function emitCollect(plan: Join, left: Rows, right: Rows, statement: Statement): Rows {
  if (isPlainKey(plan, left, right)) return emitCollectByKey(plan, left, right, statement);
  const columns = new Map(left.columns);
  const tests = plan.on.map((key) => {
    const [a, b] = [placeOf(key.left, left.columns), placeOf(key.right, right.columns)];
    return plan.nullsMatch ? sql`(${fits(a, b)} OR (${isNull(a)} AND ${isNull(b)}))` : fits(a, b);
  });
  if (plan.condition) {
    const both = { name: left.name, columns: new Map([...left.columns, ...right.columns]) };
    tests.push(statement.expression(plan.condition, both).single);
  }
  // Values come in the order of what they were found by, so that two runs give the same. A key that is always null orders nothing.
  const keys = plan.on.flatMap((key) => {
    if (key.right.type === 'null') return [];
    const { single, list } = placeOf(key.right, right.columns);
    return [list ? sql`coalesce(${single}, ${list}[1])` : single];
  });
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

/** Whether rows fit by the equality of single values alone. */
const isPlainKey = (plan: Join, left: Rows, right: Rows): boolean =>
  plan.on.length > 0 &&
  !plan.condition &&
  !plan.nullsMatch &&
  plan.on.every((key) => !placeOf(key.left, left.columns).list && !placeOf(key.right, right.columns).list);

/**
 * The same where rows fit by equality: the values of each key are put together once, and joined. A subquery for each row
 * took four times what a join does.
 */
function emitCollectByKey(plan: Join, left: Rows, right: Rows, statement: Statement): Rows {
  const columns = new Map(left.columns);
  const keys = plan.on.map((key) => ({
    name: ident(statement.alias('(key)')),
    left: placeOf(key.left, left.columns).single,
    right: placeOf(key.right, right.columns).single,
  }));
  const by = join(
    keys.map((key) => key.right),
    ', ',
  );
  const lists: Sql[] = [];
  const values: Sql[] = [];
  const names: Sql[] = [];
  for (const { source, column } of plan.taken) {
    if (column.type === 'null' || column.type === 'unsupported') continue;
    const all = ident(statement.alias(`${column.name} (all)`));
    const value = valuesOf(placeOf(source, right.columns));
    lists.push(sql`list_filter(flatten(list(${value} ORDER BY ${by})), lambda v: v IS NOT NULL) AS ${all}`);
    const { items, place } = statement.named(column, fromList(all));
    values.push(...items);
    names.push(...[place.single, place.list].flatMap((name) => name ?? []));
    columns.set(column.id, place);
  }
  if (values.length === 0) return left;
  const named = keys.map((key) => sql`${key.right} AS ${key.name}`);
  const collected = statement.step(
    'collected',
    sql`SELECT ${join([...named, ...lists], ', ')} FROM ${right.name} GROUP BY ${by}`,
    new Map(),
  );
  const found = statement.step(
    'found',
    sql`SELECT ${join([...keys.map((key) => key.name), ...values], ', ')} FROM ${collected.name}`,
    new Map(),
  );
  const same = keys.map((key) => sql`${key.left} = ${key.name}`);
  return statement.step(
    'collect',
    sql`SELECT ${left.name}.*, ${join(names, ', ')} FROM ${left.name} LEFT JOIN ${found.name} ON ${join(same, ' AND ')}`,
    columns,
  );
}
