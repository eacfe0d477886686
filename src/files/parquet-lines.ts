import { randomUUID } from 'node:crypto';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { isFullDisk } from '../diagnostics/full-disk.ts';
import { BrokenData } from '../formats/formats.ts';
import { ident, join, sql, text } from '../sql/sql.ts';
import { temporaryError, temporaryPath } from '../temporary/temporary-folder.ts';

/** Memory for reading Parquet: a group of rows of each thread, and some more. What is beyond spills to disk. */
const memory = '1GB';

/**
 * Writes the rows of a Parquet file as lines of JSON into a file in a folder, and gives its path. The engine reads the file,
 * in an instance of its own: that of queries may read nothing but what is Harrier's. Throws BrokenData where the file cannot
 * be read.
 */
export async function parquetLines(path: string, folder: string, signal?: AbortSignal): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = randomUUID();
  // The engine takes a path for a pattern, and this one holds nothing that means something in patterns.
  const link = joinPath(folder, `${name}.parquet`);
  const lines = joinPath(folder, `${name}.ndjson`);
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
    await copyLines(connection, link, lines);
    return lines;
  } catch (error) {
    signal?.throwIfAborted();
    await rm(lines, { force: true });
    if (isFullDisk(error)) throw temporaryError(error);
    throw new BrokenData(reasonOf(error as Error, link));
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
    await rm(link, { force: true });
  }
}

async function copyLines(connection: DuckDBConnection, from: string, to: string): Promise<void> {
  const relation = sql`read_parquet(${text(from)}, hive_partitioning = false)`;
  const described = await connection.runAndReadAll(sql`DESCRIBE SELECT * FROM ${relation}`);
  const columns = described.getRows().map(([column, type]) => {
    const name = ident(String(column));
    // Times as ISO 8601: as text they would have a blank in the middle and no zone.
    const isTime = /^TIMESTAMP/.test(String(type)) && !String(type).endsWith(']');
    return isTime ? sql`strftime(${name}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ') AS ${name}` : name;
  });
  await connection.run(sql`COPY (SELECT ${join(columns, ', ')} FROM ${relation}) TO ${text(to)} (FORMAT json)`);
}

/** What the engine says of a file, in a line and without the path that only this run knows. */
const reasonOf = ({ message }: Error, link: string): string => {
  const [first = ''] = message.split('\n');
  return `the engine cannot read it: ${first.replace(/^[A-Z][\w ]+ Error: /, '').replaceAll(link, 'the file')}`;
};
