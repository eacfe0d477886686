import type { RecordedSource } from '../catalogue/recorded-source.ts';
import { QueryError } from '../diagnostics/diagnostic.ts';
import type { Engine } from '../engines/engine.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import type { Hunt } from '../hunts/hunt.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import { assess } from './assess.ts';
import { type Counter, counterOf } from './batched-counts.ts';
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
  queries: readonly QueryText[],
  engine: Counter,
  now: Date,
  signal?: AbortSignal,
  sources?: readonly RecordedSource[],
): Promise<HuntCoverage> {
  try {
    const parallel = engine.parallel > 1 ? queries.length : 1;
    const covered = await severalAtOnce(queries, parallel, (query) => assess(query, engine, now, signal, sources));
    return { hunt, verdict: together(covered.map(({ verdict }) => verdict)), queries: covered, error: null };
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

/**
 * Assesses many hunts together: their questions are put as few for all, and each hunt is given as soon as it is known, in
 * whatever order. Throws the reason of the signal when it aborts.
 */
export async function* coverEach(
  hunts: readonly { readonly hunt: Hunt; readonly queries: readonly QueryText[] }[],
  engine: Engine,
  now: Date,
  signal?: AbortSignal,
  sources?: readonly RecordedSource[],
): AsyncGenerator<HuntCoverage, void> {
  const counter = counterOf(engine);
  const open = new Map<Hunt, Promise<HuntCoverage>>();
  for (const { hunt, queries } of hunts) open.set(hunt, coverHunt(hunt, queries, counter, now, signal, sources));
  // Who takes no more hears of no failure.
  for (const covered of open.values()) covered.catch(() => undefined);
  while (open.size > 0) {
    signal?.throwIfAborted();
    const covered = await Promise.race(open.values());
    open.delete(covered.hunt);
    yield covered;
  }
}
