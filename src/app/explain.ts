import { QueryError } from '../diagnostics/diagnostic.ts';
import { type PlannedQuery, planQuery } from '../engines/planned-query.ts';
import type { EventsRequest } from './events-request.ts';
import type { Job } from './jobs.ts';
import type { Observer } from './observer.ts';
import { openSession } from './session/session.ts';

/** A query with its plan, and what the engine is asked. */
export interface ExplainedQuery extends PlannedQuery {
  /** Throws a NotInEsql where ES|QL has no words for it. */
  statement(): string;
}

/** A query with every stage short of its rows, or what is wrong with it. */
export type Explained =
  | { readonly job: Job; readonly prepared: ExplainedQuery; readonly error: null }
  | { readonly job: Job; readonly prepared: null; readonly error: QueryError };

/** Plans queries and runs none of them. */
export async function explainQueries(
  { jobs, events }: { readonly jobs: readonly Job[]; readonly events: EventsRequest },
  observer: Observer,
  signal: AbortSignal,
): Promise<Explained[]> {
  const session = await openSession({ events, queries: jobs.map(({ text }) => text) }, observer, signal);
  const { engine, now } = session;
  try {
    return jobs.map((job): Explained => {
      try {
        const asked = { now: now.getTime(), maxRows: events.maxRows };
        const planned = planQuery(job.text, engine.catalogue, asked);
        return { job, prepared: { ...planned, statement: () => engine.statement(job.text, asked) }, error: null };
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        return { job, prepared: null, error };
      }
    });
  } finally {
    await engine.close();
  }
}
