import { mkdir } from 'node:fs/promises';
import { UnreadableFile } from '../diagnostics/file-error.ts';
import { BrokenData, type Detected, defaultLimits, detect, extract, UnpackedFiles } from '../formats/formats.ts';
import type { InputFile } from './input-file.ts';
import { type Cause, type FileReport, notReadReport } from './load-report.ts';
import { hasRows } from './parquet-lines.ts';
import type { AnySource } from './table-source.ts';

/** An archive in an archive in an archive is looked into, and no deeper. */
const deepest = 3;

type Archive = Extract<Detected, { kind: 'archive' }>;

/** What there is to read of a file that was named, and what there is not, with the reason. Paths are those of entries. */
export interface InputSources {
  readonly sources: readonly AnySource[];
  readonly notRead: readonly FileReport[];
}

/** A file that was named, or an entry of an archive. */
interface Found {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly cut: string | null;
}

/** Looks at what a file is by its content, and takes archives apart into a folder. */
export async function sourcesOf(input: InputFile, folder: string, signal?: AbortSignal): Promise<InputSources> {
  const sources: AnySource[] = [];
  const notRead: FileReport[] = [];
  const refuse = (path: string, cause: Cause, reason: string): void => {
    notRead.push(notReadReport(path, cause, reason));
  };
  // Entries of archives were not written later.
  const modified = Number(BigInt(input.modified) / 1_000_000n);
  const unpacked = new UnpackedFiles(input.bytes, folder, defaultLimits, signal);
  const look = async ({ path, name, bytes, cut }: Found, depth: number): Promise<void> => {
    const detected: Detected = bytes === 0 ? { kind: 'empty', what: 'empty' } : await detect(path, modified);
    switch (detected.kind) {
      case 'documents':
        sources.push({ path, input, entry: name, bytes, cut, format: detected.format });
        return;
      case 'parquet':
        return takeTable({ path, name, bytes, cut });
      case 'empty':
        if (cut !== null) return refuse(name, 'damaged', cut);
        return refuse(name, 'empty', detected.what);
      case 'broken':
        return refuse(name, 'damaged', detected.what);
      case 'error':
        return refuse(name, 'malformed', `it is ${detected.what}`);
      case 'foreign':
        return refuse(name, 'foreign', detected.what);
      case 'archive':
        if (depth === deepest) return refuse(name, 'foreign', `a ${detected.archive} archive within ${deepest} others`);
        return takeApart({ path, name, bytes, cut }, detected, depth);
    }
  };
  const takeTable = async ({ path, name, bytes, cut }: Found): Promise<void> => {
    try {
      if (!(await hasRows(path, folder, signal))) return refuse(name, 'empty', 'a Parquet file without rows');
      sources.push({ path, input, entry: name, bytes, cut, isTable: true });
    } catch (error) {
      if (!(error instanceof BrokenData)) throw error;
      refuse(name, 'damaged', error.message);
    }
  };
  const takeApart = async ({ path, name, cut }: Found, archive: Archive, depth: number): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const before = sources.length + notRead.length;
    const onCut = (what: string): void => refuse(`${name}/…`, 'damaged', what);
    if (cut !== null) onCut(cut);
    const hooks = {
      onPassedOver: (entry: string, reason: string) => refuse(`${name}/${entry}`, 'unreadable', reason),
      onCut,
    };
    try {
      for await (const entry of extract(path, archive, unpacked, hooks))
        await look({ ...entry, name: `${name}/${entry.name}` }, depth + 1);
      if (sources.length + notRead.length === before) refuse(name, 'empty', 'an archive without files');
    } catch (error) {
      // One damaged archive is no reason to leave the other files unread.
      if (!(error instanceof BrokenData)) throw error;
      refuse(name, 'damaged', error.message);
    }
  };
  try {
    await look({ path: input.path, name: '', bytes: input.bytes, cut: null }, 0);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof UnreadableFile)) throw error;
    refuse('', 'unreadable', error.reason);
  }
  return { sources, notRead };
}
