import type { Aggregate, AggregateCall } from '../../../plan/nodes.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import { aggregateSqlOf } from '../functions/table.ts';
import type { Representation } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';
import { storageType } from '../storage-type.ts';

/** One row for each group. Keys that may hold several values are unrolled before the rows are grouped. */
export function emitAggregate(plan: Aggregate, given: Rows, statement: Statement): Rows {
  let input = given;
  const columns = new Map<number, Representation>();
  const keys: Sql[] = [];
  const items: Sql[] = [];
  for (const { source, column } of plan.groups) {
    let value = placeOf(source, input.columns);
    if (value.list) {
      const alias = ident(statement.alias(`${column.name} (each)`));
      const { single, list } = value;
      const each = sql`unnest(CASE WHEN ${list} IS NULL THEN [${single}] ELSE list_distinct(${list}) END)`;
      input = statement.step('unroll', sql`SELECT *, ${each} AS ${alias} FROM ${input.name}`, input.columns);
      value = { single: alias, list: null };
    }
    if (column.type === 'null') continue;
    const { items: named, place } = statement.named(column, value);
    keys.push(value.single);
    items.push(...named);
    columns.set(column.id, place);
  }
  for (const call of plan.aggregates) {
    const value = aggregated(call, input, statement);
    if (call.column.type === 'null') continue;
    const { items: named, place } = statement.named(call.column, value);
    items.push(...named);
    columns.set(call.column.id, place);
  }
  // Without aggregates and keys there is one row still; with keys of no type, one group.
  const select = items.length > 0 ? join(items, ', ') : sql`count(*) AS ${ident(statement.alias('(no columns)'))}`;
  const group =
    keys.length > 0 ? sql` GROUP BY ${join(keys, ', ')}` : plan.groups.length > 0 ? sql` HAVING count(*) > 0` : sql``;
  return statement.step('stats', sql`SELECT ${select} FROM ${input.name}${group}`, columns);
}

function aggregated(call: AggregateCall, input: Rows, statement: Statement): Representation {
  const { type } = call.column;
  const values = call.args.map((arg) => statement.expression(arg, input));
  const filter = call.filter ? sql` FILTER (WHERE ${statement.expression(call.filter, input).single})` : sql``;
  const args = call.args.map((arg) => ({
    type: arg.type,
    multi: arg.multi,
    text: statement.textOf(arg),
    ...(arg.kind === 'constant' && { value: arg.value }),
  }));
  const options = call.options && { options: call.options };
  const warn = (reason: Sql, storage = storageType(type)): Sql => statement.warn(call.span, reason, storage);
  const { single, list, failure } = aggregateSqlOf(call.function)(values, { args, type, filter, warn, ...options });
  if (!failure) return { single, list };
  return { single: sql`coalesce(${single}, CASE WHEN ${failure.when} THEN ${warn(failure.reason)} END)`, list };
}
