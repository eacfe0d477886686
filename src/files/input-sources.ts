import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import { defaultLimits, detect, extract } from '../formats/formats.ts';
import type { InputFile } from './input-file.ts';
import type { Cause, FileReport } from './load-report.ts';
import { type Source, trailingText } from './read-inputs.ts';

/** An archive in an archive in an archive is looked into, and no deeper. */
const deepest = 3;

/** What there is to read of a file that was named, and what there is not, with the reason. Paths are those of entries. */
export interface InputSources {
  readonly sources: readonly Source[];
  readonly notRead: readonly FileReport[];
  readonly notes: readonly string[];
}

/** Looks at what a file is by its content, and takes archives apart into a folder. */
export async function sourcesOf(input: InputFile, folder: string, signal?: AbortSignal): Promise<InputSources> {
  const sources: Source[] = [];
  const notRead: FileReport[] = [];
  const notes: string[] = [];
  const refuse = (path: string, cause: Cause, reason: string): void => {
    notRead.push({ path, format: null, read: 'none', events: 0, indices: [], reason, cause });
  };
  let folders = 0;
  const look = async (file: { path: string; name: string; bytes: number }, depth: number): Promise<void> => {
    const { path, name, bytes } = file;
    if (bytes === 0) return refuse(name, 'empty', 'empty');
    const detected = await detect(path);
    switch (detected.kind) {
      case 'documents':
        sources.push({ path, input, entry: name, bytes, format: detected.format });
        return;
      case 'empty':
        return refuse(name, 'empty', 'nothing but blanks');
      case 'error':
        return refuse(name, 'malformed', `it is ${detected.what}`);
      case 'foreign':
        return refuse(name, 'foreign', detected.what);
      case 'archive': {
        if (depth === deepest) return refuse(name, 'foreign', `a ${detected.archive} archive within ${deepest} others`);
        const into = join(folder, String(folders++));
        await mkdir(into, { recursive: true, mode: 0o700 });
        const hooks = {
          onPassedOver: (entry: string, reason: string) => refuse(`${name}/${entry}`, 'unreadable', reason),
          onCut: (what: string) => refuse(`${name}/…`, 'damaged', what),
          onTrailing: (trailing: number) => notes.push(`${name}: ${trailingText(trailing)}`),
        };
        try {
          for await (const entry of extract(path, detected, into, defaultLimits, signal, hooks))
            await look({ path: entry.path, name: `${name}/${entry.name}`, bytes: entry.bytes }, depth + 1);
        } catch (error) {
          signal?.throwIfAborted();
          if (!(error instanceof InputError)) throw error;
          // One damaged archive is no reason to leave the other files unread.
          refuse(name, 'damaged', error.message);
        }
      }
    }
  };
  await look({ path: input.path, name: '', bytes: input.bytes }, 0);
  return { sources, notRead, notes };
}
