import type { Parse } from '../../../plan/nodes.ts';
import { ident, join, number, type Sql, sql, text } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import { mapList } from '../fragments.ts';
import type { Representation } from '../representation.ts';
import { fromList, single } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';
import { type ByPart, type TextParserSql, textParserSql } from '../text-parsers.ts';

/**
 * Columns taken out of a text. Every text is taken apart once, into a list for each column. `again`: the same rows once more,
 * where they may be asked twice and their order does not matter.
 */
export function emitParse(plan: Parse, input: Rows, statement: Statement, again: (() => Rows) | null): Rows {
  const value = statement.expression(plan.value, input);
  const parser = textParserSql(plan);
  if (parser.apart && !value.list) return emitApart(plan, value.single, parser, input, statement);
  if (parser.byPart && !value.list && again)
    return emitByPart(plan, value.single, parser, parser.byPart, input, again(), statement);
  if (parser.isCostly && !value.list && again) return emitDistinct(plan, value.single, input, again(), statement);
  return emitEach(plan, value, parser, input, statement);
}

/**
 * Distinct texts are taken apart, and joined to the rows by their text: a call of JavaScript takes ten times as long as
 * finding a text, and most fields have far fewer texts than there are rows.
 */
function emitDistinct(plan: Parse, value: Sql, input: Rows, others: Rows, statement: Statement): Rows {
  const found = statement.expression(plan.value, others).single;
  const name = ident(statement.alias('(text)'));
  const body = sql`SELECT DISTINCT ${found} AS ${name} FROM ${others.name} WHERE ${found} IS NOT NULL`;
  const texts = statement.step('texts', body, new Map());
  const parsed = emitEach(plan, single(name), textParserSql(plan), texts, statement);
  const places = plan.columns.map((column) => [column.id, placeOf(column, parsed.columns)] as const);
  const taken = places.flatMap(([, { single: one, list }]) => (list ? [one, list] : [one]));
  const columns = new Map([...input.columns, ...places]);
  const joined = sql`SELECT ${input.name}.*, ${join(taken, ', ')} FROM ${input.name} LEFT JOIN ${parsed.name} ON ${value} = ${name}`;
  return statement.step('joined', joined, columns);
}

/**
 * What distinct parts of the texts say is joined to the rows; only texts of which that is not enough are taken apart one by
 * one. Names of hosts that all differed took six times as long, by their domains they take twice what SQL does.
 */
function emitByPart(
  plan: Parse,
  value: Sql,
  parser: TextParserSql,
  { of, known, wrong, column }: ByPart,
  input: Rows,
  others: Rows,
  statement: Statement,
): Rows {
  const [part, own, found, parsed] = ['(part)', '(own part)', '(known)', '(parsed)'].map((name) =>
    ident(statement.alias(name)),
  ) as [Sql, Sql, Sql, Sql];
  const given = statement.expression(plan.value, others).single;
  const nothing = new Map();
  // A condition on the part itself would work it out twice.
  const distinct = sql`SELECT DISTINCT ${of(given)} AS ${part} FROM ${others.name} WHERE ${given} IS NOT NULL`;
  const parts = statement.step('parts', distinct, nothing);
  const read = statement.step('known', sql`SELECT *, ${known(part)} AS ${found} FROM ${parts.name}`, nothing);
  const rows = statement.step('own', sql`SELECT *, ${of(value)} AS ${own} FROM ${input.name}`, input.columns);
  const joined = statement.step(
    'joined',
    sql`SELECT ${rows.name}.*, ${found} FROM ${rows.name} LEFT JOIN ${read.name} ON ${own} = ${part}`,
    input.columns,
  );
  const warn = (reason: Sql): Sql => statement.warn(plan.warns ?? plan.value.span, reason, sql`VARCHAR[][]`);
  const other = sql`CASE WHEN ${found} IS NULL AND ${value} IS NOT NULL THEN ${parser.parse(value, warn)} WHEN ${found} = ${wrong.known} THEN ${warn(wrong.reason(value))} END`;
  const all = statement.step('parse', sql`SELECT *, ${other} AS ${parsed} FROM ${joined.name}`, input.columns);
  const columns = new Map(input.columns);
  const items = plan.columns.flatMap((made, i) => {
    const text = sql`CASE WHEN ${found} <> ${wrong.known} THEN ${column(value, found, i)} ELSE ${parsed}[${number(i + 1)}][1] END`;
    const { items: named, place } = statement.named(made, single(parser.columns[i]!.convert(text)));
    columns.set(made.id, place);
    return named;
  });
  const hidden = join([own, found, parsed], ', ');
  return statement.step('fields', sql`SELECT * EXCLUDE (${hidden}), ${join(items, ', ')} FROM ${all.name}`, columns);
}

function emitEach(plan: Parse, value: Representation, parser: TextParserSql, input: Rows, statement: Statement): Rows {
  const columns = new Map(input.columns);
  const parsed = ident(statement.alias('(parsed)'));
  const warn = (reason: Sql): Sql => statement.warn(plan.warns ?? plan.value.span, reason, sql`VARCHAR[][]`);
  const parse = (text: Sql): Sql => parser.parse(text, warn);
  // Of several texts, those that fit are put together column by column.
  const v = ident('v');
  const ofList = (list: Sql): Sql =>
    sql`list_transform(range(${number(plan.columns.length)}), lambda i: flatten(list_transform(list_filter(list_transform(${list}, lambda ${v}: ${parse(v)}), lambda ${v}: ${v} IS NOT NULL), lambda ${v}: coalesce(${v}[i + 1], []))))`;
  const ofSeveral = {
    all: ofList,
    first: (list: Sql) => parse(sql`${list}[1]`),
    one: () => warn(text("java.lang.IllegalArgumentException: This command doesn't support multi-value input")),
  }[parser.takes ?? 'all'];
  const whole = value.list
    ? sql`CASE WHEN ${value.list} IS NOT NULL THEN ${ofSeveral(value.list)} ELSE ${parse(value.single)} END`
    : parse(value.single);
  const { plainly } = value.list ? {} : parser;
  const groups = ident(statement.alias('(groups)'));
  const recognised = plainly
    ? statement.step('plain', sql`SELECT *, ${plainly.groups(value.single)} AS ${groups} FROM ${input.name}`, columns)
    : input;
  const isOther = ident(statement.alias('(other)'));
  const otherwise = plainly?.isOther?.(value.single, groups) ?? sql`${groups}."whole" = ''`;
  const judged = plainly
    ? statement.step('judged', sql`SELECT *, ${otherwise} AS ${isOther} FROM ${recognised.name}`, columns)
    : recognised;
  const isPlain = sql`NOT ${isOther} AND ${groups}."whole" <> ''`;
  const other = plainly ? sql`CASE WHEN ${isOther} THEN ${whole} END` : whole;
  const first = statement.step('parse', sql`SELECT *, ${other} AS ${parsed} FROM ${judged.name}`, columns);
  const items = plan.columns.flatMap((column, i) => {
    const { several, convert } = parser.columns[i]!;
    const texts = sql`${parsed}[${number(i + 1)}]`;
    const one = sql`${texts}[1]`;
    const only = plainly ? sql`CASE WHEN ${isPlain} THEN ${plainly.column(groups, i)} ELSE ${one} END` : one;
    const made: Representation =
      several || (value.list && !parser.takes)
        ? fromList(mapList(texts, convert))
        : { single: convert(only), list: null };
    const { items: named, place } = statement.named(column, made);
    columns.set(column.id, place);
    return named;
  });
  const hidden = plainly ? [parsed, groups, isOther] : [parsed];
  const body = sql`SELECT * EXCLUDE (${join(hidden, ', ')}), ${join(items, ', ')} FROM ${first.name}`;
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
