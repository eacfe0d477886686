import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { columnOf, ownColumns } from '../documents/columns.ts';
import type { KnownNames } from '../documents/names.ts';
import { ident, join, list, number, type Sql, sql, text } from '../sql/sql.ts';
import type { FieldColumns } from '../tables/field-columns.ts';
import { ignoredNames } from '../tables/ignored-names.ts';
import { partsOf } from '../tables/index-columns.ts';
import { knownFields } from '../tables/mapped-field.ts';
import { type PlannedField, planField, withSteps } from '../tables/plan-field.ts';
import { preview, shown } from './bad-lines.ts';
import { dataStreamOf, streamOfIndex } from './index-names.ts';
import { placeColumns } from './place-columns.ts';
import type { ReadSources } from './read-inputs.ts';

/** Events of files as rows: what was made of the columns that were read. */
export interface SegmentTable {
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
  read: ReadSources,
  names: KnownNames,
  types: FieldTypes,
  fallbacks: readonly string[],
  columnsStay: string | null,
): Promise<SegmentTable> {
  const planned = names.fields.flatMap(({ name, form }, i): PlannedField[] => {
    const [field] = form === 'dynamic' ? [] : knownFields(name, types);
    const plan = field ? planField(field, read.typed[i]!) : null;
    return plan ? [plan] : [];
  });
  const columns = new Map<string, FieldColumns>();
  const items: Sql[] = [];
  for (const { field, single, list: several } of planned) {
    columns.set(field.name, { kind: 'typed', single: true, list: several !== null });
    items.push(sql`${single} AS ${ident(columnOf(field.name, 'single'))}`);
    if (several) items.push(sql`${several} AS ${ident(columnOf(field.name, 'list'))}`);
  }
  let hasMore = false;
  for (const [name, filled] of read.kinds) {
    columns.set(name, { kind: 'dynamic', ...filled, hasNegative: true });
    for (const part of filled.columns) items.push(ident(columnOf(name, part)));
    hasMore ||= filled.more.size > 0;
  }
  if (hasMore) items.push(ident(ownColumns.more));
  const isCommon = planned.every(({ rest }) => rest === null);
  const isView = columnsStay !== null && isCommon && read.relation !== null;
  const index = indexOf(read, (name) => columns.get(name)?.kind === 'typed', fallbacks);
  const prepared = withSteps(sql`SELECT * FROM ${read.relation ?? noRows}`, planned);
  const id = read.hasHitId ? ident(ownColumns.hitId) : sql`NULL::VARCHAR`;
  const ignored = ignoredNames(planned.flatMap(({ field: { name }, bad }) => (bad ? [{ name, bad }] : [])));
  const typed = sql`SELECT ${join([ident(placeColumns.file), ident(placeColumns.line), sql`${id} AS "_id"`, sql`${ignored} AS "_ignored"`, ...(read.hasHitIndex ? [ident(ownColumns.hitIndex)] : []), ...items], ', ')} FROM (${prepared})`;
  const columnNames = [...columns].flatMap(([name, own]) => partsOf(own).map((part) => columnOf(name, part)));
  if (hasMore) columnNames.push(ownColumns.more);
  const kept = [
    ident(placeColumns.file),
    ident(placeColumns.line),
    sql`"_id"`,
    sql`"_ignored"`,
    ...columnNames.map(ident),
  ];
  const rows = sql`SELECT ${join([sql`${index} AS "_index"`, ...kept], ', ')} FROM (${typed})`;
  if (isView) {
    // Whatever else is forbidden later, these files may be read.
    await connection.run(sql`SET allowed_directories = ${list([text(`${columnsStay}/`)])}`);
    await connection.run(sql`CREATE OR REPLACE VIEW ${table} AS ${rows}`);
  } else await connection.run(sql`CREATE OR REPLACE TABLE ${table} AS ${rows}`);
  return { columns, isCommon, isView };
}

/** The index of an event: its data stream, else what its export says, else what the events of its file are called. */
function indexOf({ hasHitIndex }: ReadSources, has: (name: string) => boolean, fallbacks: readonly string[]): Sql {
  const exported = hasHitIndex ? streamOfIndex(ident(ownColumns.hitIndex)) : sql`NULL::VARCHAR`;
  const distinct = new Set(fallbacks);
  const fallback =
    distinct.size === 1 ? text(fallbacks[0]!) : sql`(${list(fallbacks.map(text))})[${ident(placeColumns.file)} + 1]`;
  return sql`coalesce(${dataStreamOf(has)}, ${exported}, ${fallback})`;
}

/** Where there is no event at all. */
const noRows = sql`(SELECT 0::BIGINT AS ${ident(placeColumns.file)}, 0::BIGINT AS ${ident(placeColumns.line)} WHERE false)`;

/** A value that does not fit its field's type, and where it stands; lines are counted from 1. */
export interface MistypedValue {
  readonly source: number;
  readonly line: number;
  readonly field: string;
  readonly type: string;
  readonly preview: string;
}

/** The first values that do not fit the types of their fields. */
export async function firstMistyped(
  connection: DuckDBConnection,
  read: ReadSources,
  names: KnownNames,
  types: FieldTypes,
): Promise<MistypedValue[]> {
  const judged = names.fields.flatMap(({ name, form }, i) => {
    const [field] = form === 'dynamic' ? [] : knownFields(name, types);
    const plan = field ? planField(field, read.typed[i]!) : null;
    return plan?.bad && plan.rest ? [{ ...plan, bad: plan.bad, rest: plan.rest }] : [];
  });
  if (judged.length === 0 || read.relation === null) return [];
  const texts = judged.map(({ field, rest }) => sql`WHEN name = ${text(field.name)} THEN ${rest}`);
  const prepared = withSteps(sql`SELECT * FROM ${read.relation}`, judged);
  const bad = ignoredNames(judged.map(({ field: { name }, bad: test }) => ({ name, bad: test })));
  const rows = sql`SELECT *, unnest(${bad}) AS name FROM (${prepared})`;
  const found = await connection.runAndReadAll(
    sql`SELECT ${ident(placeColumns.file)}, ${ident(placeColumns.line)}, name, CASE ${texts.reduce((a, b) => sql`${a} ${b}`)} END FROM (${rows}) ORDER BY 1, 2, 3 LIMIT ${number(shown)}`,
  );
  return found.getRows().map(([file, line, name, values]) => {
    const field = String(name);
    const { items } = values as { items: readonly string[] };
    return {
      source: Number(file),
      line: Number(line) + 1,
      field,
      type: judged.find((one) => one.field.name === field)!.field.type,
      preview: preview(items.length === 1 ? items[0]! : JSON.stringify(items)),
    };
  });
}
