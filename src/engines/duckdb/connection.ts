import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { number, sql, text } from '../../sql/sql.ts';
import { temporaryPath } from '../../temporary/temporary-folder.ts';
import { registerFunctions, type WarningListener } from './functions.ts';

export interface DuckDBOptions {
  /** Such as `512MB`; four fifths of the machine otherwise. Beyond it, work spills to disk. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** A database file to open and keep; in memory otherwise. */
  readonly file?: string;
  /** Nothing is written to the file, and others may read it at the same time. */
  readonly readOnly?: boolean;
}

/** A connection with Harrier's functions on it. Warnings of a running query go to `listen`. */
export interface DuckDB {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  /** Who hears of rows that could not be evaluated. */
  readonly listeners: Set<WarningListener>;
  /** Another connection, for work beside that of the first. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/**
 * Rows compressed at a time: few enough for a batch of an ingest to hold whole groups, which go into the
 * file at once. Measured on 750,000 events, against groups of 16,384: the seed hunts take 0.75 to 0.9 of the time, and the
 * table 0.89 of the space.
 */
export const rowGroup = 61_440;

/** Opens an engine of this process's own. Nothing is fetched from anywhere: extensions are not installed. */
export async function openDuckDB(options: DuckDBOptions = {}): Promise<DuckDB> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Groups are compressed by the threads that filled them, and not by one of them at the end.
    write_buffer_row_group_count: '1',
    // The first rows of an order are chosen by its keys, and only theirs are read whole: a thousand documents of a million
    // take 45 ms so, and 360 with the 50 rows that are the default.
    late_materialization_max_rows: '10000',
    temp_directory: temporaryPath('engine'),
    // Memory that a query no longer needs goes back to the system within a second or two.
    allocator_background_threads: 'true',
    allocator_flush_threshold: '16MB',
    ...(options.memoryLimit !== undefined && { memory_limit: options.memoryLimit }),
    ...(options.threads !== undefined && { threads: String(options.threads) }),
  });
  const connect = async (): Promise<DuckDBConnection> => {
    const opened = await instance.connect();
    if (options.file !== undefined) await opened.run(sql`USE file`);
    return opened;
  };
  if (options.file !== undefined) {
    const first = await instance.connect();
    // Files of ours are read by nobody else, and only the newest layout has every compression.
    const how = options.readOnly ? sql`READ_ONLY` : sql`STORAGE_VERSION 'latest', ROW_GROUP_SIZE ${number(rowGroup)}`;
    await first.run(sql`ATTACH ${text(options.file)} AS file (${how})`);
    first.closeSync();
  }
  const connection = await connect();
  await connection.run(`SET GLOBAL TimeZone = 'UTC'`);
  const duckdb: DuckDB = {
    instance,
    connection,
    listeners: new Set(),
    connect,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
  await registerFunctions(connection, (site, reason) => {
    let isWanted = false;
    for (const listener of duckdb.listeners) isWanted = listener(site, reason) || isWanted;
    return isWanted;
  });
  return duckdb;
}
