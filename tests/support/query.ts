import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { loadMappedIndices, type MappedIndex } from './mapped-indices.ts';

/** The time that NOW() is in tests. */
export const now = Date.parse('2026-03-10T12:00:00Z');

/** An engine over indices with explicit mappings. */
export async function engineOver(indices: readonly MappedIndex[]): Promise<DuckDBEngine> {
  const duckdb = await openDuckDB();
  return new DuckDBEngine(duckdb, await loadMappedIndices(duckdb.connection, indices));
}
