import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CompiledQuery } from '../languages/esql/compiled-query.ts';
import type { TimeBound } from '../plan/time-bounds.ts';
import { simplify } from '../rewrite/rewrite.ts';
import { requirementsOf } from './requirements.ts';
import { typedTolerantly } from './tolerant-catalogue.ts';

/** Two ends of a window that no event can lie between; milliseconds since the epoch. */
export interface EmptyWindow {
  readonly from: bigint;
  readonly to: bigint;
}

/** A window of a query that ends before it begins, whatever the events are; null where there is none. */
export async function emptyWindow(
  query: CompiledQuery,
  catalogue: Catalogue,
  now: number,
): Promise<EmptyWindow | null> {
  const { analysis } = await typedTolerantly(query, catalogue, { now });
  if (!analysis.plan) return null;
  for (const { bounds } of requirementsOf(simplify(analysis.plan), query.source)) {
    const begins = bounds.filter(({ side }) => side === 'from');
    const ends = bounds.filter(({ side }) => side === 'to');
    for (const begin of begins)
      for (const end of ends) if (isBefore(end, begin)) return { from: begin.time, to: end.time };
  }
  return null;
}

const isBefore = (end: TimeBound, begin: TimeBound): boolean =>
  end.time < begin.time || (end.time === begin.time && !(end.inclusive && begin.inclusive));
