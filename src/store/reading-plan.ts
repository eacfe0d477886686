import { columnNames } from '../documents/document-reader.ts';
import { misfitNames } from '../sources/event-row.ts';
import { withSteps } from '../sources/field-values.ts';
import { type ReadField, readField } from '../sources/read-columns.ts';
import { ident, join, type Sql, sql } from '../sql/sql.ts';
import type { ReadDocuments } from './incoming.ts';
import type { MappedField, Mapping } from './mapping.ts';
import { listedType, refinement } from './stored-values.ts';

/** How the rows of a table are made of documents that were read. */
export interface ReadingPlan {
  /** The documents, with what the other parts are made of. */
  readonly relation: Sql;
  readonly fields: readonly { readonly field: MappedField; readonly single: Sql; readonly list: Sql | null }[];
  /** True for a document in which some value does not fit its field. */
  readonly refused: Sql;
  /** The name of the data stream that a document says it belongs to; null where it says nothing. */
  readonly dataStream: Sql;
  /** The names of the fields whose values do not fit and are left out, as Elasticsearch's _ignored; else null. */
  readonly ignored: Sql;
  /** The names of the fields whose values do not fit, whatever comes of it. */
  readonly bad: Sql;
  /** The document where the columns do not hold all of it; else null. */
  readonly source: Sql;
}

/** The index that a hit names, as a column of the relation. */
export const exportedFrom = ident('exported from');

type PlannedField = ReadField & { readonly field: MappedField };

/**
 * Values in the common form are read already; the others are JSON, of which the engine makes values. Fields without
 * values have no part in the plan, which keeps statements short.
 */
export function planReading(
  read: ReadDocuments,
  mapping: Mapping,
  ignoresMalformed: (field: MappedField) => boolean,
): ReadingPlan {
  const fields = read.names.fields.flatMap(({ name }, i): PlannedField[] => {
    const field = mapping.fields.get(name)!;
    const refine = refinement(field);
    // Limits on texts and whole numbers were heeded when they were read; decimals are rounded here.
    const refineCommon = field.type === 'double' ? refine : undefined;
    const columns = readField(field.type, i, read.fields[i]!, refine, refineCommon, i, listedType(field.type));
    return columns ? [{ field, ...columns }] : [];
  });
  const judged = fields.flatMap(({ field, rest }) =>
    rest?.bad ? [{ name: field.name, bad: rest.bad, ignores: ignoresMalformed(field) }] : [],
  );
  const part = (name: string): Sql => fields.find(({ field }) => field.name === name)?.single ?? sql`NULL`;
  const lossy = anyOf(
    fields.flatMap(({ field, rest, json }) =>
      // A point is kept as a text of its own kind.
      rest ? (field.type === 'geo_point' ? [sql`${json} IS NOT NULL`] : (rest.lost ?? [])) : [],
    ),
  );
  const kept = read.keeps ? read.document(ident(columnNames.kept)) : sql`NULL::VARCHAR`;
  return {
    relation: withSteps(
      relationOf(read, fields),
      fields.flatMap(({ rest }) => rest ?? []),
    ),
    fields,
    refused: anyOf(judged.filter(({ ignores }) => !ignores).map(({ bad }) => sql`coalesce(${bad}, false)`)),
    dataStream: dataStreamName(part('data_stream.type'), part('data_stream.dataset'), part('data_stream.namespace')),
    ignored: misfitNames(judged.filter(({ ignores }) => ignores)),
    bad: misfitNames(judged),
    source: read.doubts
      ? sql`coalesce(${kept}, CASE WHEN ${lossy} THEN ${read.document(ident(columnNames.doubtful))} END)`
      : kept,
  };
}

/** The files that were read, with the columns that have values. */
function relationOf(read: ReadDocuments, fields: readonly PlannedField[]): Sql {
  const columns: Sql[] = [sql`n`, sql`${read.id} AS id`, sql`${read.version} AS version`];
  if (read.keeps) columns.push(ident(columnNames.kept));
  if (read.doubts) columns.push(ident(columnNames.doubtful));
  if (read.exportedFrom) columns.push(sql`${read.exportedFrom} AS ${exportedFrom}`);
  columns.push(...fields.flatMap(({ from }) => from));
  return sql`SELECT ${join(columns, ', ')} FROM ${read.relation}`;
}

const anyOf = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`false` : sql`(${join(conditions, ' OR ')})`;

/** The name of a data stream from its parts, of which the namespace may be missing. */
export const dataStreamName = (type: Sql, dataset: Sql, namespace: Sql): Sql =>
  sql`lower((${type})::VARCHAR || '-' || (${dataset})::VARCHAR || '-' || coalesce((${namespace})::VARCHAR, 'default'))`;
