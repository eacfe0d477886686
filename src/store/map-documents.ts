import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import type { KnownNames } from '../documents/names.ts';
import { mapColumns, namesToMap, ownNames, recognise, recognisingNames } from '../ecs/map-columns.ts';
import { mappingColumn } from '../ecs/mapped-columns.ts';
import { documentsOfColumns } from '../ecs/mapped-documents.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { indicesByDataset } from '../ecs/mappings.ts';
import { ident, sql } from '../sql/sql.ts';
import { namesInFiles } from '../tables/names-of-index.ts';
import type { Incoming, ReadDocuments, StagedDocument } from './incoming.ts';

/** What is known of documents by their numbers. */
export interface Recognised {
  /** The mappings of those that have one. */
  readonly sources: ReadonlyMap<number, Mapping>;
  /** Those that no mapping knows and that are not in the names of ECS: whether they have a time. */
  readonly unknown: ReadonlyMap<number, boolean>;
}

/** Gives documents of files the fields of ECS that the mapping of their source says. */
export class DocumentMapper {
  readonly #recognising: KnownNames;
  /** The indices of events that name nothing but their dataset. */
  readonly datasets: ReadonlyMap<string, string>;

  constructor(
    private readonly mappings: readonly Mapping[],
    private readonly types: FieldTypes,
    private readonly incoming: Incoming,
  ) {
    this.datasets = indicesByDataset(mappings);
    const names = namesInFiles(new Set(), types);
    const fields = recognisingNames(mappings);
    const time = names.fields.filter(({ name }) => name === '@timestamp' && !fields.some((one) => one.name === name));
    this.#recognising = { ...names, fields: [...fields, ...time] };
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

  /** The documents, of which those that a mapping knows are what it makes of them; and the mappings of these. */
  async map(
    connection: DuckDBConnection,
    documents: readonly StagedDocument[],
  ): Promise<Recognised & { readonly documents: readonly StagedDocument[] }> {
    const recognised = await this.#reading(documents, this.#recognising, (read) => this.recognise(connection, read));
    const { sources } = recognised;
    if (sources.size === 0) return { documents, ...recognised };
    // Each source by itself: planning a query that has the fields of all of them takes many times as long.
    const lines = new Map<number, Buffer>();
    for (const mapping of new Set(sources.values())) {
      const own = documents.filter(({ n }) => sources.get(n) === mapping);
      for (const [n, line] of await this.#mapped(connection, mapping, own)) lines.set(n, line);
    }
    return {
      documents: documents.map((document) => {
        const line = lines.get(document.n);
        return line ? { ...document, line } : document;
      }),
      ...recognised,
    };
  }

  /** What a mapping makes of documents that it knows, by their number. */
  #mapped(
    connection: DuckDBConnection,
    mapping: Mapping,
    documents: readonly StagedDocument[],
  ): Promise<ReadonlyMap<number, Buffer>> {
    const names = namesToMap(namesInFiles('all', this.types), this.mappings, [mapping], 'all');
    const all = { ...names, mostColumns: Infinity };
    return this.#reading(documents, all, async (read) => {
      const mapped = mapColumns([mapping], read, 'all', this.types);
      const rows = await connection.runAndReadAll(documentsOfColumns(mapped, this.types));
      return new Map(rows.getRows().map(([n, document]) => [Number(n), Buffer.from(String(document))]));
    });
  }

  async #reading<T>(
    documents: readonly StagedDocument[],
    names: KnownNames,
    use: (read: ReadDocuments) => Promise<T>,
  ): Promise<T> {
    const read = await this.incoming.read(documents, names, 'none');
    try {
      return await use(read);
    } finally {
      await read.remove();
    }
  }
}
