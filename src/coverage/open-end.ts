import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CompiledQuery } from '../languages/esql/compiled-query.ts';
import { windowOf } from '../plan/time-bounds.ts';
import { simplify } from '../rewrite/rewrite.ts';
import { requirementsOf } from './requirements.ts';
import { typedTolerantly } from './tolerant-catalogue.ts';

/**
 * Whether a query reads events however late they are: `NOW()` in `@timestamp > NOW() - 7 days` is where a window begins,
 * and bounds no end. A query that is wrong reads none.
 */
export async function hasOpenEnd(query: CompiledQuery, catalogue: Catalogue, now: Date): Promise<boolean> {
  try {
    const { analysis } = await typedTolerantly(query, catalogue, { now: now.getTime() });
    if (!analysis.plan) return false;
    const scans = requirementsOf(simplify(analysis.plan), query.source);
    return scans.some(({ bounds }) => windowOf(bounds).to === null);
  } catch {
    // What is wrong with a query is said where it runs.
    return false;
  }
}
