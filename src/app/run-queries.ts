import { isInDoubt, type QueryCoverage, remarksOf } from '../coverage/coverage.ts';
import { EvaluationError, InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { isTooDeep, tooDeepText } from '../diagnostics/too-deep.ts';
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
  // Of an engine that answers several questions at a time everything about the data is asked at once, behind the queries.
  const isFar = engine.parallel > 1;
  const judge = isFar ? judgeAtOnce : judgeInTurn;
  try {
    const found = await severalAtOnce(jobs, engine.parallel, async (job, place) => {
      if (!signal.aborted) observer?.progress({ kind: 'query', number: place + 1, all: jobs.length });
      const answer = await answerTo(job, engine, options);
      return { job, answer, result: isFar ? null : await judge(job, answer, options) };
    });
    return await Promise.all(found.map(({ job, answer, result }) => result ?? judge(job, answer, options)));
  } finally {
    observer?.progress({ kind: 'idle' });
  }
}

/** What the engine gave for a query, or why it gave nothing. */
type Answer = { readonly result: QueryResult } | { readonly error: unknown } | 'refused' | 'interrupted';

async function answerTo(job: Job, engine: Engine, { now, maxRows, signal }: RunOptions): Promise<Answer> {
  if (signal.aborted) return 'interrupted';
  if (job.refusal !== undefined) return 'refused';
  try {
    const asked = { now: now.getTime(), maxRows, signal, withKeys: job.hunt !== null };
    return { result: await engine.query(job.esql, asked) };
  } catch (error) {
    if (signal.aborted) return 'interrupted';
    // What is wrong with the cluster or the data is wrong for every query.
    if (error instanceof InputError) throw error;
    return { error };
  }
}

async function judgeInTurn(job: Job, answer: Answer, options: RunOptions): Promise<HuntResult> {
  const result = await judged(job, answer, options);
  return isUnclear(result) ? withUnread(result, await options.unread?.(job.esql)) : result;
}

async function judgeAtOnce(job: Job, answer: Answer, options: RunOptions): Promise<HuntResult> {
  const hasHits = typeof answer === 'string' || ('result' in answer && answer.result.values.length > 0);
  const unread = hasHits ? null : options.unread?.(job.esql);
  const result = await judged(job, answer, options);
  return isUnclear(result) ? withUnread(result, await unread) : result;
}

/** Whether it matters what of the data was not seen. */
const isUnclear = ({ outcome }: HuntResult): boolean => outcome === 'none' || outcome === 'cannot tell';

/** Nobody knows what stands where nobody looked. */
function withUnread(result: HuntResult, unread: string | null | undefined): HuntResult {
  if (unread == null) return result;
  return { ...result, outcome: 'cannot tell', notes: [...result.notes, `${noHitsInPart}: ${unread}`], unread };
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

async function judged(job: Job, answer: Answer, options: RunOptions): Promise<HuntResult> {
  if (answer === 'interrupted') return resultOf(job, { outcome: 'interrupted' });
  if (answer === 'refused') return resultOf(job, { outcome: 'failed', error: job.refusal! });
  if ('error' in answer) return failed(job, answer.error, options);
  return overWhatAnswered(await answered(job, answer.result, options));
}

/** Hits, none or cannot tell: the reasons take the place of the engine's own notes. */
async function answered(job: Job, result: QueryResult, options: RunOptions): Promise<HuntResult> {
  if (result.values.length > 0) return resultOf(job, { outcome: 'hits', result, notes: result.notes });
  let coverage: QueryCoverage | null;
  try {
    coverage = job.hunt ? ((await options.assess?.(job.esql)) ?? null) : null;
  } catch (error) {
    // Whether there could have been hits is not known.
    return options.signal.aborted ? resultOf(job, { outcome: 'interrupted' }) : failed(job, error, options);
  }
  if (!coverage) return resultOf(job, { outcome: 'none', result, notes: result.notes });
  const outcome = isInDoubt(coverage) ? 'cannot tell' : 'none';
  return { ...resultOf(job, { outcome, result, notes: remarksOf(coverage) }), coverage };
}

async function failed(job: Job, error: unknown, options: RunOptions): Promise<HuntResult> {
  if (error instanceof InputError) throw error;
  const result = resultOf(job, { outcome: 'failed', error: messageOf(error) });
  if (!(error instanceof QueryError)) return isFault(error) ? { ...result, fault: error as Error } : result;
  const placed = { ...result, problem: { error, name: job.name, lineOffset: job.lineOffset } };
  if (!job.hunt || !options.assess) return placed;
  // A query without fault that cannot run lacks an index or a field: then it is the data that cannot tell.
  const coverage = await options.assess(job.esql).catch(() => null);
  if (!coverage) return placed;
  // The reasons name the index; a field that nobody knows may be misspelt, and stays an error.
  const said = coverage.missingIndices.length > 0 ? { ...result, error: null } : placed;
  return { ...said, outcome: 'cannot tell', coverage, notes: remarksOf(coverage) };
}

function messageOf(error: unknown): string {
  const { message } = error as Error;
  if (error instanceof QueryError) return message;
  if (isTooDeep(error)) return tooDeepText;
  return `${error instanceof EvaluationError ? 'the query' : 'the engine'} failed: ${message}`;
}

/** What became of a job. */
export function resultOf(
  { hunt, query, esql, drillDown = null }: Job,
  what: { outcome: Outcome; result?: QueryResult; error?: string; notes?: readonly string[] },
): HuntResult {
  const { outcome, result = null, error = null, notes = [] } = what;
  const rest = { coverage: null, hidden: [], drillDown, evidence: null };
  return { hunt, query, text: esql.text, outcome, result, error, notes, ...rest };
}
