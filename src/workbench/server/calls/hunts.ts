import { SavedRuns } from '../../../runs/saved-runs.ts';
import type { HuntCard } from '../../contract/calls.ts';
import type { Handler } from '../call.ts';
import type { Workbench } from '../context.ts';
import { huntId } from '../library.ts';

/** Saved runs whose outcomes stand beside a hunt. */
const mostRuns = 5;

/** The hunts of the library, with what the last saved runs found. */
export const hunts: Handler<'hunts'> = async (_request, workbench) => {
  const { library } = workbench.options;
  const history = await lastOutcomes(workbench);
  return {
    hunts: library.hunts.map((hunt) => ({ ...library.card(hunt), history: history.get(huntId(hunt)) ?? [] })),
    problems: library.problems,
  };
};

async function lastOutcomes({ options }: Workbench): Promise<ReadonlyMap<string, HuntCard['history']>> {
  const runs = new SavedRuns(options.state);
  const found = new Map<string, { run: string; outcome: string; rows: number }[]>();
  for (const name of (await runs.newest(mostRuns)).reverse()) {
    // A run that cannot be read keeps nobody from their hunts.
    const run = await runs.read(name).catch(() => null);
    for (const { hunt, outcome, result } of run?.results ?? []) {
      if (!hunt) continue;
      const id = huntId(hunt);
      found.set(id, [...(found.get(id) ?? []), { run: name, outcome, rows: result?.values.length ?? 0 }]);
    }
  }
  return found;
}
