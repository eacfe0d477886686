import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import manifest from '../../package.json' with { type: 'json' };
import type { InputFile } from '../files/input-file.ts';
import type { Provenance } from '../report/report.ts';
import type { Observer } from './observer.ts';

export const harrierVersion: string = manifest.version;

/** What it takes to do a run again: version, command line, and the files with their SHA-256 where `hashed` asks for it. */
export async function provenanceOf(
  inputs: readonly InputFile[],
  { command, hashed }: { readonly command: string; readonly hashed: boolean },
  observer: Observer,
  signal: AbortSignal,
): Promise<Provenance> {
  return { version: harrierVersion, command, files: await filesOf(inputs, hashed, observer, signal) };
}

async function filesOf(
  found: readonly InputFile[],
  hashed: boolean,
  observer: Observer,
  signal: AbortSignal,
): Promise<Provenance['files']> {
  if (found.length === 0) return [];
  const totalBytes = found.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const files: Provenance['files'][number][] = [];
  try {
    for (const { path, name, bytes, spooled } of found) {
      const tick = (read: number): void => {
        done += read;
        const fraction = totalBytes === 0 ? null : done / totalBytes;
        observer.progress({ kind: 'files', phase: 'hashing files', fraction, totalBytes });
      };
      const sha256 = hashed ? await digestOf(path, signal, tick) : null;
      files.push({ path: spooled ? name : shortest(path), bytes, sha256 });
    }
  } finally {
    observer.progress({ kind: 'idle' });
  }
  return files;
}

/** Null when the run was interrupted: then its report is written without. */
async function digestOf(path: string, signal: AbortSignal, tick: (bytes: number) => void): Promise<string | null> {
  if (signal.aborted) return null;
  const hash = createHash('sha256');
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  file.on('data', (chunk) => tick(chunk.length));
  try {
    await pipeline(file, hash, { signal });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
  return hash.digest('hex');
}

/** As seen from where the command ran, unless that leads out of it. */
function shortest(path: string): string {
  const seen = relative('', path);
  return seen.startsWith('..') ? path : seen;
}
