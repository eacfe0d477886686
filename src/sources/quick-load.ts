import type { DuckDBConnection } from '@duckdb/node-api';
import { join, list, number, type Sql, sql, text } from '../sql/sql.ts';
import { preview, shown } from './bad-input.ts';
import { ignoredSql, type LoadedField, rowSql, type TypedColumns, unique } from './event-row.ts';
import { withSteps } from './field-values.ts';
import type { BadLine, IgnoredValue } from './load-report.ts';
import { ignoredNames, lowerCased, type ReadingOptions, sourceOf, typeOf } from './load-table.ts';
import { type ReadField, readField, wantedField } from './read-columns.ts';
import { type ReadFiles, readFiles } from './read-files.ts';
import type { FileGroup } from './records.ts';

/** What was found in files beside the events. */
export interface Findings {
  readonly fields: readonly LoadedField[];
  /**
   * By file: how many events there are, how many lines are none, how many bytes there are without compression, and
   * whether an archive ends early.
   */
  readonly events: ReadonlyMap<string, number>;
  readonly malformed: ReadonlyMap<string, number>;
  readonly bytes: ReadonlyMap<string, number>;
  readonly cut: ReadonlyMap<string, boolean>;
  readonly badLines: readonly BadLine[];
  readonly ignored: readonly IgnoredValue[];
  /** Whether all values are in their common form: then all fit their types, and every field has some. */
  readonly areCommon: boolean;
  /** Whether there is no table but a view of the columns. */
  readonly isView: boolean;
}

/** Where columns are put, and whether they stay there as long as queries are asked. */
export interface ColumnFolder {
  readonly path: string;
  readonly stays: boolean;
}

/**
 * Reads plain events into a new table without parsing them in the engine, which is the quicker way. Where the columns
 * stay, and no value takes conversions, it is a view of them: to write a table costs more than some queries do. Null
 * where something turns up that takes more than that: a field whose type is not clear beforehand, or an event of an odd
 * shape.
 */
export async function quickLoad(
  connection: DuckDBConnection,
  table: Sql,
  groups: readonly FileGroup[],
  options: ReadingOptions,
  folder: ColumnFolder,
  signal?: AbortSignal,
  onRead?: (path: string, bytes: number) => void,
): Promise<Findings | null> {
  const { names, types } = options;
  const sources = [...new Set(names.map((name) => sourceOf(name, types)))];
  const wanted = sources.map((name) => wantedField(name, typeOf(name, options)));
  const read = await readFiles(groups, wanted, folder.path, signal, onRead);
  if (!read) return null;
  const fields = plannedFields(read, sources, options);
  if (!fields) return null;
  return write(connection, table, read, fields, options, folder.stays);
}

type PlannedField = TypedColumns & ReadField;

function plannedFields(
  read: ReadFiles,
  sources: readonly string[],
  options: ReadingOptions,
): readonly PlannedField[] | null {
  const { names, types, observed } = options;
  const taken = new Set<string>();
  const planned: PlannedField[] = [];
  for (const [position, name] of names.entries()) {
    const i = sources.indexOf(sourceOf(name, types));
    const filled = read.fields[i]!;
    const refine = lowerCased(name, types);
    // Values that differ in case alone are one value then, and have to be put in order again.
    if (refine && filled.list) return null;
    const isKnown = types.get(name) !== undefined || (observed.kinds.get(name)?.size ?? 0) > 0;
    const type = typeOf(name, options);
    const columns = readField(type, i, filled, refine, refine, position);
    if (!columns) continue;
    if (!isKnown) return null;
    const field = { name, type, column: unique(name, taken), hasLists: columns.list !== null };
    planned.push({ field, ...columns, bad: columns.rest?.bad ?? null });
  }
  return planned;
}

async function write(
  connection: DuckDBConnection,
  table: Sql,
  read: ReadFiles,
  fields: readonly PlannedField[],
  options: ReadingOptions,
  columnsStay: boolean,
): Promise<Findings | null> {
  const areCommon = fields.every(({ rest }) => rest === null);
  const isView = columnsStay && areCommon && read.relation !== null;
  const byPath = <T>(values: readonly T[]): Map<string, T> => new Map(read.paths.map((path, i) => [path, values[i]!]));
  const findings = {
    fields: fields.map(({ field }) => field),
    events: byPath(read.events),
    malformed: byPath(read.malformed),
    bytes: byPath(read.bytes),
    cut: byPath(read.cut),
    badLines: read.badLines,
    areCommon,
    isView,
  };
  const opened = sql`SELECT *, ${pathSql(read.paths)} AS path, NULL::VARCHAR AS hit_index, NULL::VARCHAR AS hit_id FROM ${read.relation ?? nothing}`;
  const typed = fields.flatMap(({ from }) => from);
  const distinct = [...new Set([sql`n`, sql`path`, sql`hit_index`, sql`hit_id`, ...typed])];
  const prepared = withSteps(
    sql`SELECT ${join(distinct, ', ')} FROM (${opened})`,
    fields.flatMap(({ rest }) => rest ?? []),
  );
  const select = sql`SELECT hit_index, hit_id, path, false AS "_malformed", NULL::BIGINT AS "_bytes", NULL::VARCHAR[] AS "_surprises"`;
  const rows = rowSql(select, fields, options.index, prepared);
  if (isView) {
    // Whatever else is forbidden later, these files may be read.
    await connection.run(sql`SET allowed_directories = ${list([text(read.folder)])}`);
    await connection.run(sql`CREATE OR REPLACE VIEW ${table} AS ${rows}`);
  } else await connection.run(sql`CREATE OR REPLACE TABLE ${table} AS ${rows}`);
  if (areCommon) return { ...findings, ignored: [] };
  const unfitting = await ignoredNames(connection, table);
  // What was taken for the type of a field that no mapping knows is wrong.
  if (unfitting.some((name) => options.types.get(name) === undefined)) return null;
  if (unfitting.length === 0) return { ...findings, ignored: [] };
  const judged = fields.filter(({ field }) => unfitting.includes(field.name));
  const json = judged.map(({ field, json: value }) => sql`WHEN name = ${text(field.name)} THEN ${value}`);
  const unfit = sql`SELECT *, unnest(${ignoredSql(judged)}) AS name FROM (${prepared})`;
  const found = await connection.runAndReadAll(
    sql`SELECT path, n, name, (CASE ${json.reduce((a, b) => sql`${a} ${b}`)} END)::VARCHAR FROM (${unfit}) ORDER BY path, n LIMIT ${number(shown)}`,
  );
  const ignored = found.getRows().map(([path, n, name, value]) => {
    const field = String(name);
    const { type } = judged.find((one) => one.field.name === field)!.field;
    return { file: String(path), line: Number(n) + 1, field, type, preview: preview(String(value)) };
  });
  return { ...findings, ignored };
}

/** Where there is no event at all. */
const nothing = sql`(SELECT 0::BIGINT AS file, 0::BIGINT AS n WHERE false)`;

const pathSql = (paths: readonly string[]): Sql => sql`${list(paths.map(text))}[file + 1]`;
