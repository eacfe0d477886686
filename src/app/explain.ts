import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import type { Prepared } from '../engines/duckdb/prepare.ts';
import type { EventsRequest } from './events-request.ts';
import type { Job } from './jobs.ts';
import type { Observer } from './observer.ts';
import { openSession } from './session/session.ts';

/** A query with every stage short of its rows, or what is wrong with it. */
export type Explained =
  | { readonly job: Job; readonly prepared: Prepared; readonly error: null }
  | { readonly job: Job; readonly prepared: null; readonly error: QueryError };

/** Plans queries and runs none of them. */
export async function explainQueries(
  { jobs, events }: { readonly jobs: readonly Job[]; readonly events: EventsRequest },
  observer: Observer,
  signal: AbortSignal,
): Promise<Explained[]> {
  const session = await openSession({ events, queries: jobs.map(({ text }) => text) }, observer, signal);
  const { engine, events: planner, now } = session;
  try {
    if (!planner) throw new InputError('a cluster plans its queries itself', 'explain without --engine elasticsearch');
    return jobs.map((job): Explained => {
      try {
        const prepared = planner.prepare(job.text, { now: now.getTime(), maxRows: events.maxRows });
        return { job, prepared, error: null };
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        return { job, prepared: null, error };
      }
    });
  } finally {
    await engine.close();
  }
}
