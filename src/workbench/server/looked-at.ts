import { InputError, QueryError } from '../../diagnostics/diagnostic.ts';
import { prefixCounts } from '../../investigate/prefix-counts.ts';
import type { Workbench } from './context.ts';

/**
 * How many events a query without rows is about: those that come to its first STATS, else those behind the last command
 * that left any. Null where nobody counts: on a cluster each count is a query.
 */
export async function lookedAt(
  text: string,
  now: Date,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<number | null> {
  if (workbench.options.kind === 'cluster') return null;
  try {
    const { steps } = await workbench.ask([text], ({ engine }) => prefixCounts(text, engine, { now, signal }), signal);
    const first = steps.findIndex(({ command }) => command === 'STATS' || command === 'INLINE STATS');
    const counts = steps.slice(0, first < 0 ? undefined : first).map(({ rows }) => rows);
    return counts.findLast((rows) => rows !== 0) ?? null;
  } catch (error) {
    // The answer stands without the number.
    if (error instanceof QueryError || error instanceof InputError) return null;
    throw error;
  }
}
