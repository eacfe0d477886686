import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import type { KnownNames } from '../documents/names.ts';
import { mapColumns, namesToMap, recognise, recognisingNames } from '../ecs/map-columns.ts';
import { mappingColumn } from '../ecs/mapped-columns.ts';
import { documentsOfColumns } from '../ecs/mapped-documents.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { indicesByDataset } from '../ecs/mappings.ts';
import { ident, sql } from '../sql/sql.ts';
import { namesInFiles } from '../tables/names-of-index.ts';
import type { Incoming, ReadDocuments, StagedDocument } from './incoming.ts';

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
    this.#recognising = { ...namesInFiles(new Set(), types), fields: recognisingNames(mappings) };
  }

  /** The mappings of documents that were read, by their numbers; those that no mapping knows are left out. */
  async sourcesOf(connection: DuckDBConnection, read: ReadDocuments): Promise<ReadonlyMap<number, Mapping>> {
    const found = new Map<number, Mapping>();
    const recognised = read.rows === 0 ? null : recognise(this.mappings, read);
    if (recognised === null) return found;
    const number = ident(mappingColumn);
    const rows = await connection.runAndReadAll(
      sql`SELECT "_n", ${number} FROM ${recognised} WHERE ${number} IS NOT NULL`,
    );
    for (const [n, mapping] of rows.getRows()) found.set(Number(n), this.mappings[Number(mapping) - 1]!);
    return found;
  }

  /** The documents, of which those that a mapping knows are what it makes of them; and the mappings of these. */
  async map(
    connection: DuckDBConnection,
    documents: readonly StagedDocument[],
  ): Promise<{ readonly documents: readonly StagedDocument[]; readonly sources: ReadonlyMap<number, Mapping> }> {
    const sources = await this.#reading(documents, this.#recognising, (read) => this.sourcesOf(connection, read));
    if (sources.size === 0) return { documents, sources };
    const used = this.mappings.filter((mapping) => [...sources.values()].includes(mapping));
    const names = namesToMap(namesInFiles('all', this.types), this.mappings, used, 'all');
    const all = { ...names, mostColumns: Infinity };
    const lines = await this.#reading(
      documents.filter(({ n }) => sources.has(n)),
      all,
      async (read) => {
        const mapped = mapColumns(used, read, 'all', this.types);
        const rows = await connection.runAndReadAll(documentsOfColumns(mapped, this.types));
        return new Map(rows.getRows().map(([n, document]) => [Number(n), Buffer.from(String(document))]));
      },
    );
    return {
      documents: documents.map((document) => {
        const line = lines.get(document.n);
        return line ? { ...document, line } : document;
      }),
      sources,
    };
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
