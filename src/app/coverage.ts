import { coverEach, type HuntCoverage } from '../coverage/hunt-coverage.ts';
import { findTimeFaults, timeFaultQueries } from '../coverage/time-faults.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import type { Overrides } from '../overrides/override.ts';
import type { CoverageReport } from '../report/coverage/coverage-report.ts';
import type { EventsRequest } from './events-request.ts';
import { jobsOf } from './jobs.ts';
import { noteLateIndex } from './late-index.ts';
import { noteLaterEvents } from './later-events.ts';
import type { Observer } from './observer.ts';
import { overrideFields, overrideJobs } from './override-jobs.ts';
import { sourcesOf } from './recorded-sources.ts';
import { openSession } from './session/session.ts';

/** Hunts that events are to answer. */
export interface CoverageRequest {
  readonly hunts: readonly Hunt[];
  readonly events: EventsRequest;
  readonly overrides: Overrides;
  /** Names what the library has for the platform that a hunt was ported to; null for any other hunt. */
  readonly siblings?: (hunt: Hunt) => Promise<string | null>;
}

/** Where sources that number their events write the number: what has no names of ECS may have these. */
const ownNumbers = 'winlog.event_id, event.code, EventID';

/** Which hunts the events can answer, fully, partly or not at all, and why. */
export async function coverHunts(
  { hunts, events, overrides, siblings }: CoverageRequest,
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
    const sources = await sourcesOf(events.source);
    const covered = new Map<Hunt, HuntCoverage>();
    const shown: Hunt[] = [];
    const able = hunts.flatMap((named) => {
      const own = jobs.filter((_, i) => asked[i]!.hunt === named);
      const hunt = own[0]?.hunt ?? named;
      shown.push(hunt);
      const refusal = own.find((job) => job.refusal !== undefined)?.refusal;
      if (refusal !== undefined) covered.set(hunt, { hunt, verdict: 'blind', queries: [], error: refusal });
      return refusal === undefined ? [{ hunt, queries: own.map(({ esql }) => esql) }] : [];
    });
    for await (const one of coverEach(able, engine, session.now, signal, sources))
      covered.set(one.hunt, await withSibling(one, siblings));
    noteLateIndex(
      [...covered.values()].flatMap((one) => one.queries),
      session,
      events,
      observer,
    );
    await noteLaterEvents(jobs, session, { events, canBound: true }, observer, signal);
    const patterns = queries.flatMap(({ parsed }) => (parsed.query ? indexPatterns(parsed.query) : []));
    const timeFaults = await findTimeFaults(engine, [...new Set(patterns)], today, signal);
    return { now: session.now, hunts: shown.map((hunt) => covered.get(hunt)!), timeFaults };
  } finally {
    await session.engine.close();
  }
}

/** Coverage of a hunt with what to run instead, where it was ported and the data cannot answer all of it. */
async function withSibling(covered: HuntCoverage, siblings: CoverageRequest['siblings']): Promise<HuntCoverage> {
  const [first, ...others] = covered.queries;
  if (covered.verdict === 'ready' || !first) return covered;
  const message = (await siblings?.(covered.hunt)) ?? null;
  if (message === null) return covered;
  return { ...covered, queries: [{ ...first, notes: [...(first.notes ?? []), { message, remedy: null }] }, ...others] };
}
