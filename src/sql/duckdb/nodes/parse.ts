import type { Parse } from '../../../plan/nodes.ts';
import { ident, join, number, type Sql, sql, text } from '../../sql.ts';
import { mapList } from '../fragments.ts';
import type { Representation } from '../representation.ts';
import { fromList, single } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';
import { type TextParserSql, textParserSql } from '../text-parsers.ts';

/** Columns taken out of a text. Every text is taken apart once, into a list for each column. */
export function emitParse(plan: Parse, input: Rows, statement: Statement): Rows {
  const columns = new Map(input.columns);
  const value = statement.expression(plan.value, input);
  const parser = textParserSql(plan);
  if (parser.apart && !value.list) return emitApart(plan, value.single, parser, input, statement);
  const parsed = ident(statement.alias('(parsed)'));
  const warn = (reason: Sql): Sql => statement.warn(plan.warns ?? plan.value.span, reason, sql`VARCHAR[][]`);
  const one = (text: Sql): Sql => parser.parse(text, warn);
  // Of several texts, those that fit are put together column by column.
  const v = ident('v');
  const ofList = (list: Sql): Sql =>
    sql`list_transform(range(${number(plan.columns.length)}), lambda i: flatten(list_transform(list_filter(list_transform(${list}, lambda ${v}: ${one(v)}), lambda ${v}: ${v} IS NOT NULL), lambda ${v}: coalesce(${v}[i + 1], []))))`;
  const ofSeveral = {
    all: ofList,
    first: (list: Sql) => one(sql`${list}[1]`),
    one: () => warn(text("java.lang.IllegalArgumentException: This command doesn't support multi-value input")),
  }[parser.takes ?? 'all'];
  const whole = value.list
    ? sql`CASE WHEN ${value.list} IS NOT NULL THEN ${ofSeveral(value.list)} ELSE ${one(value.single)} END`
    : one(value.single);
  const first = statement.step('parse', sql`SELECT *, ${whole} AS ${parsed} FROM ${input.name}`, columns);
  const items = plan.columns.flatMap((column, i) => {
    const { several, convert } = parser.columns[i]!;
    const texts = sql`${parsed}[${number(i + 1)}]`;
    const made: Representation =
      several || (value.list && !parser.takes)
        ? fromList(mapList(texts, convert))
        : { single: convert(sql`${texts}[1]`), list: null };
    const { items: named, place } = statement.named(column, made);
    columns.set(column.id, place);
    return named;
  });
  const body = sql`SELECT * EXCLUDE (${parsed}), ${join(items, ', ')} FROM ${first.name}`;
  return statement.step('fields', body, columns);
}

/** Columns that are taken out of a text one by one. */
function emitApart(
  plan: Parse,
  value: Sql,
  { apart, columns: made }: TextParserSql,
  input: Rows,
  statement: Statement,
): Rows {
  const columns = new Map(input.columns);
  const items = plan.columns.flatMap((column, i) => {
    const { items: named, place } = statement.named(column, single(made[i]!.convert(apart!(value, i))));
    columns.set(column.id, place);
    return named;
  });
  return statement.step('fields', sql`SELECT *, ${join(items, ', ')} FROM ${input.name}`, columns);
}
