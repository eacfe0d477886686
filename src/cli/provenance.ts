import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import manifest from '../../package.json' with { type: 'json' };
import type { InputFile } from '../files/input-file.ts';
import type { Provenance } from '../report/report.ts';
import { createProgress } from './progress.ts';
import { quoted } from './quoted.ts';

/** What it takes to do a run again: version, command line, and the files with their SHA-256 where `hashed` asks for it. */
export async function provenanceOf(
  inputs: readonly InputFile[],
  hashed: boolean,
  signal: AbortSignal,
): Promise<Provenance> {
  const command = commandLine(process.argv.slice(2));
  return { version: manifest.version, command, files: await filesOf(inputs, hashed, signal) };
}

async function filesOf(
  found: readonly InputFile[],
  hashed: boolean,
  signal: AbortSignal,
): Promise<Provenance['files']> {
  if (found.length === 0) return [];
  const totalBytes = found.reduce((sum, { bytes }) => sum + bytes, 0);
  const progress = await createProgress(process.stderr);
  let done = 0;
  const files: Provenance['files'][number][] = [];
  try {
    for (const { path, name, bytes, spooled } of found) {
      const tick = (read: number): void => {
        done += read;
        progress.update({ phase: 'hashing files', fraction: totalBytes === 0 ? null : done / totalBytes, totalBytes });
      };
      const sha256 = hashed ? await digestOf(path, signal, tick) : null;
      files.push({ path: spooled ? name : shortest(path), bytes, sha256 });
    }
  } finally {
    progress.done();
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
  const seen = relative(process.cwd(), path);
  return seen.startsWith('..') ? path : seen;
}

/** The command line for a shell, without what gives access to a cluster. */
export function commandLine(args: readonly string[]): string {
  const kept = args.filter((arg, i) => !/^--api-key(?:=|$)/.test(arg) && args[i - 1] !== '--api-key');
  return ['harrier', ...kept.map((arg) => quoted(arg.replace(/(\w:\/\/)[^/@\s]*@/, '$1')))].join(' ');
}
