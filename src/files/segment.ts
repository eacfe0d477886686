import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { ownColumns } from '../documents/columns.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { ident, join, list, number, type Sql, sql, text } from '../sql/sql.ts';
import type { FieldColumns } from '../tables/field-columns.ts';
import { ignoredNames } from '../tables/ignored-names.ts';
import { knownFields } from '../tables/mapped-field.ts';
import { withSteps } from '../tables/plan-field.ts';
import { columnsOf, planRows, type RowPlan } from '../tables/row-plan.ts';
import { preview, shown } from './bad-lines.ts';
import type { IgnoredValue } from './load-report.ts';
import { placeColumns } from './place-columns.ts';
import type { MappedSources } from './read-mapped.ts';

/** Events of files as rows: what was made of the columns that were read. */
export interface SegmentTable {
  readonly plan: RowPlan;
  /** Every field of which some event has a value, and its columns. */
  readonly columns: ReadonlyMap<string, FieldColumns>;
  /** Whether all values are in their common form: then all fit their types, and every column has some. */
  readonly isCommon: boolean;
  readonly isView: boolean;
}

/**
 * Makes rows of columns: a table, or, where the columns stay and no value has to be converted, a view of them, for to write
 * a table costs more than some queries do. `fallbacks`: the index of those events of each source that do not say theirs.
 */
export async function writeSegment(
  connection: DuckDBConnection,
  table: Sql,
  read: MappedSources,
  types: FieldTypes,
  fallbacks: readonly string[],
  columnsStay: string | null,
  datasets: ReadonlyMap<string, string>,
): Promise<SegmentTable> {
  const plan = planRows(
    { ...read, relation: read.relation ?? noRows },
    { typed: (name) => knownFields(name, types)[0], datasets, ignoresMalformed: () => true, longestKeyword: null },
  );
  const columns = columnsOf(plan, read);
  // What mappings say may come to nothing in every event.
  const isCommon = !read.isMapped && plan.typed.every(({ rest }) => rest === null);
  const isView = columnsStay !== null && isCommon && read.relation !== null;
  const distinct = new Set(fallbacks);
  const fallback =
    distinct.size === 1 ? text(fallbacks[0]!) : sql`(${list(fallbacks.map(text))})[${ident(placeColumns.file)} + 1]`;
  const items = [
    sql`coalesce(${plan.index}, ${fallback}) AS "_index"`,
    ident(placeColumns.file),
    ident(placeColumns.line),
    sql`${read.hasHitId ? ident(ownColumns.hitId) : sql`NULL::VARCHAR`} AS "_id"`,
    sql`${plan.ignored} AS "_ignored"`,
    ...plan.columns.map(({ name, value }) => sql`${value} AS ${ident(name)}`),
  ];
  const rows = sql`SELECT ${join(items, ', ')} FROM (${plan.relation})`;
  if (isView) {
    // Whatever else is forbidden later, these files may be read.
    await connection.run(sql`SET allowed_directories = ${list([text(`${columnsStay}/`)])}`);
    await connection.run(sql`CREATE OR REPLACE VIEW ${table} AS ${rows}`);
  } else {
    const own = [
      ['_index', sql`VARCHAR`],
      [placeColumns.file, sql`BIGINT`],
      [placeColumns.line, sql`BIGINT`],
      ['_id', sql`VARCHAR`],
      ['_ignored', sql`VARCHAR[]`],
    ] as const;
    const definitions = [
      ...own.map(([name, type]) => columnDefinition(name, type)),
      ...plan.columns.map(({ name, type }) => columnDefinition(name, type)),
    ];
    await connection.run(sql`CREATE OR REPLACE TABLE ${table} (${join(definitions, ', ')})`);
    await connection.run(sql`INSERT INTO ${table} ${rows}`);
  }
  return { plan, columns, isCommon, isView };
}

/**
 * A column of the table. Numbers of 128 bits are kept as they are: DuckDB (1.5) packs them by bits, and to unpack one takes
 * 150 ns and more, where one that is not packed takes 1. A store, in which rows that are alike stand together, keeps them as
 * runs, which takes less room.
 */
const columnDefinition = (name: string, type: Sql): Sql =>
  type === storageType('ip') ? sql`${ident(name)} ${type} USING COMPRESSION uncompressed` : sql`${ident(name)} ${type}`;

/** Where there is no event at all. */
const noRows = sql`(SELECT 0::BIGINT AS ${ident(placeColumns.file)}, 0::BIGINT AS ${ident(placeColumns.line)} WHERE false)`;

/** The first values that do not fit the types of their fields, each with its source; lines are counted from 1. */
export async function firstMistyped(
  connection: DuckDBConnection,
  { typed }: RowPlan,
  relation: Sql,
): Promise<(readonly [source: number, Omit<IgnoredValue, 'file'>])[]> {
  const judged = typed.flatMap(({ bad, rest, ...plan }) => (bad && rest ? [{ ...plan, bad, rest }] : []));
  if (judged.length === 0) return [];
  const texts = judged.map(({ field, rest }) => sql`WHEN name = ${text(field.name)} THEN ${rest}`);
  const prepared = withSteps(sql`SELECT * FROM ${relation}`, judged);
  const bad = ignoredNames(judged.map(({ field: { name }, bad: test }) => ({ name, bad: test })));
  const rows = sql`SELECT *, unnest(${bad}) AS name FROM (${prepared})`;
  const found = await connection.runAndReadAll(
    sql`SELECT ${ident(placeColumns.file)}, ${ident(placeColumns.line)}, name, CASE ${texts.reduce((a, b) => sql`${a} ${b}`)} END FROM (${rows}) ORDER BY 1, 2, 3 LIMIT ${number(shown)}`,
  );
  return found.getRows().map(([source, line, name, values]) => {
    const field = String(name);
    const { type } = judged.find((one) => one.field.name === field)!.field;
    const { items } = values as { items: readonly string[] };
    const value = preview(items.length === 1 ? items[0]! : JSON.stringify(items));
    return [Number(source), { line: Number(line) + 1, field, type, preview: value }];
  });
}
