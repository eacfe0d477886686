import { Refusal } from '../store/refusal.ts';
import type { ServerContext } from './context.ts';
import { stopping } from './drain.ts';
import { tooDeep } from './errors.ts';

/**
 * Does work that ends when its signal is given, or with a Refusal when the time of a query is over, the server stops or
 * memory runs out.
 */
export async function inQueryTime<T>(
  { limits, drain, guard }: Pick<ServerContext, 'limits' | 'drain' | 'guard'>,
  signal: AbortSignal,
  work: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(limits.queryTime);
  try {
    return await guard.watch((full) => work(AbortSignal.any([signal, late, drain.cancelled, full])));
  } catch (error) {
    if (drain.cancelled.aborted) throw stopping();
    if (signal.aborted && signal.reason instanceof Refusal) throw signal.reason;
    if (late.aborted && !signal.aborted)
      throw new Refusal(
        'timeout_exception',
        `the query took longer than ${limits.queryTime / 1000} s and was ended`,
        408,
      );
    // The engine's own bound on what nests, in parts that the query's text alone has.
    if (error instanceof Error && /Max expression depth limit/.test(error.message)) throw tooDeep();
    throw error;
  }
}
