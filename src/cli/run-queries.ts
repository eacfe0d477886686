import { EvaluationError, InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import type { Engine } from '../engines/engine.ts';
import type { HuntReference, HuntResult } from '../report/report.ts';
import { usesColour } from './output.ts';

/** A query to run, and where it comes from. */
export interface Job {
  readonly hunt: HuntReference | null;
  readonly query: number;
  readonly text: string;
  /** What errors call its text, and how many lines stand before it there. */
  readonly name: string;
  readonly lineOffset: number;
}

/** Runs queries one after the other; one that fails does not keep the others from running. */
export async function runQueries(
  jobs: readonly Job[],
  engine: Engine,
  options: { now: Date; maxRows: number | null; signal: AbortSignal; people: boolean },
): Promise<HuntResult[]> {
  const results: HuntResult[] = [];
  for (const { hunt, query, text, name, lineOffset } of jobs) {
    options.signal.throwIfAborted();
    try {
      const result = await engine.query(text, {
        now: options.now.getTime(),
        maxRows: options.maxRows,
        signal: options.signal,
      });
      results.push({ hunt, query, result, error: null, notes: result.notes });
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
      results.push({ hunt, query, result: null, error: message, notes: [] });
    }
  }
  return results;
}

/** 0: all ran; 1: some failed; 3: there are hits and that is what was asked about. */
export function exitCode(results: readonly HuntResult[], failOnHit: boolean): number {
  if (results.some(({ error }) => error !== null)) return 1;
  return failOnHit && results.some(({ result }) => (result?.values.length ?? 0) > 0) ? 3 : 0;
}
