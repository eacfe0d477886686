import type { Command } from 'commander';
import type { HuntsRequest } from '../app/run-hunts.ts';
import { SavedRuns } from '../runs/saved-runs.ts';
import { stateFolder } from '../runs/state-folder.ts';
import { type AllowListOptions, addAllowListOptions, allowList } from './allow-list.ts';
import type { DataOptions, OutputOptions } from './options.ts';

/** Options of a run on what is kept between runs. */
export interface MemoryOptions extends AllowListOptions {
  readonly save?: string;
  readonly state?: string;
}

export function addMemoryOptions(command: Command): Command {
  return addAllowListOptions(command)
    .option('--save <name>', 'keep the run, to compare another with it: harrier diff NAME')
    .option('--state <folder>', 'where runs are kept');
}

/** What is kept of a run, and what is left out of it. Throws an InputError, before anything is run, when that is impossible. */
export async function memoryOf(
  hunts: readonly string[],
  options: DataOptions & OutputOptions & MemoryOptions,
): Promise<Pick<HuntsRequest, 'save' | 'accepted'>> {
  const state = stateFolder(options.state);
  const { save: name } = options;
  const accepted = await allowList(options);
  if (name === undefined) return { accepted };
  new SavedRuns(state).checkFree(name, options.force);
  const { requestOf } = await import('./run-request.ts');
  return { accepted, save: { state, name, request: requestOf(hunts, options) } };
}
