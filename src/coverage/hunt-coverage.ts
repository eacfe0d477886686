import { QueryError } from '../diagnostics/diagnostic.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { assess } from './assess.ts';
import type { Counter } from './batched-counts.ts';
import type { QueryCoverage, Verdict } from './coverage.ts';

/** What data can say to a hunt: to each of its queries, and to all of them. */
export interface HuntCoverage {
  readonly hunt: Hunt;
  readonly verdict: Verdict;
  readonly queries: readonly QueryCoverage[];
  /** What is wrong with a query itself: then the hunt is blind, whatever the data holds. */
  readonly error: string | null;
}

/** Assesses the queries of a hunt, as overrides leave them. */
export async function coverHunt(
  hunt: Hunt,
  texts: readonly string[],
  engine: Counter,
  now: Date,
  signal?: AbortSignal,
): Promise<HuntCoverage> {
  try {
    const queries: QueryCoverage[] = [];
    for (const text of texts) queries.push(await assess(text, engine, now, signal));
    return { hunt, verdict: together(queries.map(({ verdict }) => verdict)), queries, error: null };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { hunt, verdict: 'blind', queries: [], error: error.message };
  }
}

/** A hunt of several queries is ready or blind when all are. */
function together(verdicts: readonly Verdict[]): Verdict {
  const [first] = verdicts;
  return verdicts.every((verdict) => verdict === first) ? (first ?? 'blind') : 'partial';
}
