import { InputError } from '../diagnostics/diagnostic.ts';
import { backfill, type History, type Schedule } from '../investigate/backfill.ts';
import type { Overrides } from '../overrides/override.ts';
import type { HistoryReport } from '../report/history/history-report.ts';
import { askEach } from './ask-each.ts';
import type { EventsRequest } from './events-request.ts';
import type { HuntJob } from './jobs.ts';
import { missingIndices } from './no-hits.ts';
import type { Observer } from './observer.ts';
import { overrideFields, overrideJobs } from './override-jobs.ts';
import { openSession, type Session } from './session/session.ts';

/** Hunts, and the times to hunt as of. */
export interface BackfillRequest extends Times {
  readonly jobs: readonly HuntJob[];
  readonly events: EventsRequest;
  readonly overrides: Overrides;
}

interface Times {
  /** The first time; null for that of the first event. */
  readonly from: Date | null;
  /** The last time; null for what counts as now. */
  readonly to: Date | null;
  /** Milliseconds between two times. */
  readonly step: number;
}

const mostWindows = 10_000;

/** What hunts would have found in the past. */
export async function backfillHunts(
  { jobs: asked, events, overrides, ...times }: BackfillRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<HistoryReport> {
  const queries = asked.map(({ esql }) => esql);
  const fields = ['FROM * | KEEP @timestamp', ...overrideFields(overrides)];
  const everywhere = times.from === null;
  const session = await openSession({ events, queries, fields, everywhere, asked: Infinity }, observer, signal);
  try {
    const jobs = await overrideJobs(asked, overrides, session);
    const { engine } = session;
    const schedule = scheduleOf(session, times);
    const past = await askEach<HuntJob, History>(
      jobs,
      ({ esql }) => backfill(esql, engine, schedule, signal),
      (job) => missingIndices(job, session, events, signal),
      observer,
      signal,
    );
    return {
      queries: past.map(({ job: { hunt, query }, found, error, reasons }) => ({
        ...{ hunt, query, history: found, error, notes: reasons },
      })),
    };
  } finally {
    await session.engine.close();
  }
}

/** The times to hunt as of: the last is the one asked for, the others lie before it. */
function scheduleOf(session: Session, { from, to, step }: Times): Schedule {
  const firstEvent = Math.min(
    ...session.engine.catalogue.indices.flatMap(({ firstTimestamp }) => firstTimestamp ?? []),
  );
  const last = (to ?? session.now).getTime();
  const start = from?.getTime() ?? firstEvent;
  if (!Number.isFinite(start)) throw new InputError('no event says when it happened', 'give --from');
  if (start > last)
    throw new InputError(
      `the first time, ${new Date(start).toISOString()}, is after the last, ${new Date(last).toISOString()}`,
      'give --from and --to, or --now latest',
    );
  const count = Math.floor((last - start) / step) + 1;
  if (count > mostWindows)
    throw new InputError(
      `that would be ${count.toLocaleString('en')} windows; ${mostWindows.toLocaleString('en')} are the most`,
      'give a longer --step',
    );
  return { first: last - (count - 1) * step, step, count };
}
