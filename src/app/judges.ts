import type { EventSource } from './events-request.ts';
import type { Job } from './jobs.ts';
import type { RunOptions } from './run-queries.ts';
import type { Session } from './session/session.ts';

/** Asks the data whether it can answer; null where nothing is known of it. `source`: where the events come from. */
export async function assessor(
  { engine, now }: Session,
  source: EventSource,
  signal: AbortSignal,
): Promise<RunOptions['assess']> {
  if (engine.catalogue.indices.length === 0) return null;
  const [{ assess }, { counterOf }, { sourcesOf }] = await Promise.all([
    import('../coverage/assess.ts'),
    import('../coverage/batched-counts.ts'),
    import('./recorded-sources.ts'),
  ]);
  const counter = counterOf(engine);
  let sources: ReturnType<typeof sourcesOf> | null = null;
  return async (query) => {
    sources ??= sourcesOf(source);
    return assess(query, counter, now, signal, await sources);
  };
}

/** What judges a query without hits: whether the data can answer it, and what of the data it did not see. */
export async function judges(
  session: Session,
  source: EventSource,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<Pick<RunOptions, 'assess' | 'unread'>> {
  const { engine, now, unread } = session;
  const whole = unread.text === null ? [] : [unread.text];
  const assess = await assessor(session, source, signal);
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
