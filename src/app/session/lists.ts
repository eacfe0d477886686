import type { DuckDBConnection } from '@duckdb/node-api';
import type { LookupList } from '../../catalogue/lookup-list.ts';
import { openDuckDB } from '../../engines/duckdb/connection.ts';
import type { ListSource, OpenList } from '../../files/lists/lists.ts';
import type { EventsRequest } from '../events-request.ts';
import type { Observer } from '../observer.ts';

/** The lists that a request names, with what is to be said of each. */
export async function listsFor(
  { lists = [] }: Pick<EventsRequest, 'lists'>,
  connection: DuckDBConnection,
  observer: Observer,
  signal: AbortSignal,
): Promise<OpenList[]> {
  if (lists.length === 0) return [];
  const { openLists } = await import('../../files/lists/open-lists.ts');
  const reader = await openDuckDB();
  const opened = await openLists(reader.connection, connection, lists, signal).finally(() => reader.close());
  for (const list of opened) observer.note({ kind: 'list', list });
  return opened;
}

/** What queries may know of lists where no events are read. */
export async function listsAlone(
  lists: readonly ListSource[] = [],
  observer: Observer,
  signal: AbortSignal,
): Promise<readonly LookupList[]> {
  if (lists.length === 0) return [];
  const duckdb = await openDuckDB();
  try {
    return await listsFor({ lists }, duckdb.connection, observer, signal);
  } finally {
    duckdb.close();
  }
}
