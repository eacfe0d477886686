import type { DuckDBConnection } from '@duckdb/node-api';
import type { IndexSummary } from '../catalogue/catalogue.ts';
import type { FieldTypes } from '../catalogue/field-types.ts';
import type { DuckDB } from '../engines/duckdb/connection.ts';
import { DuckDBEngine, runQuery } from '../engines/duckdb/engine.ts';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import type { IsolatedEngines } from '../engines/duckdb/isolated-engines.ts';
import type { Runnable } from '../engines/duckdb/runnable.ts';
import type { QueryOptions } from '../engines/engine.ts';
import type { WorkKey } from '../engines/known-lengths.ts';
import { type LaneSizes, Lanes } from '../engines/lanes.ts';
import { type Sql, sql, text } from '../sql/sql.ts';
import type { TableCatalogue } from '../tables/table-catalogue.ts';
import type { LocationDatabase } from '../values/ip-location.ts';
import type { QueryResult } from '../values/types.ts';
import { type Times, timesOf } from './ends-of-tables.ts';
import { settlesInTime } from './in-time.ts';
import type { IndexSnapshot } from './index-table.ts';
import { LocalPlanner, type Planner } from './planner.ts';
import { Refusal } from './refusal.ts';
import { Sight } from './sight.ts';
import type { Store } from './store.ts';
import { type InTurn, StoreSnapshot } from './store-snapshot.ts';

export interface QueryLimits {
  /** Queries that run at the same time; more wait for their turn. */
  readonly concurrent: number;
  /** Queries that may wait; more are refused. */
  readonly waiting: number;
  /** Queries beside the others that were short before: none unless it is said. */
  readonly short?: number;
}

/** A query that has ended, as those who watch the server hear of it. */
export interface EndedQuery {
  readonly text: () => string;
  /** Milliseconds from the request to the end, waiting included. */
  readonly tookMs: number;
  /** Rows of its answer; null when it failed. */
  readonly rows: number | null;
}

/** Times that no query over the server asks for: to ask each index that was written to takes a turn of the engine. */
const unasked: Times = { firstTimestamp: null, lastTimestamp: null };

const summaryOf = ({ name, documents, settings }: IndexSnapshot, times: Times): IndexSummary => ({
  ...{ name, events: documents, ...times },
  mode: settings.mode ?? 'standard',
});

/** How often a query looks again at indices that are made anew all the time. */
const mostLooks = 3;

/** DuckDB's own unit of storage. */
const blockBytes = 262_144;

/** Warning sites of a query; no query has as many. */
const sitesPerQuery = 1 << 12;
const siteNumbers = 1 << 30;

/** Events were deleted between planning and running, on which the plan counts. */
class OutdatedPlan extends Error {
  override readonly message = 'events of the query were deleted while it ran: run it again';
}

/** Runs queries over a store, each on a connection and a snapshot of its own, while events are being written. */
export class StoreQueries {
  readonly #idle: DuckDBConnection[] = [];
  readonly #lanes: Lanes;
  readonly #local: LocalPlanner;
  private readonly planner: Planner;
  readonly #times = new Map<string, { readonly revision: number; readonly times: Times }>();
  readonly #sizes = new Map<string, { revision: number; bytes: number }>();
  /** What queries see, and what those see who also ask when the first and last events of indices were. */
  readonly #sight: Sight;
  readonly #timedSight: Sight;
  /** Who hears of every query when it ends. */
  readonly listeners = new Set<(query: EndedQuery) => void>();
  readonly #snapshots = new Set<StoreSnapshot>();
  /** While nothing may run: when those may go on that come meanwhile. */
  #pause: Promise<void> | null = null;
  #nextSite = 0;

  constructor(
    private readonly store: Store,
    private readonly limits: QueryLimits,
    /** Names known without a mapping: they read as null; null for Elasticsearch's way, in which they are unknown. */
    unmapped: FieldTypes | null = null,
    planner: Planner | null = null,
    /** Where statements run that may keep others waiting; null for among the others. */
    private readonly isolation: IsolatedEngines | null = null,
    /** The databases that IP_LOCATION may name. */
    private readonly locations: readonly LocationDatabase[] = [],
  ) {
    this.#lanes = new Lanes(lanesOf(limits));
    this.#local = new LocalPlanner(unmapped);
    this.#sight = new Sight(store, (index) => summaryOf(index, unasked));
    this.#timedSight = new Sight(store, (index) => summaryOf(index, this.#times.get(index.uuid)!.times));
    this.planner = planner ?? this.#local;
  }

  /** Queries that run and that wait, and how many may. */
  get load(): { readonly running: number; readonly waiting: number; readonly limits: QueryLimits } {
    const { running, waiting } = this.#lanes;
    const apart = this.isolation?.running ?? 0;
    return { running: running + apart, waiting, limits: this.limits };
  }

  /**
   * `visible` says which indices the query may see; the others are as if they were not there. `key` is of the request, by
   * which the next one like it is known.
   */
  async run(
    text: string,
    options: QueryOptions,
    visible: (index: string) => boolean = () => true,
    key: WorkKey = { hash: null, size: text.length },
  ): Promise<QueryResult> {
    const began = performance.now();
    let rows: number | null = null;
    try {
      const result = await this.#run(text, options, visible, key);
      rows = result.values.length;
      const { unseen } = this.store;
      return unseen === null ? result : { ...result, warnings: [...result.warnings, unseen] };
    } finally {
      for (const hear of this.listeners) hear({ text: () => text, tookMs: performance.now() - began, rows });
    }
  }

  async #run(
    text: string,
    options: QueryOptions,
    visible: (index: string) => boolean,
    key: WorkKey,
  ): Promise<QueryResult> {
    const { signal, mostBytes: _, ...planning } = options;
    const firstSite = this.#takeSites();
    return this.#unlessOutdated(async () => {
      const seen = this.#sight.of(this.store.committed, visible);
      // Others may run meanwhile: planning takes no connection, nor do patterns.
      const planned = await this.planner.plan(
        seen,
        { text, options: { ...planning, locations: this.locations }, firstSite, key },
        signal,
      );
      const result = await this.#answer(planned, options, key);
      // It reads as many indices as held its rows when it was planned.
      if (result.values.length < (planned.leastRows ?? 0)) throw new OutdatedPlan();
      return result;
    });
  }

  /** Does work that looks at what is committed, again where an index that it reads was gone by then. */
  async #unlessOutdated<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const { committed } = this.store;
      try {
        return await work();
      } catch (error) {
        const isOutdated = error instanceof OutdatedPlan || /^(?:Catalog|Binder) Error/.test((error as Error).message);
        if (!isOutdated || attempt === mostLooks || committed === this.store.committed) throw error;
      }
    }
  }

  #answer(planned: Runnable, options: QueryOptions, key: WorkKey): Promise<QueryResult> {
    const { isolated, sql: statement } = planned;
    const whole = { ...key, size: Math.max(key.size, statement.length) };
    const withEngine = <T>(work: (duckdb: DuckDB, until: AbortSignal) => Promise<T>): Promise<T> =>
      this.with((connection, until) => work({ ...this.store.duckdb, connection }, until), options.signal, whole);
    if (!isolated || !this.isolation)
      return withEngine((duckdb, until) => runQuery(duckdb, planned, { ...options, signal: until }));
    if (this.isolation.waiting >= this.limits.waiting)
      throw new Refusal(
        'es_rejected_execution_exception',
        `${this.isolation.waiting} queries with patterns wait: try again later`,
        429,
      );
    return this.isolation.run({ ...planned, isolated }, withEngine, options);
  }

  /** How many bytes of the store an index takes. */
  async size({ uuid, revision, table }: IndexSnapshot): Promise<number> {
    const known = this.#sizes.get(uuid);
    if (known?.revision === revision) return known.bytes;
    const [[blocks]] = (await this.rows(
      sql`SELECT count(DISTINCT block_id) FROM pragma_storage_info(${text(table)}) WHERE block_id >= 0`,
    )) as [[bigint]];
    const bytes = Number(blocks) * blockBytes;
    this.#sizes.set(uuid, { revision, bytes });
    return bytes;
  }

  /**
   * Does work that only reads on a connection of its own, when its turn has come. It ends when its own signal is given, and
   * may then begin again.
   */
  with<T>(
    work: (connection: DuckDBConnection, until: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
    key?: WorkKey,
  ): Promise<T> {
    return this.#inTurn(
      async (until) => {
        const connection = this.#idle.pop() ?? (await this.store.duckdb.connect());
        try {
          return await work(connection, until);
        } finally {
          this.#idle.push(connection);
        }
      },
      signal,
      { ...(key && { key }) },
    );
  }

  /** Rows of a table, for what is no ES|QL query. */
  async rows(query: Sql, signal?: AbortSignal, key?: WorkKey): Promise<unknown[][]> {
    return this.with(
      (connection, until) =>
        interruptible(connection, until, async () => (await connection.runAndReadAll(query)).getRows()),
      signal,
      key,
    );
  }

  /** The catalogue of what is committed now, with the times of events. One that sees the same as the last is the last one. */
  async catalogue(connection: DuckDBConnection, visible: (index: string) => boolean): Promise<TableCatalogue> {
    const { committed } = this.store;
    await this.#askTimes(
      connection,
      committed.filter(({ name }) => visible(name)),
    );
    return this.#local.catalogue(this.#timedSight.of(committed, visible));
  }

  /** Learns when the events were of indices that were written to since this was last asked. */
  async #askTimes(connection: DuckDBConnection, indices: readonly IndexSnapshot[]): Promise<void> {
    const unknown: IndexSnapshot[] = [];
    for (const index of indices) {
      const { uuid, revision } = index;
      if (this.#times.get(uuid)?.revision === revision) continue;
      const times = this.store.timesOf(index);
      if (times) this.#times.set(uuid, { revision, times });
      else unknown.push(index);
    }
    const asked = await timesOf(connection, unknown);
    for (const [i, { uuid, revision }] of unknown.entries()) this.#times.set(uuid, { revision, times: asked[i]! });
  }

  /** Waits for the queries that run or wait, ends the snapshots that are open, and closes all connections. */
  async close(): Promise<void> {
    await this.#lanes.idle();
    for (const snapshot of this.#snapshots) await snapshot.close();
    for (const connection of this.#idle.splice(0)) connection.closeSync();
    await this.planner.close();
    this.isolation?.close();
  }

  /**
   * Does some work while no query runs. Queries that come meanwhile wait; work that would make them wait for longer than
   * `patience` milliseconds before it begins is done beside them.
   */
  async whileIdle<T>(work: () => Promise<T>, patience: number): Promise<T> {
    while (this.#pause) await this.#pause;
    let goOn!: () => void;
    this.#pause = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const resume = (): void => {
      this.#pause = null;
      goOn();
    };
    await settlesInTime(this.#lanes.idle(), patience);
    if (this.#lanes.running === 0) return work().finally(resume);
    resume();
    return work();
  }

  /**
   * The store as it is now, for as long as it is wanted: what is written later is not seen. `visible`: as for `run`. Whoever
   * takes it closes it. What runs on it later cannot begin again, so it waits among what takes long.
   */
  snapshot(visible: (index: string) => boolean, signal?: AbortSignal): Promise<StoreSnapshot> {
    const inLongTurn: InTurn = (work, waits) => this.#inTurn(work, waits, { lane: 'long' });
    return this.#inTurn(() => this.#openSnapshot(visible, inLongTurn), signal);
  }

  /** Does work on the store as it is now in one turn. It ends when its own signal is given, and may then begin again. */
  inSnapshot<T>(
    visible: (index: string) => boolean,
    work: (snapshot: StoreSnapshot, until: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
    key?: WorkKey,
  ): Promise<T> {
    return this.#unlessOutdated(() =>
      this.#inTurn(
        async (until) => {
          const snapshot = await this.#openSnapshot(visible, (each) => each());
          try {
            return await work(snapshot, until);
          } finally {
            await snapshot.close();
          }
        },
        signal,
        { ...(key && { key }) },
      ),
    );
  }

  async #openSnapshot(visible: (index: string) => boolean, inTurn: InTurn): Promise<StoreSnapshot> {
    const connection = this.#idle.pop() ?? (await this.store.duckdb.connect());
    const giveBack = async (): Promise<void> => {
      await connection.run(sql`ROLLBACK`);
      this.#idle.push(connection);
    };
    try {
      await connection.run(sql`BEGIN TRANSACTION READ ONLY`);
      const catalogue = this.#local.catalogue(this.#sight.of(this.store.committed, visible));
      // Only what is looked at begins to stand still.
      await connection.run(sql`SELECT * FROM harrier.meta`);
      const duckdb = { ...this.store.duckdb, connection };
      const snapshot: StoreSnapshot = new StoreSnapshot(
        new DuckDBEngine(duckdb, { catalogue, relation: catalogue.relation }, this.#takeSites()),
        inTurn,
        (ended) => {
          for (const hear of this.listeners) hear(ended);
        },
        () => {
          this.#snapshots.delete(snapshot);
          return giveBack();
        },
      );
      this.#snapshots.add(snapshot);
      return snapshot;
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  /** Numbers for the warning sites of a query, unlike those of others that run. */
  #takeSites(): number {
    const first = this.#nextSite;
    this.#nextSite = (first + sitesPerQuery) % siteNumbers;
    return first;
  }

  async #inTurn<T>(
    work: (until: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
    { lane = 'short', key }: { readonly lane?: 'short' | 'long'; readonly key?: WorkKey } = {},
  ): Promise<T> {
    while (this.#pause) await this.#pause;
    if (this.#lanes.isFull && this.#lanes.waiting >= this.limits.waiting)
      throw new Refusal(
        'es_rejected_execution_exception',
        `${this.limits.concurrent} queries run and ${this.limits.waiting} wait: try again later`,
        429,
      );
    return lane === 'long' ? this.#lanes.takeLong(work, signal) : this.#lanes.take(work, signal, key);
  }
}

/** Milliseconds after which a query counts as one that takes long: with sixteen that come at once, another one waits for eight times as much. */
const shortTime = 100;

/**
 * Half of the queries that may run, two at most, are such as have just begun; one of the two was brief before, as is one more
 * for each thread beside them.
 */
function lanesOf({ concurrent, short: more = 0 }: QueryLimits): LaneSizes {
  const begun = Math.max(1, Math.min(2, Math.floor(concurrent / 2)));
  const brief = begun - 1 + Math.ceil(more / 2);
  return { brief, short: begun + more - brief, long: Math.max(1, concurrent - begun), shortTime };
}
