import type { Hunt } from '../hunts/hunt.ts';
import type { Overrides } from '../overrides/override.ts';
import type { HuntResult, RunReport } from '../report/report.ts';
import { applyAccepted } from '../runs/accepted/apply.ts';
import type { AcceptedList } from '../runs/accepted/entry.ts';
import type { RunRequest } from '../runs/saved-run.ts';
import { SavedRuns } from '../runs/saved-runs.ts';
import type { EventsRequest } from './events-request.ts';
import { type Extras, extraFields, extraIndices, factsOf, noExtras, withExtras } from './extras.ts';
import type { Job } from './jobs.ts';
import { judges } from './judges.ts';
import { noteLateIndex } from './late-index.ts';
import { noteLaterEvents } from './later-events.ts';
import type { Observer } from './observer.ts';
import { harrierVersion, provenanceOf } from './provenance.ts';
import { runQueries } from './run-queries.ts';
import { openSession } from './session/session.ts';

/** Queries to run, and what is asked besides. */
export interface HuntsRequest {
  readonly jobs: readonly Job[];
  readonly events: EventsRequest;
  readonly overrides?: Overrides;
  /** What was found is kept whole under a name. */
  readonly save?: Saving;
  /** Rows that it accepts are left out of the report. */
  readonly accepted?: AcceptedList | null;
  readonly extras?: Extras;
  /** The command line, if the report says how to run it again; whether it names the digests of the files. */
  readonly provenance?: { readonly command: string; readonly hashed: boolean };
  /** What to run instead of a hunt that found nothing on the platform that it was ported to; null where nothing is known. */
  readonly siblings?: (hunt: Hunt) => Promise<string | null>;
  /** Whether who asks can set an end to windows; left out where events later than the given time need no note. */
  readonly canBound?: boolean;
}

/** Where a run is kept. */
export interface Saving {
  /** The folder of what is kept between runs. */
  readonly state: string;
  readonly name: string;
  /** What the run was asked with. */
  readonly request: RunRequest;
}

/**
 * Reads the events, runs queries on them and gives what came of it. An interruption ends the run early, and the report
 * says so.
 */
export async function runHunts(request: HuntsRequest, observer: Observer, signal: AbortSignal): Promise<RunReport> {
  const { jobs: asked, events, overrides, save, accepted, extras = noExtras, provenance, canBound } = request;
  const began = performance.now();
  const overriding = overrides ? await import('./override-jobs.ts') : null;
  const texts = asked.map(({ esql }) => esql);
  const fields = [...(overriding ? overriding.overrideFields(overrides!) : []), ...(await extraFields(extras))];
  const session = await openSession(
    { events, queries: texts, fields, besides: extraIndices(extras, asked) },
    observer,
    signal,
  );
  const { now, engine, load, unread, inputs } = session;
  try {
    const jobs = overriding ? await overriding.overrideJobs(asked, overrides!, session) : asked;
    const options = { now, maxRows: events.maxRows, signal, ...(await judges(session, events.source, jobs, signal)) };
    // An engine that answers several questions at a time is asked what its events are like beside the queries.
    const facts = engine.parallel > 1 ? factsOf(session, jobs, extras, signal) : null;
    facts?.catch(() => undefined);
    const found = await runQueries(jobs, engine, { ...options, observer });
    const results = await withSiblings(found, request);
    noteLateIndex(
      results.flatMap(({ coverage }) => coverage ?? []),
      session,
      events,
      observer,
    );
    if (canBound !== undefined) await noteLaterEvents(jobs, session, { events, canBound }, observer, signal);
    const run: RunReport = {
      ...{ now, engine: engine.name, results, load, unread: unread.text, eventFacts: null },
      partial: signal.aborted,
      provenance: provenance ? await provenanceOf(inputs, provenance, observer, signal) : null,
    };
    // What was found is kept whole: what is accepted may change until it is looked at again.
    if (save) await keep(save, run);
    const shown = { ...run, results: applyAccepted(results, accepted ?? null, new Date()) };
    // What was found is reported without pictures when there is no time for them.
    const whole = await withExtras(shown, session, jobs, extras, options, facts).catch((error) => {
      if (!signal.aborted) throw error;
      return { ...shown, partial: true };
    });
    return { ...whole, tookMs: performance.now() - began };
  } finally {
    await engine.close();
  }
}

/** The same where half a run is no run: an interruption is thrown. */
export async function runWhole(request: HuntsRequest, observer: Observer, signal: AbortSignal): Promise<RunReport> {
  const report = await runHunts(request, observer, signal);
  signal.throwIfAborted();
  return report;
}

async function keep({ state, name, request }: Saving, { now, engine, results, unread }: RunReport): Promise<void> {
  const run = { name, saved: new Date(), harrier: harrierVersion, request, now, engine, results, unread };
  await new SavedRuns(state).save(run);
}

/** Results with what to run instead of hunts that found nothing on the platform that they were ported to. */
async function withSiblings(
  results: readonly HuntResult[],
  { siblings }: Pick<HuntsRequest, 'siblings'>,
): Promise<readonly HuntResult[]> {
  if (!siblings) return results;
  const named = async (result: HuntResult): Promise<HuntResult> => {
    const isEmpty = result.outcome === 'none' || result.outcome === 'cannot tell';
    const note = isEmpty && result.hunt ? await siblings(result.hunt) : null;
    return note === null ? result : { ...result, notes: [...result.notes, note] };
  };
  return Promise.all(results.map(named));
}
