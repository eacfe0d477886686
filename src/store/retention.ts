import { rowGroup } from '../engines/duckdb/connection.ts';
import { forget, hasOldEvents } from './forget.ts';
import { retentionOf } from './lifecycle.ts';
import { Refusal } from './refusal.ts';
import type { Store } from './store.ts';
import type { StoreQueries } from './store-queries.ts';

/** What a run of retention did. */
export interface RetentionRun {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  /** Events that were deleted, by index; indices without any are left out. */
  readonly deleted: ReadonlyMap<string, number>;
  /** What failed, by index. */
  readonly failed: ReadonlyMap<string, Error>;
}

/** Milliseconds that queries may have to wait for space to be given back. */
const patience = 1000;

/** Deletes what is older than its index keeps, again and again. */
export class Retention {
  /** The last run; null before the first. */
  last: RetentionRun | null = null;
  /** Events deleted since the start. */
  deleted = 0;
  readonly listeners = new Set<(run: RetentionRun) => void>();
  /** Events whose space was not asked back yet: less than a group of rows frees nothing. */
  #unclaimed = 0;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<RetentionRun> | null = null;
  readonly #stopped = new AbortController();

  constructor(
    private readonly store: Store,
    private readonly queries: StoreQueries,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Runs now, and again `interval` milliseconds after the end of each run. */
  start(interval: number): void {
    const next = async (): Promise<void> => {
      await this.run().catch(() => undefined);
      if (this.#stopped.signal.aborted) return;
      this.#timer = setTimeout(next, interval);
      this.#timer.unref();
    };
    void next();
  }

  /** One run; a second one that is asked for meanwhile is the same. */
  run(): Promise<RetentionRun> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<RetentionRun> {
    const at = this.clock();
    const began = performance.now();
    const deleted = new Map<string, number>();
    const failed = new Map<string, Error>();
    const { signal } = this.#stopped;
    for (const index of this.store.committed) {
      const { name } = index;
      const retention = retentionOf(index.lifecycle);
      if (retention === null || signal.aborted) continue;
      try {
        if (!(await hasOldEvents(this.queries, index, at - retention))) continue;
        const events = await forget(this.store, name, at - retention, signal);
        if (events > 0) deleted.set(name, events);
        this.deleted += events;
      } catch (error) {
        // An index that was deleted meanwhile has nothing left to forget.
        const isGone = error instanceof Refusal && error.type === 'index_not_found_exception';
        if (!isGone && !signal.aborted) failed.set(name, error as Error);
      }
    }
    for (const events of deleted.values()) this.#unclaimed += events;
    if (this.#unclaimed >= rowGroup && !signal.aborted) {
      this.#unclaimed = 0;
      await reclaim(this.store, this.queries);
    }
    const run = { at, tookMs: performance.now() - began, deleted, failed };
    this.last = run;
    for (const hear of this.listeners) hear(run);
    return run;
  }

  /** Ends what runs after the part that is being deleted. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running?.catch(() => undefined);
  }
}

/**
 * Gives the space of deleted documents back to the store: a checkpoint frees their blocks if no query runs that might still
 * see them. So queries wait for a moment, and where others run on for longer, a later checkpoint frees the blocks.
 */
export async function reclaim(store: Store, queries: StoreQueries): Promise<void> {
  await queries.whileIdle(() => store.checkpoint(), patience);
}
