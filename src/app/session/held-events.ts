import type { DuckDBConnection } from '@duckdb/node-api';
import { FieldTypes } from '../../catalogue/field-types.ts';
import { DuckDBEngine, type EventTable } from '../../engines/duckdb/engine.ts';
import { Turns } from '../../engines/turns.ts';
import { type OpenList, withLists } from '../../files/lists/lists.ts';
import type { Store } from '../../store/store.ts';
import { StoreQueries } from '../../store/store-queries.ts';
import type { EventsRequest, Moment } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import { listsFor } from './lists.ts';
import { momentOf, presentEvents } from './present.ts';
import type { Session } from './session.ts';
import { unreadIn } from './store.ts';

/** Events that stay open: each request has a session of its own over them as they are then. */
export interface HeldEvents {
  /** Rises whenever the events change. */
  readonly revision: number;
  /** A session whose engine is closed without closing what it stands on. Several run at the same time. */
  session(now: Moment | null, observer: Observer, signal: AbortSignal): Promise<Session>;
  close(): Promise<void>;
}

/** Numbers that the warnings of an engine take; no query has as many. */
const sitesOfEngine = 1 << 12;
/** Engines at the same time; more wait. */
const mostEngines = 8;
const never = new AbortController().signal;

/** A store that is held open, while somebody may write to it in this process. */
export class HeldStore implements HeldEvents {
  readonly #queries: StoreQueries;
  readonly #turns = new Turns(mostEngines);
  readonly #free: OwnConnection[] = [];
  #lists: readonly OpenList[] = [];
  #engines = 0;
  #committed: Store['committed'] | null = null;
  #revision = 0;
  #present: { readonly revision: number; readonly day: number; readonly events: Promise<EventTable> } | null = null;

  private constructor(
    private readonly store: Store,
    types: FieldTypes,
  ) {
    this.#queries = new StoreQueries(store, { concurrent: 1, waiting: 1000 }, types);
  }

  static async over(store: Store): Promise<HeldStore> {
    return new HeldStore(store, await FieldTypes.load());
  }

  /** Reads files to look rows up in, before anything is asked. */
  async readLists(request: Pick<EventsRequest, 'lists'>, observer: Observer, signal: AbortSignal): Promise<void> {
    this.#lists = await listsFor(request, this.store.duckdb.connection, observer, signal);
  }

  get revision(): number {
    const { committed } = this.store;
    if (committed !== this.#committed) {
      this.#committed = committed;
      this.#revision += 1;
    }
    return this.#revision;
  }

  async session(now: Moment | null, observer: Observer, signal: AbortSignal): Promise<Session> {
    const { connection, firstSite, giveBack } = await this.#take(signal);
    try {
      const duckdb = { ...this.store.duckdb, connection, close: giveBack };
      const events = await this.#events(connection, observer);
      const unread = await unreadIn(this.store, connection);
      const engine = new DuckDBEngine(duckdb, events, firstSite);
      return { engine, now: momentOf(events.catalogue.indices, now), isHere: true, load: null, unread, inputs: [] };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#turns.idling;
    await this.#queries.close();
    for (const { connection } of this.#free.splice(0)) connection.closeSync();
    await this.store.close();
  }

  /** What the events are like now. What sees the same as the last is the last, so that queries are typed once. */
  #events(connection: DuckDBConnection, observer: Observer): Promise<EventTable> {
    const { revision } = this;
    // What lies in the future changes with the clock alone.
    const day = Math.floor(Date.now() / 86_400_000);
    if (this.#present?.revision === revision && this.#present.day === day) return this.#present.events;
    const duckdb = { ...this.store.duckdb, connection };
    const events = this.#queries
      .catalogue(connection, () => true)
      .then((catalogue) =>
        // Others wait for it who have not given up.
        presentEvents(duckdb, { catalogue, relation: catalogue.relation }, 'latest', observer, never),
      )
      .then((events) => withLists(events, this.#lists));
    this.#present = { revision, day, events };
    events.catch(() => {
      this.#present = null;
    });
    return events;
  }

  /** A connection when one is free. */
  async #take(signal: AbortSignal): Promise<Lane> {
    const leave = await this.#turns.enter(signal);
    try {
      signal.throwIfAborted();
      // The store's own queries begin at zero.
      const own = this.#free.pop() ?? {
        connection: await this.store.duckdb.connect(),
        firstSite: ++this.#engines * sitesOfEngine,
      };
      const giveBack = (): void => {
        this.#free.push(own);
        leave();
      };
      return { ...own, giveBack };
    } catch (error) {
      leave();
      throw error;
    }
  }
}

/** A connection, and the numbers that warnings on it have. */
interface OwnConnection {
  readonly connection: DuckDBConnection;
  readonly firstSite: number;
}

interface Lane extends OwnConnection {
  giveBack(): void;
}
