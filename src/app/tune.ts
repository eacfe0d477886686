import { type Tuning, tune } from '../investigate/tune.ts';
import type { Overrides } from '../overrides/override.ts';
import type { StudiedQuery, TuningReport } from '../report/tuning/tuning-report.ts';
import { askEach } from './ask-each.ts';
import type { EventsRequest } from './events-request.ts';
import type { HuntJob } from './jobs.ts';
import { noteLaterEvents } from './later-events.ts';
import { missingIndices, reasonsForNoHits } from './no-hits.ts';
import type { Observer } from './observer.ts';
import { noSuchThreshold, overrideFields, overrideJobs } from './override-jobs.ts';
import { openSession } from './session/session.ts';

/** Hunts whose thresholds are studied. */
export interface TuneRequest {
  readonly jobs: readonly HuntJob[];
  readonly events: EventsRequest;
  readonly overrides: Overrides;
  /** Only the threshold of this name; null for all of them. */
  readonly threshold: string | null;
  /** Thresholds to try instead of chosen ones. */
  readonly at: readonly number[];
  /** How many hits a day are bearable. */
  readonly hitsPerDay: number;
}

/** Counts the hits of hunts at other thresholds. */
export async function tuneHunts(
  { jobs: asked, events, overrides, threshold, at, hitsPerDay }: TuneRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<TuningReport> {
  const texts = asked.map(({ esql }) => esql);
  const fields = overrideFields(overrides);
  const session = await openSession({ events, queries: texts, fields, asked: Infinity }, observer, signal);
  const { now } = session;
  try {
    const jobs = await overrideJobs(asked, overrides, session);
    const { engine } = session;
    const studied = await askEach<HuntJob, Tuning>(
      jobs,
      ({ esql }) => tune(esql, engine, { now, hitsPerDay, at, threshold, signal }),
      (job) => missingIndices(job, session, events, signal),
      observer,
      signal,
    );
    if (
      threshold !== null &&
      studied.some(({ found }) => found !== null) &&
      studied.every(({ found }) => found === null || found.studies.length === 0)
    )
      throw await noSuchThreshold(threshold, jobs, '--threshold', session);
    await noteLaterEvents(jobs, session, { events, canBound: true }, observer, signal);
    const queries: StudiedQuery[] = [];
    for (const { job, found, error, reasons } of studied) {
      const notes = found && findsNothing(found) ? await reasonsForNoHits(job, session, events, signal) : reasons;
      queries.push({ hunt: job.hunt, query: job.query, tuning: found, error, notes });
    }
    return { now, hitsPerDay, queries };
  } finally {
    await session.engine.close();
  }
}

/** Whether there are no hits at any of the thresholds that were tried. */
const findsNothing = ({ studies }: Tuning): boolean =>
  studies.length > 0 && studies.every(({ hits }) => hits.every((at) => at.hits === 0));
