import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { ident, join, type Sql, sql } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import { type LoadedField, rowSql, unique } from './event-row.ts';
import { fieldColumns, kindsSql, typeOfKinds, type ValueKind, withSteps } from './field-values.ts';
import { ExtractionPlan, learn, type Place } from './json-paths.ts';
import type { Observed } from './observe-files.ts';
import { type FileGroup, recordsSql } from './records.ts';

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

/** Plans the reading of fields. */
export function planReading(options: ReadingOptions): Reading {
  const plan = extraction(options);
  const taken = new Set<string>();
  const planned = options.names.flatMap((name, number) => {
    const places = plan.places(sourceOf(name, options.types));
    const type = typeOf(name, options);
    const values = fieldColumns(type, places, number, lowerCased(name, options.types));
    if (!values) return [];
    const field = { name, type, places, column: unique(name, taken), hasLists: values.list !== null };
    return [{ field, ...values }];
  });
  return {
    fields: planned.map(({ field }) => field),
    select(records, extra = sql``) {
      const objects = sql`SELECT *, CASE WHEN prefix(json::VARCHAR, '{') THEN false ELSE coalesce(NOT prefix(ltrim(json::VARCHAR), '{'), true) END AS malformed FROM (${records})`;
      const prepared = withSteps(plan.open(sql`(${objects})`, sql`CASE WHEN NOT malformed THEN json END`), planned);
      const surprises = plan.surprises(sql`json`);
      const surprised = sql`CASE WHEN ${surprises.any} THEN list_filter(${surprises.all}::VARCHAR[], lambda n: n IS NOT NULL) END`;
      return rowSql(
        sql`SELECT hit_index, hit_id, path, malformed AS "_malformed", strlen(json::VARCHAR) + 1 AS "_bytes", ${surprised} AS "_surprises"${extra}`,
        planned,
        options.index,
        prepared,
      );
    },
  };
}

export const typeOf = (name: string, { types, observed }: ReadingOptions): EsqlType =>
  types.get(name)?.type ?? typeOfKinds(observed.kinds.get(name) ?? new Set());

/** What a field does to each value of the field that it is made of. */
export const lowerCased = (name: string, types: FieldTypes): ((value: Sql) => Sql) | undefined =>
  types.get(name)?.of?.lowerCase ? (value) => sql`lower(${value})` : undefined;

/** The field whose values a field shows: mostly its own. */
export const sourceOf = (name: string, types: FieldTypes): string => types.get(name)?.of?.name ?? name;

function extraction({ names, types, observed }: ReadingOptions): ExtractionPlan {
  return new ExtractionPlan([...new Set(names.map((name) => sourceOf(name, types)))], observed.seen);
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
    const mistyped = (await ignoredNames(connection, table)).filter(isOpen);
    if (surprises.length === 0 && mistyped.length === 0) return reading;
    const unknown = surprises.length > 0 ? options.names.filter(isOpen) : mistyped;
    const learnt = await learnKinds(connection, records, { ...options, names: unknown });
    // A value that looks like its kind and still is none stays what it is: a value that does not fit.
    if (surprises.length === 0 && !learnt) return reading;
  }
}

/** The fields of which a table of events has values that do not fit. */
export const ignoredNames = (connection: DuckDBConnection, table: Sql): Promise<string[]> =>
  texts(connection, sql`SELECT DISTINCT unnest("_ignored") FROM ${table}`);

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
