import { findHunts } from '../hunts/library.ts';
import { CompiledQuery } from '../languages/esql/compiled-query.ts';
import type { HuntResult } from '../report/report.ts';
import { applyAccepted } from '../runs/accepted/apply.ts';
import type { AcceptedList } from '../runs/accepted/entry.ts';
import { diffRuns, type RunDiff, type RunSide } from '../runs/run-diff.ts';
import type { SavedRun } from '../runs/saved-run.ts';
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
}

/** Compares a saved run with a later one. */
export async function diffWithSaved(
  { before, after, accepted }: DiffRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<RunDiff> {
  const later = 'events' in after ? await askAgain(before, after.events, observer, signal) : after;
  const left = (side: RunSide): RunSide => ({ ...side, results: applyAccepted(side.results, accepted, new Date()) });
  return diffRuns(left(before), left(later));
}

/** Runs the texts that were saved: the same questions, whatever has become of the hunts' files. */
async function askAgain(
  { results: saved }: SavedRun,
  events: EventsRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<RunSide> {
  const { now, results } = await runWhole({ jobs: saved.map(jobOf), events }, observer, signal);
  const noted = results.map(async (result) => ({ ...result, notes: [...(await editNotes(result)), ...result.notes] }));
  return { name: null, now, results: await Promise.all(noted) };
}

/** What has become of the file of a hunt that is asked again as it was saved. */
async function editNotes({ hunt, query }: HuntResult): Promise<string[]> {
  if (!hunt) return [];
  const asked = 'this is the query as it was saved: save a new run to compare with';
  const found = await findHunts([hunt.file]).catch(() => null);
  if (!found) return [`the hunt can no longer be read from ${hunt.file}; ${asked}`];
  const now = found.hunts.find(({ uuid, name }) => (hunt.uuid === null ? name === hunt.name : uuid === hunt.uuid));
  return now?.queries[query]?.text === hunt.queries[query]?.text ? [] : [`the hunt was edited since; ${asked}`];
}

const jobOf = ({ hunt, query, text }: HuntResult): Job => ({
  ...{ hunt, query, esql: new CompiledQuery(text) },
  name: hunt?.file ?? 'query',
  lineOffset: (hunt?.queries[query]?.line ?? 1) - 1,
});
