import { counterOf } from '../coverage/batched-counts.ts';
import { coverHunt, type HuntCoverage } from '../coverage/hunt-coverage.ts';
import { findTimeFaults, timeFaultQueries } from '../coverage/time-faults.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import type { Overrides } from '../overrides/override.ts';
import type { CoverageReport } from '../report/coverage/coverage-report.ts';
import type { EventsRequest } from './events-request.ts';
import { jobsOf } from './jobs.ts';
import type { Observer } from './observer.ts';
import { overrideFields, overrideJobs } from './override-jobs.ts';
import { sourcesOf } from './recorded-sources.ts';
import { openSession } from './session/session.ts';

/** Hunts that events are to answer. */
export interface CoverageRequest {
  readonly hunts: readonly Hunt[];
  readonly events: EventsRequest;
  readonly overrides: Overrides;
}

/** Where sources that number their events write the number: what has no names of ECS may have these. */
const ownNumbers = 'winlog.event_id, event.code, EventID';

/** Which hunts the events can answer, fully, partly or not at all, and why. */
export async function coverHunts(
  { hunts, events, overrides }: CoverageRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<CoverageReport> {
  const asked = hunts.flatMap(jobsOf);
  const queries = asked.map(({ esql }) => esql);
  const today = new Date();
  const faultQueries = Object.values(timeFaultQueries(['*'], today));
  const fields = [...overrideFields(overrides), ...faultQueries, `FROM * | KEEP host.os.type, ${ownNumbers}`];
  const session = await openSession({ events, queries, fields, asked: Infinity }, observer, signal);
  try {
    const { engine } = session;
    const jobs = await overrideJobs(asked, overrides, session);
    const counter = counterOf(engine);
    const sources = await sourcesOf(events.source);
    const cover = async (hunt: Hunt): Promise<HuntCoverage> => {
      signal.throwIfAborted();
      const own = jobs.filter((job) => job.hunt === hunt);
      const refusal = own.find((job) => job.refusal !== undefined)?.refusal;
      const texts = own.map(({ esql }) => esql);
      return refusal === undefined
        ? coverHunt(hunt, texts, counter, session.now, signal, sources)
        : { hunt, verdict: 'blind', queries: [], error: refusal };
    };
    // What is asked at the same time is asked together.
    const covered = await severalAtOnce(hunts, engine.parallel > 1 ? hunts.length : 1, cover);
    const patterns = queries.flatMap(({ parsed }) => (parsed.query ? indexPatterns(parsed.query) : []));
    const timeFaults = await findTimeFaults(engine, [...new Set(patterns)], today, signal);
    return { now: session.now, hunts: covered, timeFaults };
  } finally {
    await session.engine.close();
  }
}
