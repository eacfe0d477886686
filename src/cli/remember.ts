import type { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { RunReport } from '../report/report.ts';
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

/** What is done with a run before it is reported. Throws an InputError, before anything is run, when that is impossible. */
export async function rememberer(
  hunts: readonly string[],
  options: DataOptions & OutputOptions & MemoryOptions,
): Promise<(report: RunReport) => Promise<RunReport>> {
  const runs = new SavedRuns(stateFolder(options.state));
  const { save } = options;
  const withoutAccepted = await allowList(options);
  if (save !== undefined) runs.checkFree(save, options.force);
  return async (report) => {
    // What was found is kept whole: what is accepted may change until it is looked at again.
    if (save !== undefined) {
      const { requestOf } = await import('./run-request.ts');
      const { now, engine, results } = report;
      const saved = { name: save, saved: new Date(), harrier: manifest.version, request: requestOf(hunts, options) };
      await runs.save({ ...saved, now, engine, results });
    }
    return { ...report, results: withoutAccepted(report.results) };
  };
}
