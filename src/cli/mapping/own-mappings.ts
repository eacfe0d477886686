import type { Command } from 'commander';
import { loadConfig } from '../config.ts';

/** Where mappings beside the shipped ones are. */
export interface OwnMappings {
  readonly mapping: readonly string[];
  readonly config?: string;
}

export const addOwnMappings = (command: Command): Command =>
  command
    .option(
      '--mapping <file>',
      'your mappings: a file (.yml) or a folder of them (repeatable)',
      (path: string, before: readonly string[]) => [...before, path],
      [],
    )
    .option('--config <file>', 'settings, instead of the nearest harrier.toml here or above');

/** The files and folders of the command line, and of the settings. */
export async function ownMappings({ mapping, config }: OwnMappings): Promise<string[]> {
  return [...new Set([...mapping, ...(await loadConfig(config)).mappings])];
}
