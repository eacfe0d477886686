import type { IndexSummary } from '../../catalogue/catalogue.ts';
import { changedCatalogue } from '../../catalogue/changed-catalogue.ts';
import { clockTolerance, reachBeyond, upToNow } from '../../catalogue/present-indices.ts';
import type { DuckDB } from '../../engines/duckdb/connection.ts';
import { DuckDBEngine, type EventTable } from '../../engines/duckdb/engine.ts';
import { formatDate } from '../../values/date.ts';
import type { Moment } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import type { Session } from './session.ts';

/** An engine in which events from the future do not count as the newest one, and are reported. */
export async function presentEngine(
  duckdb: DuckDB,
  events: EventTable,
  now: Moment | null,
  observer: Observer,
  signal: AbortSignal,
): Promise<Pick<Session, 'engine' | 'now'>> {
  const present = await presentEvents(duckdb, events, now, observer, signal);
  return { engine: new DuckDBEngine(duckdb, present), now: momentOf(present.catalogue.indices, now) };
}

/** Events as they are, but that those from the future do not count as the newest ones; such are reported. */
export async function presentEvents(
  duckdb: DuckDB,
  events: EventTable,
  now: Moment | null,
  observer: Observer,
  signal: AbortSignal,
): Promise<EventTable> {
  const whole = new DuckDBEngine(duckdb, events);
  const { indices } = events.catalogue;
  const limit = Date.now() + clockTolerance;
  if (!reachBeyond(indices, limit)) return events;
  const moment = `"${formatDate(limit)}"`;
  const { values } = await whole.query(
    `FROM * METADATA _index | STATS newest = MAX(@timestamp) WHERE @timestamp <= ${moment}, future = COUNT(*) WHERE @timestamp > ${moment} BY _index`,
    { now: limit, maxRows: null, signal },
  );
  const present = values.map(
    ([last, future, index]) =>
      [String(index), { last: last === null ? null : Date.parse(String(last)), future: Number(future) }] as const,
  );
  const corrected = upToNow(indices, limit, new Map(present));
  observer.note({ kind: 'future', ...corrected.future, passedOver: now === 'latest' });
  return { ...events, catalogue: changedCatalogue(events.catalogue, { indices: corrected.indices }) };
}

/** The time that queries take for now. */
export function momentOf(indices: readonly IndexSummary[], now: Moment | null): Date {
  const latest = Math.max(...indices.flatMap(({ lastTimestamp }) => lastTimestamp ?? []));
  if (now === 'latest' && Number.isFinite(latest)) return new Date(latest);
  return now instanceof Date ? now : new Date();
}
