import type { Job } from './jobs.ts';
import type { RunOptions } from './run-queries.ts';
import type { Session } from './session/session.ts';

/** Asks the data whether it can answer; null where nothing is known of it. */
export async function assessor({ engine, now }: Session, signal: AbortSignal): Promise<RunOptions['assess']> {
  if (engine.catalogue.indices.length === 0) return null;
  const [{ assess }, { counterOf }] = await Promise.all([
    import('../coverage/assess.ts'),
    import('../coverage/batched-counts.ts'),
  ]);
  const counter = counterOf(engine);
  return (query) => assess(query, counter, now, signal);
}

/** What judges a query without hits: whether the data can answer it, and what of the data it did not see. */
export async function judges(
  session: Session,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<Pick<RunOptions, 'assess' | 'unread'>> {
  const { engine, now, unread } = session;
  const whole = unread.text === null ? [] : [unread.text];
  const assess = await assessor(session, signal);
  const [{ lostValues }, { indicesOf, patternsOf }] = await Promise.all([
    import('../coverage/lost-values.ts'),
    import('../investigate/indices.ts'),
  ]);
  const read = indicesOf(patternsOf(jobs.map(({ esql }) => esql)), [], engine.catalogue);
  const lost = lostValues(engine, read, unread.members, now, signal);
  return {
    assess,
    unread: async (query) => {
      // What cannot run has its own reason.
      const parts = [...whole, ...(await lost(query).catch(() => []))];
      return parts.length === 0 ? null : parts.join('; ');
    },
  };
}
