import type { SavedRun } from '../../../runs/saved-run.ts';
import { SavedRuns } from '../../../runs/saved-runs.ts';
import type { SavedRunInfo } from '../../contract/calls.ts';
import type { Outcome } from '../../contract/states.ts';
import type { Handler } from '../call.ts';
import { huntId } from '../library.ts';

/** Saved runs that are read for the list, the newest. */
const mostRuns = 200;

/** The runs that were saved, the newest first. */
export const runs: Handler<'runs'> = async (_request, { options }) => {
  const saved = new SavedRuns(options.state);
  const found: SavedRunInfo[] = [];
  for (const name of await saved.newest(mostRuns))
    found.push(await saved.read(name).then(infoOf, (error: Error) => unreadable(name, error)));
  return { runs: found };
};

function infoOf({ name, saved, now, results, unread }: SavedRun): SavedRunInfo {
  const outcomes = new Map<Outcome, number>();
  for (const { outcome } of results) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  return {
    ...{ name, saved: saved.getTime(), now: now.getTime(), unread, problem: null },
    hunts: [...new Set(results.flatMap(({ hunt }) => (hunt ? huntId(hunt) : [])))],
    queries: results.length,
    hits: results.reduce((sum, { result }) => sum + (result?.values.length ?? 0), 0),
    outcomes: [...outcomes].map(([outcome, queries]) => ({ outcome, queries })),
  };
}

/** A run that cannot be read is listed all the same: it takes its name. */
const unreadable = (name: string, { message }: Error): SavedRunInfo => ({
  ...{ name, saved: 0, now: 0, unread: null, problem: message },
  ...{ hunts: [], queries: 0, hits: 0, outcomes: [] },
});

/** Keeps answers under a name, whole: what is accepted may change until they are looked at again. */
export const saveRun: Handler<'runs/save'> = async ({ name, answers, replace }, { options, handles, now }) => {
  const kept = answers.map((answer) => handles.get(answer));
  const saved = new SavedRuns(options.state);
  saved.checkFree(name, replace);
  const hunts = [...new Set(kept.flatMap(({ whole }) => (whole.hunt ? huntId(whole.hunt) : [])))];
  const [latest] = kept.map(({ now }) => now).sort((a, b) => b.getTime() - a.getTime());
  await saved.save({
    ...{ name, saved: new Date(), harrier: options.version, now: latest ?? new Date() },
    request: { ...options.request, hunts, now: now instanceof Date ? now.toISOString() : now },
    engine: options.kind === 'cluster' ? 'elasticsearch' : 'duckdb',
    results: kept.map(({ whole }) => whole),
    unread: kept.find(({ unread }) => unread !== null)?.unread ?? null,
  });
  return { name };
};
