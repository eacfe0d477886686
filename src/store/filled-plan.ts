import type { DuckDBConnection } from '@duckdb/node-api';
import { columnOf, type Part } from '../documents/columns.ts';
import type { FilledKinds } from '../documents/document-reader.ts';
import { ident, join, type Sql, sql } from '../sql/sql.ts';
import type { FieldColumns } from '../tables/field-columns.ts';
import { mixedKinds, partsOf } from '../tables/index-columns.ts';
import type { RowPlan } from '../tables/row-plan.ts';

/** Columns that are looked at in one statement. */
const askedAtOnce = 2000;

/** A plan with those columns alone in which rows have values, and the fields that have these. */
export interface FilledPlan {
  readonly plan: RowPlan;
  readonly filled: ReadonlyMap<string, FieldColumns>;
}

/**
 * Leaves columns out of a plan in which none of the accepted rows has a value: a mapping makes many that only some kinds of
 * events have. Columns that the table has values in already (`known`) are kept without a look.
 */
export async function filledPlan(
  connection: DuckDBConnection,
  plan: RowPlan,
  kinds: ReadonlyMap<string, FilledKinds>,
  known: ReadonlyMap<string, FieldColumns>,
  accepted: Sql,
): Promise<FilledPlan> {
  const there = new Set([...known].flatMap(([name, own]) => partsOf(own).map((part) => columnOf(name, part))));
  const tests: { readonly mark: string; readonly test: Sql }[] = [];
  for (const { name, value } of plan.columns)
    if (!there.has(name)) tests.push({ mark: name, test: sql`count(${value}) > 0` });
  // A field is there even where no value fits it.
  for (const { field, bad } of plan.typed)
    if (bad && !known.has(field.name)) tests.push({ mark: badMark(field.name), test: sql`count_if(${bad}) > 0` });
  for (let from = 0; from < tests.length; from += askedAtOnce) {
    const some = tests.slice(from, from + askedAtOnce);
    const marks = some.map(({ test }) => sql`if(${test}, '1', '0')`);
    const rows = await connection.runAndReadAll(
      sql`SELECT concat(${join(marks, ', ')}) FROM (${plan.relation}) WHERE ${accepted}`,
    );
    const found = String(rows.getRows()[0]![0]);
    some.forEach(({ mark }, i) => {
      if (found[i] === '1') there.add(mark);
    });
  }
  const has = (name: string, part: Part): boolean => there.has(columnOf(name, part));
  const filled = new Map<string, FieldColumns>();
  for (const { field } of plan.typed) {
    const { name } = field;
    const [single, list] = [has(name, 'single'), has(name, 'list')];
    if (single || list || there.has(badMark(name))) filled.set(name, { kind: 'typed', single, list });
  }
  for (const [name, own] of kinds) {
    const columns = new Set([...own.columns].filter((part) => has(name, part)));
    if (columns.size > 0) filled.set(name, { kind: 'dynamic', ...own, columns, hasNegative: false });
  }
  const rows = sql`(SELECT *, '' AS "_index" FROM (${plan.relation}) WHERE ${accepted})`;
  const mixed = (await mixedKinds(connection, rows, filled)).get('');
  for (const [name, own] of filled)
    if (own.kind === 'dynamic' && own.mixed.size > 0)
      filled.set(name, { ...own, mixed: mixed?.get(name) ?? new Set() });
  return { plan: { ...plan, columns: plan.columns.filter(({ name }) => there.has(name)) }, filled };
}

/** What says that values do not fit a field; no column is called so. */
const badMark = (field: string): string => `_bad ${field}`;

/** Makes the rows of a plan that a condition accepts, and gives the plan of taking them as they are to who uses it. */
export async function withRowsOf<T>(
  connection: DuckDBConnection,
  plan: RowPlan,
  accepted: Sql,
  use: (made: RowPlan) => Promise<T>,
): Promise<T> {
  const items: Sql[] = [];
  const add = (name: string, value: Sql): Sql => {
    items.push(sql`${value} AS ${ident(name)}`);
    return ident(name);
  };
  for (const name of ['_n', '_id', '_version']) add(name, ident(name));
  const made = {
    ...plan,
    relation: sql`SELECT * FROM ${madeRows}`,
    source: add('_source', plan.source),
    ignored: add('_ignored', plan.ignored),
    columns: plan.columns.map((column) => ({ ...column, value: add(column.name, column.value) })),
    typed: plan.typed.map((one) => ({ ...one, bad: one.bad && add(badMark(one.field.name), one.bad) })),
  };
  await connection.run(
    sql`CREATE OR REPLACE TEMP TABLE ${madeRows} AS SELECT ${join(items, ', ')} FROM (${plan.relation}) WHERE ${accepted}`,
  );
  // Where this fails, the transaction ends, and the table with it.
  const result = await use(made);
  await connection.run(sql`DROP TABLE ${madeRows}`);
  return result;
}

const madeRows = ident('rows of mapped documents');
