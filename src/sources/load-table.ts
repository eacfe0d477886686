import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import { type FieldColumns, fieldColumns, kindsSql, typeOfKinds, type ValueKind, withSteps } from './field-values.ts';
import { ExtractionPlan, learn, type PathKey, type Place, scalarLeaves } from './json-paths.ts';
import type { Observed } from './observe-files.ts';
import { type FileGroup, recordsSql, typedRecordsSql } from './records.ts';

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
export function planReading(options: ReadingOptions): Reading {
  const plan = extraction(options, new Set());
  const { columns, fields, row } = planColumns(plan, options, sql`json`);
  return {
    fields,
    select(records, extra = sql``) {
      const objects = sql`SELECT *, CASE WHEN prefix(json::VARCHAR, '{') THEN false ELSE coalesce(NOT prefix(ltrim(json::VARCHAR), '{'), true) END AS malformed FROM (${records})`;
      const prepared = withSteps(plan.open(sql`(${objects})`, sql`CASE WHEN NOT malformed THEN json END`), columns);
      return row(
        sql`SELECT hit_index, hit_id, path, malformed AS "_malformed", strlen(json::VARCHAR) + 1 AS "_bytes"${extra}`,
        prepared,
      );
    },
  };
}

/**
 * SQL that reads files straight into the row that `planReading` describes: faster, and failing at the first thing that
 * is not as expected. Null where files or fields do not allow it.
 */
function quickSelect(groups: readonly FileGroup[], objectSize: number, options: ReadingOptions): Sql | null {
  const plan = extraction(options, scalarLeaves(options.observed.seen));
  const { columns, row } = planColumns(plan, options, null);
  const { columns: readable } = plan;
  if (readable === null) return null;
  const records = groups.map((group) =>
    typedRecordsSql(group, objectSize, readable, (relation, path) => plan.openColumns(relation, path)),
  );
  if (!records.every((part) => part !== null)) return null;
  const nothing = sql`NULL::VARCHAR AS hit_index, NULL::VARCHAR AS hit_id`;
  return row(
    sql`SELECT ${nothing}, path, false AS "_malformed", NULL::BIGINT AS "_bytes"`,
    withSteps(sql`(${unionAll(records)})`, columns),
  );
}

const sourceOf = (name: string, types: FieldTypes): string => types.get(name)?.of?.name ?? name;

function extraction({ names, types, observed }: ReadingOptions, texts: ReadonlySet<PathKey>): ExtractionPlan {
  return new ExtractionPlan([...new Set(names.map((name) => sourceOf(name, types)))], observed.seen, undefined, texts);
}

/** The fields of a plan, and how a row is made of them; `document` is what surprises are looked up in. */
function planColumns(
  plan: ExtractionPlan,
  { names, types, observed, index }: ReadingOptions,
  document: Sql | null,
): {
  readonly columns: readonly FieldColumns[];
  readonly fields: Reading['fields'];
  /** The row, with what `select` begins with. */
  row(select: Sql, prepared: Sql): Sql;
} {
  const taken = new Set<string>();
  const fields = names.flatMap((name, number) => {
    const places = plan.places(sourceOf(name, types));
    const known = types.get(name);
    const type = known?.type ?? typeOfKinds(observed.kinds.get(name) ?? new Set());
    const refine = known?.of?.lowerCase ? (value: Sql): Sql => sql`lower(${value})` : undefined;
    const values = fieldColumns(type, places, number, refine);
    return values
      ? [{ name, type, places, column: unique(name, taken), hasLists: values.list !== null, sql: values }]
      : [];
  });
  const typed = fields.flatMap(({ column, sql: { single, list } }) => [
    sql`${single} AS ${ident(column)}`,
    ...(list ? [sql`${list} AS ${ident(listColumn(column))}`] : []),
  ]);
  const judged = fields.filter((field) => field.sql.bad !== null);
  const bad = (field: (typeof judged)[number]): Sql => sql`coalesce(${field.sql.bad!}, false)`;
  const ignored =
    judged.length === 0
      ? sql`NULL::VARCHAR[]`
      : sql`CASE WHEN ${join(judged.map(bad), ' OR ')} THEN list_filter([${join(
          judged.map((field) => sql`CASE WHEN ${bad(field)} THEN ${text(field.name)} END`),
          ', ',
        )}], lambda n: n IS NOT NULL) END`;
  const surprises = plan.surprises(document);
  const surprised = sql`CASE WHEN ${surprises.any} THEN list_filter(${surprises.all}::VARCHAR[], lambda n: n IS NOT NULL) END`;
  return {
    fields,
    columns: fields.map((field) => field.sql),
    row(select, prepared) {
      const row = sql`${select}, ${ignored} AS "_ignored", ${surprised} AS "_surprises", ${join(typed, ', ')} FROM (${prepared})`;
      return sql`SELECT ${indexSql(fields, index)} AS "_index", hit_id AS "_id", path AS "_path", * EXCLUDE (hit_index, hit_id, path) FROM (${row})`;
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
  let quickly = true;
  for (;;) {
    const reading = planReading(options);
    const quick = quickly ? quickSelect(groups, objectSize, options) : null;
    try {
      await connection.run(sql`CREATE OR REPLACE TABLE ${table} AS ${quick ?? reading.select(records)}`);
    } catch (error) {
      if (quick === null || !isOfDocuments(error as Error)) throw error;
      quickly = false;
      continue;
    }
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

/** Whether an error is about what stands in a file, and not about the file, its longest line, or an interruption. */
const isOfDocuments = ({ message }: Error): boolean =>
  /^(Invalid Input|Conversion|Binder) Error/.test(message) && !/maximum_object_size/.test(message);

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
