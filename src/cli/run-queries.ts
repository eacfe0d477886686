import type { QueryCoverage } from '../coverage/coverage.ts';
import { EvaluationError, InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import type { Engine } from '../engines/engine.ts';
import type { Hunt } from '../hunts/hunt.ts';
import type { HuntResult, Outcome } from '../report/report.ts';
import type { QueryResult } from '../values/types.ts';
import { usesColour } from './output.ts';

/** A query to run, and where it comes from. */
export interface Job {
  readonly hunt: Hunt | null;
  readonly query: number;
  readonly text: string;
  /** What errors call its text, and how many lines stand before it there. */
  readonly name: string;
  readonly lineOffset: number;
}

export interface RunOptions {
  readonly now: Date;
  readonly maxRows: number | null;
  readonly signal: AbortSignal;
  /** Errors are read by people: they show the place in the text. */
  readonly people: boolean;
  /** Whether the data could have answered a hunt that found nothing; null where the data cannot be asked. */
  readonly assess: ((text: string) => Promise<QueryCoverage>) | null;
}

/** Runs queries one after the other; one that fails does not keep the others from running. */
export async function runQueries(jobs: readonly Job[], engine: Engine, options: RunOptions): Promise<HuntResult[]> {
  const results: HuntResult[] = [];
  for (const job of jobs) {
    const { text, name, lineOffset } = job;
    options.signal.throwIfAborted();
    try {
      const result = await engine.query(text, {
        now: options.now.getTime(),
        maxRows: options.maxRows,
        signal: options.signal,
      });
      const coverage = result.values.length === 0 && job.hunt ? await options.assess?.(text) : undefined;
      results.push(judged(job, result, coverage ?? null));
    } catch (error) {
      // What is wrong with the cluster or the data is wrong for every query.
      if (options.signal.aborted || error instanceof InputError) throw error;
      const words = {
        name,
        lineOffset,
        colour: options.people && usesColour(process.stdout),
        width: process.stdout.columns ?? 120,
      };
      const message =
        error instanceof QueryError
          ? options.people
            ? renderQueryError(error, words)
            : error.message
          : error instanceof EvaluationError
            ? `the query failed: ${error.message}`
            : `the engine failed: ${(error as Error).message}`;
      results.push(resultOf(job, { outcome: 'failed', error: message }));
    }
  }
  return results;
}

/** Hits, none, or nobody can tell: the reasons take the place of the engine's own notes. */
function judged(job: Job, result: QueryResult, coverage: QueryCoverage | null): HuntResult {
  if (!coverage)
    return resultOf(job, { outcome: result.values.length > 0 ? 'hits' : 'none', result, notes: result.notes });
  const notes = coverage.gaps.map(({ message, remedy }) => `${message}; ${remedy}`);
  const outcome = coverage.verdict === 'blind' ? 'cannot tell' : 'none';
  return { ...resultOf(job, { outcome, result, notes }), coverage };
}

/** What became of a job. */
export function resultOf(
  { hunt, query, text }: Job,
  what: { outcome: Outcome; result?: QueryResult; error?: string; notes?: readonly string[] },
): HuntResult {
  const { outcome, result = null, error = null, notes = [] } = what;
  const rest = { coverage: null, hidden: [], drillDown: null, evidence: null };
  return { hunt, query, text, outcome, result, error, notes, ...rest };
}

/** 0: all ran; 1: some failed; 3: there are hits and that is what was asked about. */
export function exitCode(results: readonly HuntResult[], failOnHit: boolean): number {
  if (results.some(({ error }) => error !== null)) return 1;
  return failOnHit && results.some(({ result }) => (result?.values.length ?? 0) > 0) ? 3 : 0;
}
