import { QueryError } from '../diagnostics/diagnostic.ts';
import type { Job } from './jobs.ts';
import type { Observer } from './observer.ts';

/** What was found about one query; an error where it cannot be asked. */
export interface Asked<J extends Job, T> {
  readonly job: J;
  readonly found: T | null;
  readonly error: string | null;
  /** Why the data cannot answer it, where the query itself is right; empty otherwise. */
  readonly reasons: readonly string[];
}

/**
 * Asks something about each query. One that is refused or wrong is noted, and the others are asked. `missing`: what the data
 * lacks that a query names; then the query is not wrong.
 */
export async function askEach<J extends Job, T>(
  jobs: readonly J[],
  ask: (job: J) => Promise<T>,
  missing: (job: J) => Promise<readonly string[]>,
  observer: Observer,
  signal: AbortSignal,
): Promise<Asked<J, T>[]> {
  const asked: Asked<J, T>[] = [];
  for (const job of jobs) {
    signal.throwIfAborted();
    if (job.refusal === undefined) asked.push(await askOne(job, ask, missing, observer));
    else {
      observer.note({ kind: 'refused', job, reason: job.refusal });
      asked.push({ job, found: null, error: job.refusal, reasons: [] });
    }
  }
  return asked;
}

async function askOne<J extends Job, T>(
  job: J,
  ask: (job: J) => Promise<T>,
  missing: (job: J) => Promise<readonly string[]>,
  observer: Observer,
): Promise<Asked<J, T>> {
  try {
    return { job, found: await ask(job), error: null, reasons: [] };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const reasons = await missing(job);
    if (reasons.length > 0) return { job, found: null, error: null, reasons };
    observer.note({ kind: 'wrong query', job, error });
    return { job, found: null, error: error.message, reasons };
  }
}
