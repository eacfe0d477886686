import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import { ownLibrary } from '../hunts/library.ts';
import { type Config, loadConfig } from './config.ts';

/** Where hunts are looked up. */
export interface LibraryOptions {
  readonly library: readonly string[];
  readonly config?: string;
}

export function addLibraryOptions(command: Command): Command {
  return command
    .option(
      '--library <folder>',
      'look hunts up in this folder too (repeatable)',
      (folder: string, before: readonly string[]) => [...before, folder],
      [],
    )
    .option('--config <file>', 'settings, instead of the nearest harrier.toml here or above');
}

/** The folders in which names and UUIDs are looked up: Harrier's own, those of the settings, those of the command line. */
export async function libraryFolders({ library, config }: LibraryOptions, settings?: Config): Promise<string[]> {
  const { libraries, file } = settings ?? (await loadConfig(config));
  for (const folder of libraries) await mustBeFolder(folder, `it is named in ${file}`);
  for (const folder of library) await mustBeFolder(folder, '--library takes a folder of hunts');
  return [...new Set([ownLibrary, ...libraries, ...library.map((folder) => resolve(folder))])];
}

async function mustBeFolder(folder: string, hint: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) throw new InputError(`no library in ${folder}: there is no such folder`, hint);
}
