import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { FieldTypes } from '../../catalogue/field-types.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { Store } from '../../store/store.ts';
import { StoreQueries } from '../../store/store-queries.ts';
import { UnreadInputs } from '../../store/unread-inputs.ts';
import type { EventsRequest, StoreSource } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import { presentEngine } from './present.ts';
import type { Session } from './session.ts';

/** An engine over a store. Fields that no mapping has but ECS knows read as null, as they do in files. */
export async function openStore(
  { folder }: StoreSource,
  { now, memory = memoryOverStore() }: EventsRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  if (!existsSync(folder))
    throw new InputError(`there is no store in ${folder}`, 'make one: harrier ingest FILES --store FOLDER');
  const store = await Store.open(folder, { memoryLimit: memory });
  const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 }, await FieldTypes.load());
  const catalogue = await queries.catalogue(store.duckdb.connection, () => true);
  const events = { catalogue, relation: catalogue.relation };
  const present = await presentEngine(store.duckdb, events, now, observer, signal);
  const { unread } = await UnreadInputs.load(store.duckdb.connection);
  return { ...present, load: null, unread, inputs: [] };
}

/**
 * What queries over a store may use where nobody says otherwise. DuckDB would keep what it has read until four fifths of the
 * machine are full; the system's own cache does as well, and leaves room for others.
 */
const memoryOverStore = (): string => `${Math.min(1500, Math.floor(totalmem() / 2 ** 21))}MiB`;
