import { randomUUID } from 'node:crypto';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { isFullDisk } from '../diagnostics/full-disk.ts';
import { BrokenData } from '../formats/formats.ts';
import { ident, join, number, type Sql, sql, text } from '../sql/sql.ts';
import { temporaryError, temporaryPath } from '../temporary/temporary-folder.ts';

/** Memory for reading Parquet: a group of rows of each thread, and some more. What is beyond spills to disk. */
const memory = '1GB';

/** Which rows and columns of a table become lines: without either, all. */
export interface TablePart {
  readonly rows?: number;
  hasColumn?(name: string): boolean;
}

/** Whether a Parquet file has rows. Throws BrokenData where it cannot be opened. */
export const hasRows = (path: string, folder: string, signal?: AbortSignal): Promise<boolean> =>
  withParquet(path, folder, signal, async (connection, relation) => {
    await columnsOf(connection, relation);
    const found = await connection.runAndReadAll(sql`SELECT count(*) > 0 FROM ${relation}`);
    return Boolean(found.getRows()[0]![0]);
  });

/**
 * Writes the rows of a Parquet file as lines of JSON into a file in a folder, and gives its path. Throws BrokenData where
 * the rows cannot be read.
 */
export async function parquetLines(
  path: string,
  folder: string,
  part: TablePart,
  signal?: AbortSignal,
): Promise<string> {
  const lines = joinPath(folder, `${randomUUID()}.ndjson`);
  try {
    await withParquet(path, folder, signal, async (connection, relation) => {
      const columns = await columnsOf(connection, relation);
      const wanted = columns.filter(({ name }) => part.hasColumn?.(name) ?? true);
      // A row of which nothing is read is an event all the same.
      const items = (wanted.length > 0 ? wanted : columns.slice(0, 1)).map(lineItem);
      const limit = part.rows === undefined ? sql`` : sql` LIMIT ${number(part.rows)}`;
      const rows = sql`SELECT ${join(items, ', ')} FROM ${relation}${limit}`;
      await connection.run(sql`COPY (${rows}) TO ${text(lines)} (FORMAT json)`);
    });
    return lines;
  } catch (error) {
    await rm(lines, { force: true });
    throw error;
  }
}

/** The engine reads the file in an instance of its own: that of queries may read nothing but what is Harrier's. */
async function withParquet<T>(
  path: string,
  folder: string,
  signal: AbortSignal | undefined,
  work: (connection: DuckDBConnection, relation: Sql) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The engine takes a path for a pattern, and this one holds nothing that means something in patterns.
  const link = joinPath(folder, `${randomUUID()}.parquet`);
  await symlink(path, link);
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: memory,
    temp_directory: temporaryPath('parquet'),
  });
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    await connection.run(`SET TimeZone = 'UTC'`);
    return await work(connection, sql`read_parquet(${text(link)}, hive_partitioning = false)`);
  } catch (error) {
    signal?.throwIfAborted();
    if (isFullDisk(error)) throw temporaryError(error);
    throw new BrokenData(reasonOf(error as Error, link));
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
    await rm(link, { force: true });
  }
}

interface TableColumn {
  readonly name: string;
  readonly type: string;
}

async function columnsOf(connection: DuckDBConnection, relation: Sql): Promise<TableColumn[]> {
  const described = await connection.runAndReadAll(sql`DESCRIBE SELECT * FROM ${relation}`);
  return described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
}

function lineItem({ name, type }: TableColumn): Sql {
  const column = ident(name);
  // Times as ISO 8601: as text they would have a blank in the middle and no zone.
  const isTime = /^TIMESTAMP/.test(type) && !type.endsWith(']');
  return isTime ? sql`strftime(${column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ') AS ${column}` : column;
}

/** What the engine says of a file, in a line and without the path that only this run knows. */
const reasonOf = ({ message }: Error, link: string): string => {
  const [first = ''] = message.split('\n');
  return `the engine cannot read it: ${first.replace(/^[A-Z][\w ]+ Error: /, '').replaceAll(link, 'the file')}`;
};
