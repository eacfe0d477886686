import { categoryFormat, categoryThreshold } from '../../../functions/grouping.ts';
import { aggregateNamed } from '../../../functions/table.ts';
import type { Column } from '../../../plan/column.ts';
import { columnsIn, type Expression, reference } from '../../../plan/expression.ts';
import type { Aggregate, AggregateCall, Join, Plan } from '../../../plan/nodes.ts';
import { ident, number, type Sql, sql, text } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import type { Representation } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';

/*
 * Counts and the like by categories of texts alone: rows are put together by their tokens first, and the groups by their
 * categories, which the tokens of all groups give. A join of rows with categories instead makes the tokens of each row twice.
 * With other keys there may be nearly as many groups as rows, which would stand in one list.
 */

/** Rows that get the categories of their texts, and the call that makes these of tokens. */
interface Categorized {
  readonly join: Join;
  readonly call: AggregateCall;
}

/** What a plan groups by category; null where it does not, or its aggregates cannot be put together of parts. */
export function groupedByCategory({ input, groups, aggregates }: Aggregate): Categorized | null {
  if (input.kind !== 'join' || input.condition || input.on.length !== 1 || input.taken.length !== 1) return null;
  const call = categoriesIn(input.right);
  const category = input.taken[0]!.column;
  if (!call || groups.length !== 1 || groups[0]!.source.id !== category.id) return null;
  const isOther = (read: Expression): boolean => columnsIn(read).every(({ id }) => id !== category.id);
  const isPart = ({ function: name, args, filter, column }: AggregateCall): boolean =>
    aggregateNamed(name).combinedBy !== undefined &&
    column.type !== 'null' &&
    [...args, ...(filter ? [filter] : [])].every(isOther);
  return aggregates.every(isPart) ? { join: input, call } : null;
}

/** The call that makes categories of the tokens of all rows; null where a plan has none. */
export function categoriesIn(plan: Plan): AggregateCall | null {
  if (plan.kind === 'compute' || plan.kind === 'expand' || plan.kind === 'project') return categoriesIn(plan.input);
  return (plan.kind === 'aggregate' && plan.aggregates.find((call) => call.function === 'CATEGORIES')) || null;
}

/** A column of the first groups, with a number that no other has. */
const partOf = (column: Column): Column => ({ ...column, id: -1 - column.id });

/** Rows grouped by the categories of their texts; `group` is how rows are grouped otherwise. */
export function emitByCategory(
  plan: Aggregate,
  { join: { on, taken }, call }: Categorized,
  input: Rows,
  statement: Statement,
  group: (plan: Aggregate, rows: Rows) => Rows,
): Rows {
  const tokens = on[0]!.left;
  const category = taken[0]!.column;
  const key = partOf(tokens);
  const parts = plan.aggregates.map((one) => ({ ...one, column: partOf(one.column) }));
  const count: AggregateCall = {
    column: { ...partOf(category), name: '(texts)', type: 'long' },
    function: 'COUNT',
    args: [],
    filter: null,
    span: call.span,
  };
  const aggregates = [...parts, count];
  const output = [key, ...aggregates.map(({ column }) => column)];
  const byTokens = group({ ...plan, groups: [{ source: tokens, column: key }], aggregates, output }, input);

  const name = (base: string): Sql => ident(statement.alias(base));
  const [all, categories, row, line] = [name('(all)'), name('(categories)'), name('(row)'), name('(category)')];
  const of = (column: Column): Representation => placeOf(column, byTokens.columns);
  const inList = (value: (group: Sql) => Sql, separator: Sql): Sql =>
    sql`array_to_string(list_transform(${all}, lambda g: ${value(sql`g`)}), ${separator})`;
  const texts = inList((one) => sql`coalesce(${one}.${of(key).single}, '')`, sql`chr(10)`);
  const counts = inList((one) => sql`(${one}.${of(count.column).single})::VARCHAR`, sql`' '`);
  const given = sql`harrier_category_of_each(${texts}, ${counts}, ${number(categoryThreshold(call.options))}::INTEGER, ${text(categoryFormat(call.options))})`;
  const nothing = new Map();
  const listed = statement.step('all', sql`SELECT list(${byTokens.name}) AS ${all} FROM ${byTokens.name}`, nothing);
  const found = statement.step(
    'categories',
    sql`SELECT ${all}, ${given} AS ${categories} FROM ${listed.name}`,
    nothing,
  );
  const each = statement.step(
    'each',
    sql`SELECT unnest(${all}) AS ${row}, unnest(string_split(${categories}, chr(10))) AS ${line} FROM ${found.name}`,
    nothing,
  );
  const inRow = ({ single, list }: Representation): Representation => ({
    single: sql`${row}.${single}`,
    list: list && sql`${row}.${list}`,
  });
  const columns = new Map<number, Representation>([
    [category.id, { single: sql`nullif(${line}, '')`, list: null }],
    ...parts.map(({ column }) => [column.id, inRow(of(column))] as const),
  ]);
  const whole = plan.aggregates.map((one, i) => ({
    ...one,
    function: aggregateNamed(one.function).combinedBy!,
    args: [reference(parts[i]!.column, one.span)],
    filter: null,
  }));
  return group({ ...plan, aggregates: whole }, { name: each.name, columns });
}
