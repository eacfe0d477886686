import type { IndexSummary } from '../catalogue/catalogue.ts';
import type { QueryCoverage } from '../coverage/coverage.ts';
import type { EventsRequest } from './events-request.ts';
import type { Observer } from './observer.ts';
import type { Session } from './session/session.ts';

/**
 * Names the index whose newest event `--now latest` took, where that leaves queries a window without events: over indices of
 * very different times one of them decides for all. The notes on each query say what its own events have.
 */
export function noteLateIndex(
  coverages: readonly QueryCoverage[],
  { engine, now }: Pick<Session, 'engine' | 'now'>,
  events: Pick<EventsRequest, 'now'>,
  observer: Observer,
): void {
  const queries = coverages.filter(({ gaps }) => gaps.some(({ isOutside }) => isOutside)).length;
  if (events.now !== 'latest' || queries === 0) return;
  const timed = engine.catalogue.indices.flatMap(({ name, lastTimestamp }: IndexSummary) =>
    lastTimestamp === null ? [] : [{ name, last: lastTimestamp }],
  );
  const newest = timed.find(({ last }) => last === now.getTime());
  const before = timed
    .filter(({ last }) => now.getTime() - last > day)
    .sort((a, b) => b.last - a.last)
    .map(({ name, last }) => ({ name, last: new Date(last) }));
  if (newest && before.length > 0) observer.note({ kind: 'late', now, index: newest.name, queries, before });
}

/** Sources of one time end some hours apart, in milliseconds. */
const day = 86_400_000;
