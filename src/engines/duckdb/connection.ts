import { tmpdir } from 'node:os';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { registerFunctions, type WarningListener } from './functions.ts';

export interface DuckDBOptions {
  /** Such as `512MB`; DuckDB's own default otherwise. Beyond it, work spills to disk. */
  readonly memoryLimit?: string;
  readonly threads?: number;
}

/** A connection with Harrier's functions on it. Warnings of a running query go to `listen`. */
export interface DuckDB {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  /** Who hears of rows that could not be evaluated; null for nobody. */
  listener: WarningListener | null;
  close(): void;
}

/** Opens an engine of this process's own, in memory. Nothing is fetched from anywhere: extensions are not installed. */
export async function openDuckDB(options: DuckDBOptions = {}): Promise<DuckDB> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: `${tmpdir()}/harrier-${process.pid}`,
    ...(options.memoryLimit !== undefined && { memory_limit: options.memoryLimit }),
    ...(options.threads !== undefined && { threads: String(options.threads) }),
  });
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  const duckdb: DuckDB = {
    instance,
    connection,
    listener: null,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
  await registerFunctions(connection, (site, reason) => duckdb.listener?.(site, reason));
  return duckdb;
}
