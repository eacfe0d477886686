import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';

/** A file to read, as it was when it was looked at. */
export interface InputFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Nanoseconds since the epoch, as text: part of what names a cache. */
  readonly modified: string;
}

const inFolders = '**/*.{json,ndjson,jsonl,log}{,.gz,.zst}';

/**
 * The files that `--data` names: paths, globs, and folders, which stand for every JSON file in them. Throws an
 * InputError for what matches nothing or cannot be read.
 */
export async function findInputFiles(patterns: readonly string[]): Promise<InputFile[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) for (const path of await expand(pattern)) paths.add(path);
  return Promise.all([...paths].sort().map(describe));
}

async function expand(pattern: string): Promise<string[]> {
  const known = await stat(pattern).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw unreadable(pattern, error);
    return null;
  });
  if (known && !known.isDirectory()) return [resolve(pattern)];
  const { glob } = await import('tinyglobby');
  const found = known
    ? await glob(inFolders, { cwd: pattern, absolute: true, dot: false })
    : await glob(pattern, { absolute: true, dot: false, expandDirectories: false });
  if (found.length === 0) {
    throw known
      ? new InputError(
          `no event files in ${pattern}`,
          'expected .json, .ndjson, .jsonl or .log, plain or with .gz or .zst',
        )
      : new InputError(
          `no file matches ${pattern}`,
          "quote globs, so that the shell leaves them alone: --data 'logs/**/*.ndjson.gz'",
        );
  }
  return found;
}

async function describe(path: string): Promise<InputFile> {
  try {
    const { size, mtimeNs } = await stat(path, { bigint: true });
    await access(path, constants.R_OK);
    return { path, bytes: Number(size), modified: mtimeNs.toString() };
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

export const unreadable = (path: string, error: NodeJS.ErrnoException): InputError =>
  new InputError(`cannot read ${path}: ${error.code === 'EACCES' ? 'permission denied' : error.message}`);
