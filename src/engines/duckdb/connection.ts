import { tmpdir } from 'node:os';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { registerFunctions, type WarningListener } from './functions.ts';

export interface DuckDBOptions {
  /** Such as `512MB`; DuckDB's own default otherwise. Beyond it, work spills to disk. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** A database file to open and keep; in memory otherwise. */
  readonly file?: string;
}

/** A connection with Harrier's functions on it. Warnings of a running query go to `listen`. */
export interface DuckDB {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  /** Who hears of rows that could not be evaluated. */
  readonly listeners: Set<WarningListener>;
  close(): void;
}

/** Opens an engine of this process's own. Nothing is fetched from anywhere: extensions are not installed. */
export async function openDuckDB(options: DuckDBOptions = {}): Promise<DuckDB> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(options.file ?? ':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Files of ours are read by nobody else, and only the newest layout has every compression.
    ...(options.file !== undefined && { storage_compatibility_version: 'latest' }),
    temp_directory: `${tmpdir()}/harrier-${process.pid}`,
    ...(options.memoryLimit !== undefined && { memory_limit: options.memoryLimit }),
    ...(options.threads !== undefined && { threads: String(options.threads) }),
  });
  const connection = await instance.connect();
  await connection.run(`SET GLOBAL TimeZone = 'UTC'`);
  const duckdb: DuckDB = {
    instance,
    connection,
    listeners: new Set(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
  await registerFunctions(connection, (site, reason) => {
    for (const listener of duckdb.listeners) listener(site, reason);
  });
  return duckdb;
}
