import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hasEnded, ownerOfName } from '../temporary/temporary-folder.ts';
import type { InputFile } from './input-file.ts';

/** Raised whenever what is read, or how it is laid out, changes. */
const layout = 9;
/** The cache keeps no more than this, and no more segments. */
const largest = 20 * 2 ** 30;
const mostSegments = 500;

/** Where caches live: HARRIER_CACHE_DIR, or the user's cache folder. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.HARRIER_CACHE_DIR ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'harrier');
}

/**
 * What a file is known by: where it lies and every mark of a change that the system keeps. Copies that keep size and time
 * of modification have another inode or time of change.
 */
export function identityOf({ path, bytes, modified, changed, inode, device }: InputFile): string {
  const marks = JSON.stringify([path, bytes, modified, changed, inode, device]);
  return createHash('sha256').update(marks).digest('base64url').slice(0, 16);
}

/** What stands beside a segment, to be looked through without opening it. */
export interface SegmentHeader {
  readonly id: string;
  /** What its rows depend on beside the files: how indices are named, and the mappings. */
  readonly reading: string;
  /** The fields that were looked for; null for every field there is. */
  readonly names: ReadonlySet<string> | null;
  /** The identities of the files whose events it holds. */
  readonly files: ReadonlySet<string>;
}

interface WrittenHeader {
  readonly layout: number;
  readonly reading: string;
  readonly names: readonly string[] | null;
  readonly files: readonly string[];
}

/**
 * What was read of files, in immutable DuckDB files ("segments") that each hold the events of some. A new segment takes the
 * place of those that it makes needless. Segments are put in place by renaming, so that a crash leaves nothing half-written
 * and several processes can read at once.
 */
export class SegmentCache {
  constructor(
    readonly folder: string,
    private readonly reading: string,
  ) {}

  path(id: string): string {
    return join(this.folder, `${id}.duckdb`);
  }

  #headerPath(id: string): string {
    return join(this.folder, `${id}.json`);
  }

  /** The segments whose rows were made in the same way; those that cannot be read are none. */
  segments(): SegmentHeader[] {
    return this.#names('.json').flatMap((name) => {
      const id = name.slice(0, -'.json'.length);
      try {
        const {
          layout: own,
          reading,
          names,
          files,
        } = JSON.parse(readFileSync(this.#headerPath(id), 'utf8')) as WrittenHeader;
        if (own !== layout || reading !== this.reading) return [];
        return [{ id, reading, names: names && new Set(names), files: new Set(files) }];
      } catch {
        return [];
      }
    });
  }

  #names(ending: string): string[] {
    try {
      return readdirSync(this.folder).filter((name) => name.endsWith(ending));
    } catch {
      return [];
    }
  }

  /** Marks a segment as used, so that it is the last to be dropped. */
  touch(id: string): void {
    try {
      const now = new Date();
      utimesSync(this.path(id), now, now);
    } catch {
      // A cache that cannot be written is read all the same.
    }
  }

  /** A path to write a segment to until it is whole. */
  begin(): { readonly id: string; readonly path: string } {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    chmodSync(this.folder, 0o700);
    const id = randomBytes(12).toString('hex');
    return { id, path: join(this.folder, `${id}.${ownerOfName}.tmp`) };
  }

  /** Puts a whole segment in place, drops those that it makes needless, and what was not used for longest. */
  put(path: string, { id, names, files }: Omit<SegmentHeader, 'reading'>): void {
    const header: WrittenHeader = { layout, reading: this.reading, names: names && [...names], files: [...files] };
    chmodSync(path, 0o600);
    renameSync(path, this.path(id));
    const written = join(this.folder, `${id}.${ownerOfName}.header.tmp`);
    writeFileSync(written, JSON.stringify(header), { mode: 0o600 });
    renameSync(written, this.#headerPath(id));
    const covers = (other: SegmentHeader): boolean =>
      [...other.files].every((file) => files.has(file)) &&
      (names === null || (other.names !== null && [...other.names].every((name) => names.has(name))));
    for (const other of this.segments()) if (other.id !== id && covers(other)) this.drop(other.id);
    this.#prune(id);
  }

  /** Removes a segment: it is damaged, or needless. Whoever reads it goes on reading. */
  drop(id: string): void {
    rmSync(this.#headerPath(id), { force: true });
    rmSync(this.path(id), { force: true });
  }

  #prune(newest: string): void {
    const dayAgo = Date.now() - 86_400_000;
    const found = (name: string): { size: number; mtimeMs: number } => {
      try {
        return statSync(join(this.folder, name));
      } catch {
        return { size: 0, mtimeMs: 0 };
      }
    };
    for (const name of this.#names('.tmp').concat(this.#names('.tmp.wal')))
      if (hasEnded(name.split('.')[1] ?? '') || found(name).mtimeMs < dayAgo)
        rmSync(join(this.folder, name), { force: true });
    const segments = this.#names('.duckdb').map((name) => ({ id: name.slice(0, -'.duckdb'.length), ...found(name) }));
    let total = 0;
    segments
      .sort((a, b) => b.mtimeMs - a.mtimeMs)
      .forEach(({ id, size }, place) => {
        total += size;
        if ((total > largest || place >= mostSegments) && id !== newest) this.drop(id);
      });
  }
}
