import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import type { KnownNames } from '../documents/names.ts';
import { mapColumns, namesToMap, ownNames, recognise, recognisingNames } from '../ecs/map-columns.ts';
import { mappingColumn, type Read } from '../ecs/mapped-columns.ts';
import { documentsOfColumns } from '../ecs/mapped-documents.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { indicesByDataset } from '../ecs/mappings.ts';
import { ident, number, type Sql, sql } from '../sql/sql.ts';
import { namesInFiles } from '../tables/names-of-index.ts';
import type { ReadDocuments } from './incoming.ts';

/** What is known of documents by their numbers. */
export interface Recognised {
  /** The mappings of those that have one. */
  readonly sources: ReadonlyMap<number, Mapping>;
  /** Those that no mapping knows and that are not in the names of ECS: whether they have a time. */
  readonly unknown: ReadonlyMap<number, boolean>;
}

/** Columns of documents as a mapping makes them, and which of the documents are its own. */
export interface MappedDocuments extends Read {
  readonly isIts: Sql;
}

/** Gives documents of files the fields of ECS that the mapping of their source says. */
export class DocumentMapper {
  /** The names by which documents are recognised. */
  readonly recognising: KnownNames;
  /** The indices of events that name nothing but their dataset. */
  readonly datasets: ReadonlyMap<string, string>;

  constructor(
    private readonly mappings: readonly Mapping[],
    private readonly types: FieldTypes,
  ) {
    this.datasets = indicesByDataset(mappings);
    const names = namesInFiles(new Set(), types);
    const fields = recognisingNames(mappings);
    const time = names.fields.filter(({ name }) => name === '@timestamp' && !fields.some((one) => one.name === name));
    this.recognising = { ...names, fields: [...fields, ...time] };
  }

  /** Everything that documents say, for what some mappings make of it. */
  names(used: Iterable<Mapping>): KnownNames {
    const names = namesToMap(namesInFiles('all', this.types), this.mappings, [...used], 'all');
    return { ...names, mostColumns: Infinity };
  }

  /** Which documents that were read are whose. */
  async recognise(connection: DuckDBConnection, read: ReadDocuments): Promise<Recognised> {
    const sources = new Map<number, Mapping>();
    const unknown = new Map<number, boolean>();
    if (read.rows === 0) return { sources, unknown };
    const recognised = recognise(this.mappings, read);
    const mapping = recognised === null ? sql`NULL::BIGINT` : ident(mappingColumn);
    const { saysEcs, hasTime } = ownNames(read);
    const rows = await connection.runAndReadAll(
      sql`SELECT "_n", ${mapping} AS mapping, ${hasTime} AS timed FROM ${recognised ?? read.relation} WHERE ${mapping} IS NOT NULL OR NOT ${saysEcs}`,
    );
    for (const [n, at, timed] of rows.getRows())
      if (at === null) unknown.set(Number(n), Boolean(timed));
      else sources.set(Number(n), this.mappings[Number(at) - 1]!);
    return { sources, unknown };
  }

  /**
   * What a mapping makes of documents that were read under its names, and which of them are its own; `areKnown`: no other
   * mapping comes before it for any of them.
   */
  map(mapping: Mapping, read: ReadDocuments, areKnown: boolean): MappedDocuments {
    const among = areKnown ? [mapping] : this.mappings;
    const { isRecognised, ...mapped } = mapColumns(among, read, 'all', this.types, new Set([mapping]));
    const at = number(among.indexOf(mapping) + 1);
    return { ...mapped, isIts: isRecognised ? sql`coalesce(${ident(mappingColumn)} = ${at}, false)` : sql`false` };
  }

  /** The numbers of those of some mapped documents that are not the mapping's own. */
  async others(connection: DuckDBConnection, { relation, isIts }: MappedDocuments): Promise<number[]> {
    const rows = await connection.runAndReadAll(sql`SELECT "_n" FROM ${relation} WHERE NOT ${isIts}`);
    return rows.getRows().map(([n]) => Number(n));
  }

  /** The same documents as JSON, by their number. */
  async lines(connection: DuckDBConnection, mapped: MappedDocuments): Promise<ReadonlyMap<number, Buffer>> {
    const rows = await connection.runAndReadAll(documentsOfColumns(mapped, this.types));
    return new Map(rows.getRows().map(([n, document]) => [Number(n), Buffer.from(String(document))]));
  }
}
