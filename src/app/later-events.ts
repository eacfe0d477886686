import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CompiledQuery } from '../languages/esql/compiled-query.ts';
import type { EventsRequest } from './events-request.ts';
import type { Job } from './jobs.ts';
import type { Observer } from './observer.ts';
import type { Session } from './session/session.ts';

/**
 * Says of hunts as of a given time how many events they read that are later, since people take that time for the end of
 * what is read. `canBound`: whether who asks can set an end.
 */
export async function noteLaterEvents(
  jobs: readonly Job[],
  session: Pick<Session, 'engine' | 'now'>,
  { events, canBound }: { readonly events: Pick<EventsRequest, 'now'>; readonly canBound: boolean },
  observer: Observer,
  signal: AbortSignal,
): Promise<void> {
  const hunts = jobs.filter(({ hunt, refusal }) => hunt !== null && refusal === undefined);
  if (!(events.now instanceof Date) || hunts.length === 0 || signal.aborted) return;
  const texts = hunts.map(({ esql }) => esql);
  // A cluster that does not answer this has answered the hunts.
  const found = await laterEvents(texts, session, signal).catch(() => 0);
  if (found > 0) observer.note({ kind: 'later', events: found, now: session.now, canBound });
}

/** How many events later than now queries read, since nothing ends their window. */
async function laterEvents(
  queries: readonly CompiledQuery[],
  { engine, now }: Pick<Session, 'engine' | 'now'>,
  signal: AbortSignal,
): Promise<number> {
  if (!mayBeLater(engine.catalogue, now)) return 0;
  const [{ hasOpenEnd }, { indicesOf, patternsOf }] = await Promise.all([
    import('../coverage/open-end.ts'),
    import('../investigate/indices.ts'),
  ]);
  const open: CompiledQuery[] = [];
  for (const query of queries) if (await hasOpenEnd(query, engine.catalogue, now)) open.push(query);
  const read = indicesOf(patternsOf(open), [], engine.catalogue);
  if (read === null) return 0;
  const counted = `FROM ${read} | WHERE @timestamp > "${now.toISOString()}" | STATS n = COUNT(*)`;
  const { values } = await engine.query(counted, { now: now.getTime(), maxRows: null, signal });
  return Number(values[0]?.[0] ?? 0);
}

/** Whether an index may hold such events: a cluster knows the times of its indices only where it was asked for them. */
const mayBeLater = ({ indices }: Catalogue, now: Date): boolean =>
  indices.some(({ events, lastTimestamp }) => (lastTimestamp === null ? events === 0 : lastTimestamp > now.getTime()));
