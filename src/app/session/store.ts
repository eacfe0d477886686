import { totalmem } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FieldTypes } from '../../catalogue/field-types.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { withLists } from '../../files/lists/lists.ts';
import type { Unread } from '../../files/unread.ts';
import type { ServerFile } from '../../store/server-file.ts';
import { Store } from '../../store/store.ts';
import { StoreQueries } from '../../store/store-queries.ts';
import { UnreadInputs } from '../../store/unread-inputs.ts';
import type { StoreSource } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import { requestUpkeep, serverThatHas } from '../store-server.ts';
import { openCluster } from './cluster.ts';
import { listsFor } from './lists.ts';
import { presentEngine } from './present.ts';
import type { Session, SessionRequest } from './session.ts';

/**
 * An engine over a store. Fields that no mapping has but ECS knows read as null, as they do in files. While a server has the
 * store, queries go there, and are answered the same.
 */
export async function openStore(
  source: StoreSource,
  request: SessionRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  const { folder } = source;
  const { now, memory = memoryOverStore() } = request.events;
  let store: Store;
  try {
    store = await Store.openToRead(folder, { memoryLimit: memory });
  } catch (error) {
    const server = await serverThatHas(folder, error);
    if (!server) throw error;
    if ((request.events.lists ?? []).length > 0) throw listsInServer(server.url);
    return openServer(server, request, observer, signal);
  }
  const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 }, await FieldTypes.load());
  const catalogue = await queries.catalogue(store.duckdb.connection, () => true);
  const lists = await listsFor(request.events, store.duckdb.connection, observer, signal);
  const events = withLists({ catalogue, relation: catalogue.relation }, lists);
  const present = await presentEngine(store.duckdb, events, now, observer, signal);
  const unread = await unreadIn(store, store.duckdb.connection);
  return { ...present, isHere: true, load: null, unread, inputs: [] };
}

/** What a store lacks of what was meant for it: files that were not read, and what its last writer left behind. */
export async function unreadIn(store: Store, connection: DuckDBConnection): Promise<Unread> {
  const { unread } = await UnreadInputs.load(connection);
  const text = [unread.text, store.unseen].filter((part) => part !== null).join('; ');
  return { ...unread, text: text === '' ? null : text };
}

const listsInServer = (url: string): InputError =>
  new InputError(
    `--lookup reads lists into the engine of this process, and the store is open in a server (${url})`,
    'end the server first, or put the list into an index of it with "index.mode": "lookup"',
  );

async function openServer(
  { url, key }: ServerFile,
  request: SessionRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  observer.note({ kind: 'engine', text: `the store is open in a server, which answers instead: ${url}` });
  // A server on this machine: its certificate names the host that others know it by.
  const cluster = { kind: 'cluster', url, apiKey: key, insecure: true } as const;
  const [session, unread] = await Promise.all([
    openCluster(cluster, request, observer, signal),
    requestUpkeep<Unread>({ url, key }, 'GET', '/_harrier/unread', signal),
  ]);
  return { ...session, isHere: true, unread };
}

/**
 * What queries over a store may use where nobody says otherwise. DuckDB would keep what it has read until four fifths of the
 * machine are full; the system's own cache does as well, and leaves room for others.
 */
export const memoryOverStore = (): string => `${Math.min(1500, Math.floor(totalmem() / 2 ** 21))}MiB`;
