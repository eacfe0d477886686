import type { QueryCoverage } from '../coverage/coverage.ts';
import { EvaluationError, InputError, QueryError } from '../diagnostics/diagnostic.ts';
import type { Engine } from '../engines/engine.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import type { CompiledQuery } from '../languages/esql/compiled-query.ts';
import { noHitsInPart } from '../report/outcomes.ts';
import type { HuntResult, Outcome } from '../report/report.ts';
import type { QueryResult } from '../values/types.ts';
import { isFault } from './fault.ts';
import type { Job } from './jobs.ts';
import type { Observer } from './observer.ts';

export interface RunOptions {
  readonly now: Date;
  readonly maxRows: number | null;
  readonly signal: AbortSignal;
  /** Whether the data could have answered a hunt that found nothing; null where the data cannot be asked. */
  readonly assess: ((query: CompiledQuery) => Promise<QueryCoverage>) | null;
  /** What of the data a query that found nothing did not see; null where that is all the same. */
  readonly unread: ((query: CompiledQuery) => Promise<string | null>) | null;
  /** Learns when each query begins. */
  readonly observer?: Observer;
}

/**
 * Runs queries, as many at a time as the engine answers; results are in the order of the queries. One that fails does
 * not keep the others from running. An interruption ends those at work and keeps what is there.
 */
export async function runQueries(jobs: readonly Job[], engine: Engine, options: RunOptions): Promise<HuntResult[]> {
  const { observer, signal } = options;
  try {
    return await severalAtOnce(jobs, engine.parallel, (job, place) => {
      if (!signal.aborted) observer?.progress({ kind: 'query', number: place + 1, all: jobs.length });
      return runOne(job, engine, options);
    });
  } finally {
    observer?.progress({ kind: 'idle' });
  }
}

async function runOne(job: Job, engine: Engine, options: RunOptions): Promise<HuntResult> {
  if (options.signal.aborted) return resultOf(job, { outcome: 'interrupted' });
  const result = overWhatAnswered(await runQuery(job, engine, options));
  const { outcome, notes } = result;
  const unread = outcome === 'none' || outcome === 'cannot tell' ? await options.unread?.(job.esql) : null;
  if (unread == null) return result;
  // Nobody knows what stands where nobody looked.
  return { ...result, outcome: 'cannot tell', notes: [...notes, `${noHitsInPart}: ${unread}`], unread };
}

/** An answer without some of the data says so; and without hits, it cannot tell. */
function overWhatAnswered(result: HuntResult): HuntResult {
  const unread = result.result?.missing?.join('; ');
  if (unread === undefined) return result;
  if (result.outcome === 'hits') {
    const note = `not all of the data was searched: ${unread}; rows may be missing, and counts too low`;
    return { ...result, notes: [note, ...result.notes], unread };
  }
  return { ...result, outcome: 'cannot tell', notes: [`${noHitsInPart}: ${unread}`, ...result.notes], unread };
}

async function runQuery(job: Job, engine: Engine, options: RunOptions): Promise<HuntResult> {
  if (job.refusal !== undefined) return resultOf(job, { outcome: 'failed', error: job.refusal });
  const { signal, maxRows } = options;
  try {
    const result = await engine.query(job.esql, {
      now: options.now.getTime(),
      ...{ maxRows, signal, withKeys: job.hunt !== null },
    });
    const coverage = result.values.length === 0 && job.hunt ? await options.assess?.(job.esql) : undefined;
    return judged(job, result, coverage ?? null);
  } catch (error) {
    if (signal.aborted) return resultOf(job, { outcome: 'interrupted' });
    // What is wrong with the cluster or the data is wrong for every query.
    if (error instanceof InputError) throw error;
    const failed = resultOf(job, { outcome: 'failed', error: messageOf(error) });
    if (!(error instanceof QueryError)) return isFault(error) ? { ...failed, fault: error as Error } : failed;
    const placed = { ...failed, problem: { error, name: job.name, lineOffset: job.lineOffset } };
    if (!job.hunt || !options.assess) return placed;
    // A query without fault that cannot run lacks an index or a field: then it is the data that cannot tell.
    const coverage = await options.assess(job.esql).catch(() => null);
    if (!coverage) return placed;
    // The reasons name the index; a field that nobody knows may be misspelt, and stays an error.
    const said = coverage.missingIndices.length > 0 ? { ...failed, error: null } : placed;
    return { ...said, outcome: 'cannot tell', coverage, notes: gapNotes(coverage) };
  }
}

function messageOf(error: unknown): string {
  const { message } = error as Error;
  if (error instanceof QueryError) return message;
  return `${error instanceof EvaluationError ? 'the query' : 'the engine'} failed: ${message}`;
}

/** Hits, none or cannot tell: the reasons take the place of the engine's own notes. */
function judged(job: Job, result: QueryResult, coverage: QueryCoverage | null): HuntResult {
  if (!coverage)
    return resultOf(job, { outcome: result.values.length > 0 ? 'hits' : 'none', result, notes: result.notes });
  const notes = gapNotes(coverage);
  const outcome = coverage.verdict === 'blind' ? 'cannot tell' : 'none';
  return { ...resultOf(job, { outcome, result, notes }), coverage };
}

const gapNotes = ({ gaps }: QueryCoverage): string[] => gaps.map(({ message, remedy }) => `${message}; ${remedy}`);

/** What became of a job. */
export function resultOf(
  { hunt, query, esql, drillDown = null }: Job,
  what: { outcome: Outcome; result?: QueryResult; error?: string; notes?: readonly string[] },
): HuntResult {
  const { outcome, result = null, error = null, notes = [] } = what;
  const rest = { coverage: null, hidden: [], drillDown, evidence: null };
  return { hunt, query, text: esql.text, outcome, result, error, notes, ...rest };
}
