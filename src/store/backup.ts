import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../diagnostics/diagnostic.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { storeFile } from '../files/store-file.ts';
import { ident, sql } from '../sql/sql.ts';
import { syncFolder, writeAll } from './durable-files.ts';
import { indicesTable, noStore } from './layout.ts';
import { openStoreFile } from './open-store-file.ts';
import type { Store } from './store.ts';

/** What a backup holds. */
export interface Backup {
  readonly folder: string;
  readonly indices: number;
  readonly documents: number;
  readonly bytes: number;
}

const logFile = `${storeFile}.wal`;
const journalFolder = 'journal';
/** Hashes of keys, so that those who had one can use the store that is made of the backup. */
const keysFile = 'keys.json';

/**
 * Copies a store that others write to meanwhile: the backup has what was acknowledged before it began. Throws an InputError
 * for a folder that is not empty.
 */
export function backupOpen(store: Store, target: string, signal?: AbortSignal): Promise<Backup> {
  return intoPlace(store.folder, target, (partial) =>
    store.withFileHeld(async (file, committed) => {
      const counts = new Map(committed.map(({ name, documents }) => [name, documents]));
      const keys = await openIfThere(join(store.folder, keysFile));
      try {
        return await copyAndVerify(new Map([[storeFile, file], ...named(keysFile, keys)]), partial, counts, signal);
      } finally {
        await keys?.close();
      }
    }),
  );
}

/** Copies a store that nobody writes to, as it lies there: of whatever layout, and without a change to it. */
export async function backupClosed(folder: string, target: string, signal?: AbortSignal): Promise<Backup> {
  const file = join(folder, storeFile);
  if (!existsSync(file)) throw noStore(folder);
  return intoPlace(folder, target, async (partial) => {
    // While it is open, nobody can write to it; nor may the file be closed before that: see `Store.withFileHeld`.
    const duckdb = await openStoreFile(folder, { file, readOnly: true });
    const files = new Map<string, FileHandle>();
    try {
      for (const name of [storeFile, logFile, keysFile, ...(await journalsIn(folder))])
        for (const entry of named(name, await openIfThere(join(folder, name)))) files.set(...entry);
      const counts = await countsOf(duckdb.connection);
      return await copyAndVerify(files, partial, counts, signal);
    } finally {
      duckdb.close();
      for (const open of files.values()) await open.close();
    }
  });
}

/** Documents that a server which was killed had acknowledged, and not written into their tables. */
async function journalsIn(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, journalFolder)).catch(() => []);
  return names.map((name) => join(journalFolder, name));
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const named = (name: string, file: FileHandle | null): [string, FileHandle][] => (file ? [[name, file]] : []);

/** Makes a backup under another name beside its place, and renames it when it is whole and on the disk. */
async function intoPlace(
  folder: string,
  target: string,
  make: (partial: string) => Promise<Omit<Backup, 'folder'>>,
): Promise<Backup> {
  const place = resolve(target);
  if (`${place}${sep}`.startsWith(`${resolve(folder)}${sep}`))
    throw new InputError(
      `${target} lies in the store itself`,
      'name a folder outside of it, on another disk if you can',
    );
  const there = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new InputError(`cannot write a backup to ${target}: ${error.message.replace(/, \w+ '.*$/s, '')}`);
  });
  if (there.length > 0) throw new InputError(`${target} is not empty`, 'name a new folder for each backup');
  const parent = dirname(place);
  await mkdir(parent, { recursive: true });
  // Of backups to the same place that were killed.
  const begin = `.${basename(place)}.harrier-`;
  for (const name of await readdir(parent))
    if (name.startsWith(begin) && /^[0-9a-f]{12}\.partial$/.test(name.slice(begin.length)))
      await rm(join(parent, name), { recursive: true, force: true });
  const partial = join(parent, `${begin}${randomBytes(6).toString('hex')}.partial`);
  await mkdir(partial, { mode: 0o700 });
  try {
    const made = await make(partial);
    await syncFolder(partial);
    await rename(partial, place);
    await syncFolder(parent);
    return { folder: place, ...made };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function copyAndVerify(
  sources: ReadonlyMap<string, FileHandle>,
  to: string,
  counts: ReadonlyMap<string, number>,
  signal: AbortSignal | undefined,
): Promise<Omit<Backup, 'folder'>> {
  const files: { name: string; bytes: number; sha256: string }[] = [];
  for (const [name, source] of sources) {
    await mkdir(dirname(join(to, name)), { recursive: true, mode: 0o700 });
    const written = await copy(source, join(to, name), signal);
    const read = await digest(join(to, name), signal);
    if (read !== written.sha256) throw new Error(`${join(to, name)} is not what was written: the disk may be damaged`);
    files.push({ name, ...written });
  }
  await verify(to, counts);
  const indices = [...counts].map(([name, documents]) => ({ name, documents }));
  const about = { created: new Date().toISOString(), files, indices };
  await writeFile(join(to, 'backup.json'), `${JSON.stringify(about, null, 2)}\n`, { mode: 0o600, flush: true });
  return {
    indices: indices.length,
    documents: indices.reduce((sum, { documents }) => sum + documents, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

const pieceBytes = 8 << 20;

async function* pieces(file: FileHandle, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(pieceBytes);
  for (let at = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, pieceBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function copy(
  source: FileHandle,
  to: string,
  signal: AbortSignal | undefined,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const copied = await open(to, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const piece of pieces(source, signal)) {
      hash.update(piece);
      bytes = await writeAll(copied, piece, bytes);
    }
    await copied.sync();
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await copied.close();
  }
}

async function digest(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    for await (const piece of pieces(file, signal)) hash.update(piece);
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

/** Opens a copy as a reader of the store would, and counts its documents. */
async function verify(folder: string, expected: ReadonlyMap<string, number>): Promise<void> {
  const duckdb = await openDuckDB({ file: join(folder, storeFile), readOnly: true });
  try {
    const found = await countsOf(duckdb.connection);
    const wrong = [...expected].find(([name, documents]) => found.get(name) !== documents);
    if (wrong !== undefined || found.size !== expected.size)
      throw new Error(
        `the backup is not what the store was: ${wrong ? `${wrong[0]} has ${found.get(wrong[0]) ?? 'no'} documents, not ${wrong[1]}` : `${found.size} indices, not ${expected.size}`}`,
      );
  } finally {
    duckdb.close();
  }
}

async function countsOf(connection: DuckDBConnection): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const indices = await connection.runAndReadAll(sql`SELECT name, table_name FROM ${indicesTable}`);
  for (const [name, table] of indices.getRows()) {
    const counted = await connection.runAndReadAll(sql`SELECT count(*) FROM ${ident(String(table))}`);
    counts.set(String(name), Number(counted.getRows()[0]![0]));
  }
  return counts;
}
