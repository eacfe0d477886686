import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { HuntResult } from '../report/report.ts';
import { applyAccepted } from '../runs/accepted/apply.ts';
import { readAccepted } from '../runs/accepted/read-file.ts';

/** Options of commands that show results without what was accepted. */
export interface AllowListOptions {
  readonly accepted?: string;
  readonly showAccepted: boolean;
}

export function addAllowListOptions(command: Command): Command {
  return command
    .option('--accepted <file>', 'the allow-list of harrier accept (default: accepted.toml, where there is one)')
    .option('--show-accepted', 'show rows that the allow-list hides', false);
}

/** The file of the allow-list, whether it is there or not. */
export const allowListFile = (given: string | undefined): string => given ?? 'accepted.toml';

/** Reads the allow-list, and gives what leaves out the rows that it accepts. Throws an InputError when it cannot be read. */
export async function allowList({
  accepted,
  showAccepted,
}: AllowListOptions): Promise<(results: readonly HuntResult[]) => readonly HuntResult[]> {
  if (showAccepted) return (results) => results;
  if (accepted !== undefined && !existsSync(accepted))
    throw new InputError(`there is no allow-list ${accepted}`, 'harrier accept makes one');
  const list = await readAccepted(allowListFile(accepted));
  return (results) => applyAccepted(results, list, new Date());
}
