import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import type { MappingDefinition } from '../../src/store/mapping.ts';
import { Store } from '../../src/store/store.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { Writer } from '../../src/store/writer.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The time that NOW() is in tests. */
export const now = Date.parse('2026-03-10T12:00:00Z');

/** An index as Elasticsearch's test data has it: documents under an explicit mapping. */
export interface MappedIndex {
  readonly name: string;
  readonly mode?: string;
  readonly mappings: MappingDefinition;
  readonly docs: readonly Record<string, unknown>[];
}

/** A store of indices with explicit mappings. */
export async function storeOver(indices: readonly MappedIndex[]): Promise<Store> {
  const store = await Store.open(temporaryFolder());
  const writer = new Writer(store);
  for (const { name, mode, mappings, docs } of indices) {
    const settings: Record<string, string> = mode ? { mode } : {};
    await store.exclusively((connection) => store.createIndex(connection, name, { mapping: mappings, settings }));
    const lines = docs.map((doc) => Buffer.from(JSON.stringify(doc)));
    const outcomes = await writer.apply(lines.map((line) => ({ action: 'index', index: name, id: null, line })));
    const refused = outcomes.find((outcome) => 'refusal' in outcome);
    if (refused && 'refusal' in refused) throw refused.refusal;
  }
  // Documents without ids may still be in the journal.
  await store.refresh('all');
  return store;
}

/** An engine over a store of indices with explicit mappings. */
export async function engineOver(indices: readonly MappedIndex[]): Promise<DuckDBEngine> {
  const store = await storeOver(indices);
  const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 });
  const catalogue = await queries.catalogue(store.duckdb.connection, () => true);
  return new DuckDBEngine(store.duckdb, { catalogue, relation: catalogue.relation });
}
