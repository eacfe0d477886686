import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { storeFile } from '../files/store-file.ts';
import { sql } from '../sql/sql.ts';
import type { Store } from './store.ts';

/** What a store takes of its disk, in bytes. */
export interface StoreSize {
  readonly file: number;
  /** Of the file, what deletions have freed: it is used again before the file grows. */
  readonly free: number;
  /** What was written since the last checkpoint. */
  readonly log: number;
  readonly disk: { readonly total: number; readonly free: number };
}

export async function storeSize({ folder, duckdb }: Store): Promise<StoreSize> {
  const file = join(folder, storeFile);
  const bytes = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;
  const [whole, log, disk, pages] = await Promise.all([
    bytes(file),
    bytes(`${file}.wal`),
    statfs(folder),
    duckdb.connect().then(async (connection) => {
      try {
        return await connection.runAndReadAll(
          sql`SELECT block_size, free_blocks FROM pragma_database_size() WHERE database_name = 'file'`,
        );
      } finally {
        connection.closeSync();
      }
    }),
  ]);
  const [[block, free] = [0, 0]] = pages.getRows();
  return {
    file: whole,
    free: Number(block) * Number(free),
    log,
    disk: { total: disk.blocks * disk.bsize, free: disk.bavail * disk.bsize },
  };
}
