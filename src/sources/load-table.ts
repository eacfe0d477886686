import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import { fieldColumns, kindsSql, typeOfKinds, type ValueKind, withSteps } from './field-values.ts';
import { ExtractionPlan, learn, type Place } from './json-paths.ts';
import type { Observed } from './observe-files.ts';
import { type FileGroup, recordsSql } from './records.ts';

/** A field as the table of events holds it. */
export interface LoadedField {
  readonly name: string;
  readonly type: EsqlType;
  /** Its SQL column; where there are lists, they stand in the column of the same name with `[]` behind. */
  readonly column: string;
  readonly hasLists: boolean;
}

/** A way to read fields out of records, with all that can be told about a row. */
export interface Reading {
  readonly fields: readonly (LoadedField & { readonly places: readonly Place[] })[];
  /** SQL that reads records (json, hit_index, hit_id, path) into a row of the table, with `_ignored` and `_surprises`. */
  select(records: Sql, extra?: Sql): Sql;
}

export interface ReadingOptions {
  readonly names: readonly string[];
  readonly types: FieldTypes;
  readonly observed: Observed;
  readonly index: string | undefined;
}

/** Fields that say which index an event belongs to. */
export const alwaysRead: readonly string[] = [
  '@timestamp',
  'data_stream.type',
  'data_stream.dataset',
  'data_stream.namespace',
];

export const listColumn = (column: string): string => `${column}[]`;

/** Plans the reading of fields. */
export function planReading({ names, types, observed, index }: ReadingOptions): Reading {
  const sourceOf = (name: string): string => types.get(name)?.of?.name ?? name;
  const plan = new ExtractionPlan([...new Set(names.map(sourceOf))], observed.seen);
  const taken = new Set<string>();
  const columns = names.flatMap((name, number) => {
    const places = plan.places(sourceOf(name));
    const known = types.get(name);
    const type = known?.type ?? typeOfKinds(observed.kinds.get(name) ?? new Set());
    const values = fieldColumns(
      type,
      places,
      number,
      known?.of?.lowerCase ? (value) => sql`lower(${value})` : undefined,
    );
    return values
      ? [{ name, type, places, column: unique(name, taken), hasLists: values.list !== null, sql: values }]
      : [];
  });
  const typed = columns.flatMap(({ column, sql: { single, list } }) => [
    sql`${single} AS ${ident(column)}`,
    ...(list ? [sql`${list} AS ${ident(listColumn(column))}`] : []),
  ]);
  const judged = columns.filter((field) => field.sql.bad !== null);
  const bad = (field: (typeof judged)[number]): Sql => sql`coalesce(${field.sql.bad!}, false)`;
  const ignored =
    judged.length === 0
      ? sql`NULL::VARCHAR[]`
      : sql`CASE WHEN ${join(judged.map(bad), ' OR ')} THEN list_filter([${join(
          judged.map((field) => sql`CASE WHEN ${bad(field)} THEN ${text(field.name)} END`),
          ', ',
        )}], lambda n: n IS NOT NULL) END`;
  const surprises = plan.surprises();
  const surprised = sql`CASE WHEN ${surprises.any} THEN list_filter(${surprises.all}::VARCHAR[], lambda n: n IS NOT NULL) END`;
  return {
    fields: columns,
    select(records, extra = sql``) {
      const objects = sql`SELECT *, CASE WHEN prefix(json::VARCHAR, '{') THEN false ELSE coalesce(NOT prefix(ltrim(json::VARCHAR), '{'), true) END AS malformed FROM (${records})`;
      const prepared = withSteps(
        plan.open(sql`(${objects})`, sql`CASE WHEN NOT malformed THEN json END`),
        columns.map((field) => field.sql),
      );
      const row = sql`SELECT hit_index, hit_id, path, malformed AS "_malformed", strlen(json::VARCHAR) + 1 AS "_bytes", ${ignored} AS "_ignored", ${surprised} AS "_surprises"${extra}, ${join(typed, ', ')} FROM (${prepared})`;
      return sql`SELECT ${indexSql(columns, index)} AS "_index", hit_id AS "_id", path AS "_path", * EXCLUDE (hit_index, hit_id, path) FROM (${row})`;
    },
  };
}

/** DuckDB does not tell `A` from `a`. */
function unique(name: string, taken: Set<string>): string {
  let column = name.startsWith('_') ? `field ${name}` : name;
  for (let n = 2; taken.has(column.toLowerCase()); n++) column = `${name}#${n}`;
  taken.add(column.toLowerCase());
  return column;
}

/** The index of an event: its data stream, else what the export says, else the option, else the name of the file. */
function indexSql(fields: readonly LoadedField[], index: string | undefined): Sql {
  const has = (name: string): Sql => {
    const field = fields.find((candidate) => candidate.name === name);
    return field ? ident(field.column) : sql`NULL::VARCHAR`;
  };
  const [type, dataset, namespace] = [
    has('data_stream.type'),
    has('data_stream.dataset'),
    has('data_stream.namespace'),
  ];
  const stream = sql`${type} || '-' || ${dataset} || '-' || coalesce(${namespace}, 'default')`;
  const exported = sql`regexp_replace(regexp_replace(hit_index, '^\\.ds-', ''), '-[0-9]{4}\\.[0-9]{2}\\.[0-9]{2}-[0-9]{6}$', '')`;
  const fallback =
    index !== undefined
      ? text(index)
      : sql`lower(regexp_replace(parse_filename(path), '(\\.(json|ndjson|jsonl|log|gz|zst))+$', ''))`;
  return sql`coalesce(${stream}, ${exported}, ${fallback})`;
}

/**
 * Reads files into a new table, and again if the events turn out otherwise than the sample promised. Returns the
 * reading that fits every event.
 */
export async function loadTable(
  connection: DuckDBConnection,
  table: Sql,
  groups: readonly FileGroup[],
  objectSize: number,
  options: ReadingOptions,
): Promise<Reading> {
  const records = unionAll(groups.map((group) => recordsSql(group, objectSize)));
  const { observed, types } = options;
  const isOpen = (name: string): boolean => types.get(name) === undefined;
  for (;;) {
    const reading = planReading(options);
    await connection.run(sql`CREATE OR REPLACE TABLE ${table} AS ${reading.select(records)}`);
    const surprises = await texts(connection, sql`SELECT DISTINCT unnest("_surprises") FROM ${table}`);
    for (const surprise of surprises) learn(surprise, observed.seen);
    const ignored = await texts(connection, sql`SELECT DISTINCT unnest("_ignored") FROM ${table}`);
    const mistyped = ignored.filter((name) => isOpen(name));
    if (surprises.length === 0 && mistyped.length === 0) return reading;
    const unknown = surprises.length > 0 ? options.names.filter(isOpen) : mistyped;
    const learnt = await learnKinds(connection, records, { ...options, names: unknown });
    // A value that looks like its kind and still is none stays what it is: a value that does not fit.
    if (surprises.length === 0 && !learnt) return reading;
  }
}

/** Looks at all values of fields that no mapping knows; tells whether that changed the type of any. */
async function learnKinds(connection: DuckDBConnection, records: Sql, options: ReadingOptions): Promise<boolean> {
  const { fields, select } = planReading(options);
  if (fields.length === 0) return false;
  const lists = fields.map(({ places, column }) => sql`${kindsSql(places)} AS ${ident(`kinds ${column}`)}`);
  const rows = select(records, sql`, ${join(lists, ', ')}`);
  const distinct = fields.map(({ column }) => sql`list_distinct(flatten(list(${ident(`kinds ${column}`)})))`);
  const result = await connection.runAndReadAll(sql`SELECT to_json([${join(distinct, ', ')}])::VARCHAR FROM (${rows})`);
  const kinds = JSON.parse(String(result.getRows()[0]![0])) as (ValueKind | null)[][];
  let changed = false;
  fields.forEach(({ name, type }, i) => {
    const seen = new Set((kinds[i] ?? []).filter((kind) => kind !== null));
    options.observed.kinds.set(name, seen);
    changed ||= typeOfKinds(seen) !== type;
  });
  return changed;
}

const unionAll = (parts: readonly Sql[]): Sql => parts.reduce((a, b) => sql`${a} UNION ALL ${b}`);

async function texts(connection: DuckDBConnection, query: Sql): Promise<string[]> {
  const result = await connection.runAndReadAll(query);
  return result.getRows().flatMap(([value]) => (value === null ? [] : [String(value)]));
}
