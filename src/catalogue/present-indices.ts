import type { IndexSummary } from './catalogue.ts';

/** Clocks of well-kept machines differ by less, in milliseconds. */
export const clockTolerance = 3_600_000;

/** Events dated later than it is now, and the latest of their times. */
export interface Future {
  readonly events: number;
  readonly latest: Date;
}

/** What an index holds up to a moment, and how many events it holds beyond. */
export interface Present {
  readonly last: number | null;
  readonly future: number;
}

/** Whether indices hold events of after a moment beside others: what lies wholly beyond it is left as it is. */
export const reachBeyond = (indices: readonly IndexSummary[], limit: number): boolean =>
  indices.some(({ lastTimestamp }) => lastTimestamp !== null && lastTimestamp > limit) &&
  indices.some(({ firstTimestamp }) => firstTimestamp !== null && firstTimestamp <= limit);

/**
 * Summaries whose times are those of events that can have happened: one wrong clock must not decide what the newest event
 * is, nor which windows the data covers. `present`: by the name of the index.
 */
export function upToNow(
  indices: readonly IndexSummary[],
  limit: number,
  present: ReadonlyMap<string, Present>,
): { readonly indices: readonly IndexSummary[]; readonly future: Future } {
  const late = indices.filter(({ lastTimestamp }) => lastTimestamp !== null && lastTimestamp > limit);
  const corrected = (index: IndexSummary): IndexSummary => {
    if (!late.includes(index)) return index;
    const last = present.get(index.name)?.last ?? null;
    return last === null ? { ...index, firstTimestamp: null, lastTimestamp: null } : { ...index, lastTimestamp: last };
  };
  return {
    indices: indices.map(corrected),
    future: {
      events: [...present.values()].reduce((sum, { future }) => sum + future, 0),
      latest: new Date(Math.max(...late.map(({ lastTimestamp }) => lastTimestamp!))),
    },
  };
}
