import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { InputFile } from './input-files.ts';

/** Raised whenever what is read, or how it is laid out, changes. */
const layout = 2;
const largest = 20 * 2 ** 30;

/** Where caches live: HARRIER_CACHE_DIR, or the user's cache folder. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.HARRIER_CACHE_DIR ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'harrier');
}

/**
 * The cache of one set of files: an immutable DuckDB file, replaced as a whole by renaming, so that a crash leaves
 * nothing half-written and several processes can read it at once.
 */
export class CacheFile {
  readonly path: string;

  constructor(
    readonly folder: string,
    files: readonly InputFile[],
    index: string | undefined,
  ) {
    const key = JSON.stringify([
      layout,
      index ?? null,
      files.map(({ path, bytes, modified }) => [path, bytes, modified]),
    ]);
    this.path = join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.duckdb`);
  }

  async exists(): Promise<boolean> {
    return stat(this.path).then(
      () => true,
      () => false,
    );
  }

  /** Marks the cache as used, so that it is the last to be dropped. */
  async touch(): Promise<void> {
    const now = new Date();
    await utimes(this.path, now, now).catch(() => undefined);
  }

  /** A name to write under until the file is whole. */
  async temporaryPath(): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    return `${this.path}.${process.pid}.tmp`;
  }

  /** Puts a whole file in place, and drops what has not been used for longest beyond the bound. */
  async put(temporary: string): Promise<void> {
    await rename(temporary, this.path);
    await this.#prune();
  }

  async #prune(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => /\.duckdb(\.\d+\.tmp(\.wal)?)?$/.test(name));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        const found = await stat(path).catch(() => null);
        return { path, bytes: found?.size ?? 0, used: found?.mtimeMs ?? 0, leftOver: name.includes('.tmp') };
      }),
    );
    const dayAgo = Date.now() - 86_400_000;
    let total = 0;
    for (const file of files.sort((a, b) => b.used - a.used)) {
      total += file.bytes;
      const drop = file.leftOver ? file.used < dayAgo : total > largest && file.path !== this.path;
      if (drop) await rm(file.path, { force: true });
    }
  }
}
