import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { AcceptedList } from '../runs/accepted/entry.ts';
import { loadConfig } from './config.ts';

/** Options of commands that show results without what was accepted. */
export interface AllowListOptions {
  readonly accepted?: string;
  /** The settings beside which the allow-list stands. */
  readonly config?: string;
  readonly showAccepted: boolean;
}

export function addAllowListOptions(command: Command): Command {
  return command
    .option(
      '--accepted <file>',
      'the allow-list of harrier accept (default: accepted.toml beside harrier.toml, or here)',
    )
    .option('--show-accepted', 'show rows that the allow-list hides', false);
}

/** The file of the allow-list, whether it is there or not: the one named, else that beside harrier.toml, else here. */
export async function allowListFile({ accepted, config }: Omit<AllowListOptions, 'showAccepted'>): Promise<string> {
  if (accepted !== undefined) return accepted;
  const { file } = await loadConfig(config);
  return file === null ? name : relative('', join(dirname(file), name));
}

const name = 'accepted.toml';

/** The allow-list; null where its rows are shown all the same, or where there is none. Throws an InputError when it cannot be read. */
export async function allowList(options: AllowListOptions): Promise<AcceptedList | null> {
  const { accepted, showAccepted } = options;
  if (showAccepted) return null;
  if (accepted !== undefined && !existsSync(accepted))
    throw new InputError(`there is no allow-list ${accepted}`, 'harrier accept makes one');
  const file = await allowListFile(options);
  if (!existsSync(file)) return null;
  return (await import('../runs/accepted/read-file.ts')).readAccepted(file);
}
