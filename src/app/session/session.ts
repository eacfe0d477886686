import { openDuckDB } from '../../engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../engines/duckdb/engine.ts';
import type { Engine } from '../../engines/engine.ts';
import type { InputFile } from '../../files/input-file.ts';
import { withLists } from '../../files/lists/lists.ts';
import type { LoadReport } from '../../files/load-report.ts';
import type { Unread } from '../../files/unread.ts';
import { CompiledQuery, type QueryText } from '../../languages/esql/compiled-query.ts';
import { indexPatterns } from '../../languages/esql/syntax/walk.ts';
import type { Surroundings } from '../../overrides/typed-query.ts';
import { oneTable } from '../../sql/duckdb/event-relation.ts';
import { sql } from '../../sql/sql.ts';
import { TableCatalogue } from '../../tables/table-catalogue.ts';
import type { EventsRequest } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import { listsFor } from './lists.ts';

/** An engine over the user's events, and the time that it takes for now. */
export interface Session {
  readonly engine: Engine;
  readonly now: Date;
  /** Whether the events are on this machine: questions beyond the queries are a burden to nobody else. */
  readonly isHere: boolean;
  /** Null when no files were read. */
  readonly load: LoadReport | null;
  readonly unread: Unread;
  /** The files that were read, while the engine is open. */
  readonly inputs: readonly InputFile[];
}

/** What a session is opened for. */
export interface SessionRequest {
  readonly events: EventsRequest;
  /** Queries that will be asked: they name indices and fields. */
  readonly queries: readonly QueryText[];
  /** Queries that name the other fields that will be asked for, of whatever index. */
  readonly fields?: readonly string[];
  /** Patterns of indices that will be read as well, where there are any. */
  readonly besides?: readonly string[];
  /** Whether the first and the last event of all indices matter. */
  readonly everywhere?: boolean;
  /**
   * How often events will be asked something; as often as there are queries when left out. Zero: only what there is
   * matters.
   */
  readonly asked?: number;
}

export const allRead: Unread = { text: null, members: [] };

/** Reads what the queries ask for and opens an engine on it. */
export async function openSession(request: SessionRequest, observer: Observer, signal: AbortSignal): Promise<Session> {
  signal.throwIfAborted();
  const session = await openSource(request, observer, signal);
  if (session.load) observer.note({ kind: 'loaded', report: session.load });
  return session;
}

async function openSource(
  { events, queries, fields = [], besides = [], everywhere = false, asked = queries.length }: SessionRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  const { source } = events;
  switch (source.kind) {
    case 'cluster':
      return (await import('./cluster.ts')).openCluster(
        source,
        { events, queries, besides, everywhere, asked },
        observer,
        signal,
      );
    case 'store':
      return (await import('./store.ts')).openStore(source, { events, queries, everywhere, asked }, observer, signal);
    case 'files':
      return (await import('./files.ts')).openFiles(
        source,
        { events, queries: [...queries, ...fields], asked },
        observer,
        signal,
      );
    case 'held':
      return source.events.session(events.now, observer, signal);
    case 'none':
      return withoutEvents(queries, events, observer, signal);
  }
}

/** Without events a plan can still be looked at: then the indices are those that the queries ask for. */
async function withoutEvents(
  queries: readonly QueryText[],
  { now, memory, lists: named }: EventsRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  const parsed = queries.flatMap((query) => CompiledQuery.of(query).parsed.query ?? []);
  const patterns = parsed.flatMap(indexPatterns);
  const catalogue =
    patterns.length > 0
      ? await (await import('../../catalogue/schema-catalogue.ts')).schemaCatalogue([...new Set(patterns)])
      : { indices: [], field: () => undefined, fieldsOf: () => [], knownNames: [] };
  const duckdb = await openDuckDB(memory === undefined ? {} : { memoryLimit: memory });
  const lists = await listsFor({ ...(named && { lists: named }) }, duckdb.connection, observer, signal);
  const { mark } = new TableCatalogue([]).relation;
  const engine = new DuckDBEngine(
    duckdb,
    withLists({ catalogue, relation: { ...oneTable(sql`events`), mark } }, lists),
  );
  const moment = now instanceof Date ? now : new Date();
  return { engine, now: moment, isHere: true, load: null, unread: allRead, inputs: [] };
}

/** What the events of a session say of fields; null where nothing is known of them. */
export function surroundingsOf({ engine, now }: Session): Surroundings | null {
  if (engine.catalogue.indices.length === 0) return null;
  return { catalogue: async () => engine.catalogue, now: now.getTime() };
}
