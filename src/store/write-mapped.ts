import type { DuckDBConnection } from '@duckdb/node-api';
import type { Mapping } from '../ecs/mapping.ts';
import { isWrapped } from '../formats/formats.ts';
import { isOneOf, number, sql } from '../sql/sql.ts';
import type { Batch } from './file-batches.ts';
import type { ReadDocuments, StagedDocument } from './incoming.ts';
import type { IndexTable } from './index-table.ts';
import type { DocumentMapper } from './map-documents.ts';
import type { Refusal } from './refusal.ts';
import type { Store } from './store.ts';

/** How many events of a batch were written as a mapping makes them. */
export interface InsertedEvents {
  readonly index: IndexTable;
  readonly mapping: Mapping;
  readonly events: number;
}

/**
 * Writes the lines of a file that its mappings know, straight from the columns that these make, and gives the numbers of the
 * others; null where that cannot be done with all lines at once.
 */
export async function insertMapped(
  store: Store,
  connection: DuckDBConnection,
  mapper: DocumentMapper,
  { share, documents }: NonNullable<Batch['mapped']>,
  batch: Batch,
): Promise<{ readonly inserted: readonly InsertedEvents[]; readonly left: readonly number[] } | null> {
  // Whether the store knows their ids is asked of each.
  if (documents.hasHitId) return null;
  const apart = batch.mayBeWrapped ? documents.suspects.filter((n) => n < batch.size && isWrapped(batch.line(n))) : [];
  const isAlone = apart.length === 0 ? sql`true` : sql`NOT ${isOneOf(sql`"_n"`, apart.map(number))}`;
  const inserted: InsertedEvents[] = [];
  const written = new Set<Mapping>();
  for (const mapping of share.file.mappings) {
    const index = mapping.index === null ? undefined : store.index(mapping.index);
    const mapped = index && mapper.map(mapping, documents, false);
    if (!mapped || !index.takesMapped(mapped)) continue;
    const events = await index.insertMapped(connection, mapped, sql`${mapped.isIts} AND ${isAlone}`);
    inserted.push({ index, mapping, events });
    written.add(mapping);
  }
  if (written.size === 0) return null;
  const events = inserted.reduce((sum, one) => sum + one.events, 0);
  const others = events === documents.rows ? [] : await numbersBut(connection, mapper, documents, written);
  return { inserted, left: [...new Set([...documents.unread, ...apart, ...others])].sort((a, b) => a - b) };
}

/** The numbers of documents that none of some mappings knows. */
async function numbersBut(
  connection: DuckDBConnection,
  mapper: DocumentMapper,
  documents: ReadDocuments,
  written: ReadonlySet<Mapping>,
): Promise<number[]> {
  const { sources } = await mapper.recognise(connection, documents);
  const rows = await connection.runAndReadAll(sql`SELECT "_n" FROM ${documents.relation}`);
  return rows.getRows().flatMap(([n]) => (written.has(sources.get(Number(n))!) ? [] : [Number(n)]));
}

/** Writes documents as a mapping makes them, and gives those that the index refuses. `onRepeated` as for `IndexTable.write`. */
export async function writeMapped(
  store: Store,
  connection: DuckDBConnection,
  mapper: DocumentMapper,
  index: IndexTable,
  mapping: Mapping,
  documents: readonly StagedDocument[],
  onRepeated: (numbers: readonly number[]) => void,
): Promise<ReadonlyMap<number, Refusal>> {
  const read = await store.incoming.read(documents, mapper.names([mapping]), 'none');
  let left = documents;
  try {
    onRepeated(read.duplicates);
    const mapped = mapper.map(mapping, read, true);
    if (mapping.index !== null && index.takesMapped(mapped)) {
      const events = await index.insertMapped(connection, mapped, mapped.isIts);
      if (events === documents.length) return new Map();
      const others = new Set([...read.unread, ...(await mapper.others(connection, mapped))]);
      left = documents.filter(({ n }) => others.has(n));
    }
    // An index with types of its own reads the values anew.
    const lines = await mapper.lines(connection, mapped);
    left = left.map((document) => ({ ...document, line: lines.get(document.n) ?? document.line }));
  } finally {
    await read.remove();
  }
  return index.write(connection, store.incoming, left, 'files');
}
