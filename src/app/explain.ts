import type { Catalogue } from '../catalogue/catalogue.ts';
import { QueryError } from '../diagnostics/diagnostic.ts';
import { type PlannedQuery, planQuery } from '../engines/planned-query.ts';
import { printPlan } from '../languages/esql/print/print.ts';
import { type Plan, rewritePlan } from '../plan/nodes.ts';
import type { EventsRequest } from './events-request.ts';
import type { Job } from './jobs.ts';
import type { Observer } from './observer.ts';
import { openSession } from './session/session.ts';

/** A query with its plan, and what the engine is asked. */
export interface ExplainedQuery extends PlannedQuery {
  /** Throws a NotInEsql where ES|QL has no words for it. */
  statement(): string;
  /** The plan as ES|QL, for a version of Elasticsearch or the newest; throws a NotInEsql as well. */
  esql(version?: string): string;
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
  const session = await openSession({ events, queries: jobs.map(({ esql }) => esql) }, observer, signal);
  const { engine, now } = session;
  try {
    return jobs.map((job): Explained => {
      try {
        const asked = { now: now.getTime(), maxRows: events.maxRows };
        const planned = planQuery(job.esql, engine.catalogue, asked);
        const statement = (): string => engine.statement(job.esql, asked);
        const esql = (version?: string): string =>
          printPlan(named(planned.analysis.plan, engine.catalogue), version === undefined ? {} : { version });
        return { job, prepared: { ...planned, statement, esql }, error: null };
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        return { job, prepared: null, error };
      }
    });
  } finally {
    await engine.close();
  }
}

/** A plan that names its indices: elsewhere there are others than all that are known here. */
const named = (plan: Plan, { indices }: Catalogue): Plan =>
  rewritePlan(plan, (node) =>
    node.kind === 'scan' && node.indices === null ? { ...node, indices: indices.map(({ name }) => name) } : node,
  );
