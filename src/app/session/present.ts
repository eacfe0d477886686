import type { Catalogue, IndexSummary } from '../../catalogue/catalogue.ts';
import { streamBehind } from '../../catalogue/data-stream.ts';
import type { DuckDB } from '../../engines/duckdb/connection.ts';
import { DuckDBEngine, type EventTable } from '../../engines/duckdb/engine.ts';
import type { Engine } from '../../engines/engine.ts';
import { formatDate } from '../../values/date.ts';
import type { Moment } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import type { Session } from './session.ts';

/** Clocks of well-kept machines differ by less. */
const tolerance = 3_600_000;

type Indices = readonly IndexSummary[];

/**
 * An engine in which events from the future do not count as the newest one, and are reported. `seeing` gives the engine with
 * other summaries of its indices.
 */
export async function presentEngine(
  whole: Engine,
  seeing: (indices: Indices) => Engine,
  now: Moment | null,
  observer: Observer,
  signal: AbortSignal,
): Promise<Pick<Session, 'engine' | 'now'>> {
  const { indices, future } = await withoutFuture(whole, signal);
  if (future) observer.note({ kind: 'future', ...future, passedOver: now === 'latest' });
  return { engine: future ? seeing(indices) : whole, now: momentOf(indices, now) };
}

/** The same for events that are read here. */
export function presentEvents(
  duckdb: DuckDB,
  events: EventTable,
  now: Moment | null,
  observer: Observer,
  signal: AbortSignal,
): Promise<Pick<Session, 'engine' | 'now'>> {
  const seeing = (indices: Indices) =>
    new DuckDBEngine(duckdb, { ...events, catalogue: withIndices(events.catalogue, indices) });
  return presentEngine(new DuckDBEngine(duckdb, events), seeing, now, observer, signal);
}

/** The time that queries take for now. */
function momentOf(indices: Indices, now: Moment | null): Date {
  const latest = Math.max(...indices.flatMap(({ lastTimestamp }) => lastTimestamp ?? []));
  if (now === 'latest' && Number.isFinite(latest)) return new Date(latest);
  return now instanceof Date ? now : new Date();
}

/** Events dated later than it is now, and the latest of their times. */
interface Future {
  readonly events: number;
  readonly latest: Date;
}

/**
 * Summaries whose times are those of events that can have happened: one wrong clock must not decide what the newest
 * event is, nor which windows the data covers. What lies wholly in the future is left as it is.
 */
async function withoutFuture(
  engine: Engine,
  signal: AbortSignal,
): Promise<{ readonly indices: Indices; readonly future: Future | null }> {
  const { indices } = engine.catalogue;
  const limit = Date.now() + tolerance;
  const late = indices.filter(({ lastTimestamp }) => lastTimestamp !== null && lastTimestamp > limit);
  const anyPresent = indices.some(({ firstTimestamp }) => firstTimestamp !== null && firstTimestamp <= limit);
  if (late.length === 0 || !anyPresent) return { indices, future: null };
  const moment = `"${formatDate(limit)}"`;
  const { values } = await engine.query(
    `FROM * METADATA _index | STATS newest = MAX(@timestamp) WHERE @timestamp <= ${moment}, future = COUNT(*) WHERE @timestamp > ${moment} BY _index`,
    { now: limit, maxRows: null, signal },
  );
  const present = new Map(
    values.flatMap(([last, , index]) =>
      last === null ? [] : [[streamBehind(String(index)), Date.parse(String(last))]],
    ),
  );
  const corrected = (index: IndexSummary): IndexSummary => {
    if (!late.includes(index)) return index;
    const last = present.get(index.name);
    return last === undefined
      ? { ...index, firstTimestamp: null, lastTimestamp: null }
      : { ...index, lastTimestamp: last };
  };
  return {
    indices: indices.map(corrected),
    future: {
      events: values.reduce((sum, [, future]) => sum + Number(future), 0),
      latest: new Date(Math.max(...late.map(({ lastTimestamp }) => lastTimestamp!))),
    },
  };
}

/** The same catalogue with other summaries of its indices. */
const withIndices = (catalogue: Catalogue, indices: readonly IndexSummary[]): Catalogue => ({
  indices,
  field: (name, among) => catalogue.field(name, among),
  fieldsOf: (among) => catalogue.fieldsOf(among),
  knownNames: catalogue.knownNames,
  ...(catalogue.isOpen !== undefined && { isOpen: catalogue.isOpen }),
  ...(catalogue.enrichPolicies && { enrichPolicies: catalogue.enrichPolicies }),
});
