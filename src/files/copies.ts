import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { InputFile, NotRead } from './input-file.ts';
import type { FileReport } from './load-report.ts';

/** Files of which a second copy was found. */
export interface Copies {
  /** Without those whose events another file holds for certain. */
  readonly files: readonly InputFile[];
  readonly notRead: readonly NotRead[];
  /** Ready to print: what may be copies and is read all the same. */
  readonly notes: readonly string[];
}

/** Endings of compressed files, which a compressed copy has behind the name of the original. */
const compressed = /\.(?:gz|zst|bz2|xz)$/i;

/** Smaller files hold an event or two, and these may well be the same by chance. */
const least = 4096;

/** As much is compared at the beginning, in the middle and at the end of files of one size. */
const sample = 64 * 1024;

/**
 * Finds files that hold the same as others. A compressed copy beside its original (`a.ndjson.gz` and `a.ndjson`) is left
 * out where both hold the same bytes. Files of one size that look the same are noted and read: to be certain would take
 * reading them whole.
 * `decompressedDigest` gives the SHA-256 of what a compressed file holds, in hexadecimal, or null where it cannot tell.
 */
export async function findCopies(
  files: readonly InputFile[],
  decompressedDigest: (file: InputFile) => Promise<string | null>,
  signal?: AbortSignal,
): Promise<Copies> {
  const notRead: NotRead[] = [];
  const notes: string[] = [];
  const byPath = new Map(files.map((file) => [file.path, file]));
  const left: InputFile[] = [];
  for (const file of files) {
    const original = compressed.test(file.path) ? byPath.get(file.path.replace(compressed, '')) : undefined;
    if (original) {
      const digest = await decompressedDigest(file);
      signal?.throwIfAborted();
      if (digest !== null && digest === (await digestOf(original, signal))) {
        notRead.push({ path: file.name, reason: `a compressed copy of ${original.name}`, cause: 'same' });
        continue;
      }
      if (digest === null)
        notes.push(
          `${file.name} may be a compressed copy of ${original.name}: then their events count twice; leave one out`,
        );
    }
    left.push(file);
  }
  for (const [first, ...others] of await lookAlikes(left)) {
    signal?.throwIfAborted();
    const names = others.slice(0, 3).map(({ name }) => name);
    const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
    const verb = others.length === 1 ? 'looks like a copy' : 'look like copies';
    notes.push(`${names.join(', ')}${more} ${verb} of ${first!.name}: then their events count each time`);
  }
  return { files: left, notRead, notes };
}

/** Groups of files that have the same size and look the same. */
async function lookAlikes(files: readonly InputFile[]): Promise<InputFile[][]> {
  const bySize = new Map<number, InputFile[]>();
  for (const file of files) if (file.bytes >= least) bySize.set(file.bytes, [...(bySize.get(file.bytes) ?? []), file]);
  const found = new Map<string, InputFile[]>();
  for (const [bytes, group] of bySize)
    for (const file of group.length > 1 ? group : []) {
      // What cannot be read now is reported by whoever reads it.
      const key = `${bytes} ${await samplesOf(file).catch(() => file.path)}`;
      found.set(key, [...(found.get(key) ?? []), file]);
    }
  return [...found.values()].filter(({ length }) => length > 1);
}

async function samplesOf({ path, bytes }: InputFile): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(sample);
    for (const position of [0, Math.floor(bytes / 2), Math.max(0, bytes - sample)]) {
      const { bytesRead } = await handle.read(buffer, 0, sample, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

async function digestOf({ path }: InputFile, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, signal ? { signal } : {});
  return hash.digest('hex');
}

/** Says of a file that its events are those of another. */
export const sameAs = (path: string, other: string): FileReport => ({
  path,
  format: null,
  read: 'none',
  events: 0,
  indices: [],
  reason: `the same as ${other}`,
  cause: 'same',
});
