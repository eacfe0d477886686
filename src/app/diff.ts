import type { Hunt } from '../hunts/hunt.ts';
import { findHunts } from '../hunts/library.ts';
import { CompiledQuery } from '../languages/esql/compiled-query.ts';
import type { HuntResult } from '../report/report.ts';
import { applyAccepted } from '../runs/accepted/apply.ts';
import type { AcceptedList } from '../runs/accepted/entry.ts';
import { diffRuns, type RunDiff, type RunSide } from '../runs/run-diff.ts';
import type { SavedRun } from '../runs/saved-run.ts';
import { judgeResults } from '../runs/verdicts/judge-results.ts';
import type { Judgement } from '../runs/verdicts/judgement.ts';
import type { EventsRequest } from './events-request.ts';
import type { Job } from './jobs.ts';
import type { Observer } from './observer.ts';
import { runWhole } from './run-hunts.ts';

/** A saved run, and what it is compared with. */
export interface DiffRequest {
  readonly before: SavedRun;
  /** A later run, or the events that are asked the same again. */
  readonly after: SavedRun | { readonly events: EventsRequest };
  /** Rows that it accepts are left out of both. */
  readonly accepted: AcceptedList | null;
  /** What was decided about groups, which stands beside their rows. */
  readonly judgements?: ReadonlyMap<string, Judgement>;
}

/** Compares a saved run with a later one. */
export async function diffWithSaved(
  { before, after, accepted, judgements = new Map() }: DiffRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<RunDiff> {
  const later = 'events' in after ? await askAgain(before, after.events, observer, signal) : after;
  const left = async (side: RunSide): Promise<RunSide> => ({
    ...side,
    results: await judgeResults(applyAccepted(side.results, accepted, new Date()), judgements),
  });
  return diffRuns(await left(before), await left(later));
}

/** Runs the texts that were saved: the same questions, whatever has become of the hunts' files. */
async function askAgain(
  { results: saved }: SavedRun,
  events: EventsRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<RunSide> {
  const { now, results, unread } = await runWhole(
    { jobs: saved.map(jobOf), events, canBound: false },
    observer,
    signal,
  );
  const files = new Map<string, readonly Hunt[] | null>();
  for (const file of new Set(results.flatMap(({ hunt }) => hunt?.file ?? []))) files.set(file, await huntsIn(file));
  const noted = results.map((result) => ({ ...result, notes: [...editNotes(result, files), ...result.notes] }));
  return { name: null, now, results: noted, unread };
}

/** The hunts of a file; null where it can no longer be read. */
const huntsIn = async (file: string): Promise<readonly Hunt[] | null> =>
  (await findHunts([file]).catch(() => null))?.hunts ?? null;

/** What has become of the file of a hunt that is asked again as it was saved. */
function editNotes({ hunt, query }: HuntResult, files: ReadonlyMap<string, readonly Hunt[] | null>): string[] {
  if (!hunt) return [];
  const asked = 'this is the query as it was saved: save a new run to compare with';
  const found = files.get(hunt.file);
  if (!found) return [`the hunt can no longer be read from ${hunt.file}; ${asked}`];
  const now = found.find(({ uuid, name }) => (hunt.uuid === null ? name === hunt.name : uuid === hunt.uuid));
  return now?.queries[query]?.text === hunt.queries[query]?.text ? [] : [`the hunt was edited since; ${asked}`];
}

const jobOf = ({ hunt, query, text }: HuntResult): Job => ({
  ...{ hunt, query, esql: new CompiledQuery(text) },
  name: hunt?.file ?? 'query',
  lineOffset: (hunt?.queries[query]?.line ?? 1) - 1,
});
