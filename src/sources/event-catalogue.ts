import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalogue, Field, IndexSummary } from '../catalogue/catalogue.ts';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { ident, join, type Sql, sql } from '../sql/sql.ts';
import { type LoadedField, listColumn } from './event-row.ts';

/** What a cache remembers of its events, as plain data. */
export interface EventSummary {
  readonly indices: readonly IndexSummary[];
  /** Every name that was looked for; those not among the fields are in no event. */
  readonly lookedFor: readonly string[];
  readonly everyField: boolean;
  readonly fields: readonly (LoadedField & { readonly several: boolean; readonly indices: readonly string[] })[];
  readonly knownNames: readonly string[];
}

/**
 * Counts events by index, and finds in which indices each field has values. Where each field is known to have some, and
 * several where it has lists, the columns are not looked at if there is but one index.
 */
export async function summarise(
  connection: DuckDBConnection,
  table: Sql,
  fields: readonly LoadedField[],
  areFilled: boolean,
): Promise<Pick<EventSummary, 'indices' | 'fields'>> {
  const timestamp = fields.find((field) => field.name === '@timestamp' && field.type === 'date');
  const [first, last] = timestamp
    ? [sql`epoch_ms(min(${ident(timestamp.column)}))`, sql`epoch_ms(max(${ident(timestamp.column)}))`]
    : [sql`NULL::BIGINT`, sql`NULL::BIGINT`];
  const byIndex = async (...more: readonly Sql[]): Promise<readonly (readonly unknown[])[]> => {
    const select = join([sql`"_index"`, ...more], ', ');
    return (
      await connection.runAndReadAll(sql`SELECT ${select} FROM ${table} GROUP BY "_index" ORDER BY "_index"`)
    ).getRows();
  };
  const time = (value: unknown): number | null => (value === null ? null : Number(value));
  const rows = await byIndex(sql`count(*)`, first, last);
  const indices = rows.map((row) => ({
    name: String(row[0]),
    events: Number(row[1]),
    firstTimestamp: time(row[2]),
    lastTimestamp: time(row[3]),
  }));
  if (areFilled && indices.length === 1)
    return {
      indices,
      fields: fields.map((field) => ({ ...field, indices: [indices[0]!.name], several: field.hasLists })),
    };
  const counts = await byIndex(
    ...fields.flatMap(({ column, hasLists }) => [
      sql`count(${ident(column)})`,
      hasLists ? sql`count(${ident(listColumn(column))})` : sql`0`,
    ]),
  );
  return {
    indices,
    fields: fields.flatMap((field, i) => {
      const single = (row: readonly unknown[]): number => Number(row[1 + 2 * i]);
      const lists = (row: readonly unknown[]): number => Number(row[2 + 2 * i]);
      const own = counts.filter((row) => single(row) + lists(row) > 0).map((row) => String(row[0]));
      return own.length === 0 ? [] : [{ ...field, indices: own, several: counts.some((row) => lists(row) > 0) }];
    }),
  };
}

/** A catalogue over what was read. */
export function catalogueOf(summary: EventSummary, types: FieldTypes): Catalogue {
  const fields = new Map<string, Field>();
  for (const { name, type, column, several } of summary.fields) {
    fields.set(name, { name, type, column, listColumn: several ? listColumn(column) : null });
  }
  return {
    indices: summary.indices,
    field(name) {
      const found = fields.get(name);
      if (found) return found;
      const known = types.get(name);
      return known && { name, type: known.type, column: null, listColumn: null };
    },
    fieldsOf: (indices) =>
      summary.fields
        .filter((field) => !types.get(field.name)?.of && field.indices.some((index) => indices.includes(index)))
        .map((field) => fields.get(field.name)!),
    knownNames: summary.knownNames,
  };
}
