import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import { descriptorOf } from '../files/descriptor.ts';
import type { ListSource } from '../files/lists/lists.ts';
import type { Config } from './config.ts';

/** Files to look rows up in. */
export interface ListOptions {
  readonly lookup?: readonly string[];
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/** The option that names lists. */
export const addListOption = (command: Command): Command =>
  command.option(
    '--lookup <file>',
    'a list for LOOKUP JOIN and HARRIER_LOOKUP, such as iocs.csv, whose name in queries is iocs, or NAME=FILE: CSV, TSV, JSON, Parquet (repeatable)',
    collect,
    [],
  );

/** The same, with what `harrier.toml` says of it. */
export const addLists = (command: Command): Command =>
  addListOption(command).hook('preAction', async (_, action) => {
    const { lookup, engine, config } = action.opts<{ lookup: string[]; engine?: string; config?: string }>();
    // A cluster cannot have them; what is said of all commands is no mistake for one.
    if (engine === 'elasticsearch') return;
    const { loadConfig } = await import('./config.ts');
    action.setOptionValue('lookup', withConfigured(lookup, await loadConfig(config)));
  });

/** Lists of the command line, and those of the settings that have other names. */
export function withConfigured(lookup: readonly string[], { lists }: Pick<Config, 'lists'>): string[] {
  const named = new Set(lookup.map((list) => listNamed(list).name));
  return [...lookup, ...lists.filter((list) => !named.has(listNamed(list).name))];
}

/** The lists that options name. Throws an InputError. */
export function listsOf({ lookup = [] }: ListOptions): ListSource[] {
  const lists = lookup.map(listNamed);
  const twice = lists.find(({ name }, i) => lists.findIndex((other) => other.name === name) < i);
  if (twice)
    throw new InputError(
      `--lookup names two lists ${twice.name}`,
      `give one of them another name: --lookup NAME=${twice.file}`,
    );
  return lists;
}

/** `NAME=FILE`, or a file, whose name without its endings is that of the list. */
export function listNamed(text: string): ListSource {
  const [, given, path] = /^([\w.-]+)=(.+)$/s.exec(text) ?? [];
  if (given !== undefined && !existsSync(text)) return { name: given, file: path! };
  const name = basename(text)
    .replace(/\.(?:gz|zst|bz2|xz)$/i, '')
    .replace(/\.(?:csv|tsv|txt|json|ndjson|jsonl|parquet)$/i, '');
  if (descriptorOf(text) !== null || !/^[^\s*,"|<>\\/:=()[\]-][^*,"|<>\\/]*$/.test(name))
    throw new InputError(`the list ${text} needs a name for queries`, 'give it one: --lookup NAME=FILE');
  return { name, file: text };
}

/** A cluster has no tables of this process. Throws an InputError where lists are to be looked up there. */
export function refuseLists({ lookup = [] }: ListOptions): void {
  if (lookup.length === 0) return;
  throw new InputError(
    '--lookup reads lists into the engine of this process, and a cluster looks rows up in indices of its own',
    'put the list into an index there with "index.mode": "lookup", and write LOOKUP JOIN',
  );
}
