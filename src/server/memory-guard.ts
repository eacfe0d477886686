import { Refusal } from '../store/refusal.ts';
import { collectGarbage } from './collect-garbage.ts';

/** Milliseconds between looks, and those in which the memory of a query that was ended comes back. */
const interval = 100;
const recovery = 250;
/** Milliseconds between two collections of garbage, which keep requests waiting. */
const betweenCollections = 2000;
/** The part of what the process may take from which garbage is collected. */
const nearlyFull = 0.85;
/** What queries may take, as a part of the same, beside what stays when none runs; and what both may take at most. */
const leastRoom = 0.1;
const mostStretched = 1.25;

/**
 * Ends queries when the process takes more memory than it may: not all that the engine makes counts as its memory, long
 * texts and lists above all. The query that began last is ended first; where none runs, what stands open between requests goes.
 * What stays then, for allocators give back late and not all, is no fault of the next query: it may take some more.
 */
export class MemoryGuard {
  readonly #running = new Set<AbortController>();
  /** Each gives some memory back that nobody is waiting for, and says whether there was any. */
  readonly reserves = new Set<() => boolean>();
  #endedAt = Number.NEGATIVE_INFINITY;
  #collectedAt = Number.NEGATIVE_INFINITY;
  /** What the process took when no query ran. */
  #stays = 0;
  /** Queries that were ended so far. */
  ended = 0;

  /** `used` says what the process takes. */
  constructor(
    private readonly most: number,
    private readonly used: () => number = () => process.memoryUsage.rss(),
    private readonly collect: () => void = collectGarbage,
  ) {
    if (Number.isFinite(most)) setInterval(() => this.#look(), interval).unref();
  }

  /** Does work whose signal is given, with a Refusal as its reason, where it must end for others. */
  async watch<T>(work: (until: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#running.add(controller);
    try {
      return await work(controller.signal);
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      this.#running.delete(controller);
    }
  }

  #look(): void {
    const now = performance.now();
    const used = this.used();
    if (this.#running.size === 0) this.#stays = used;
    // JavaScript lets garbage lie as long as its own limit, which is larger than ours, is not near.
    if (used > nearlyFull * this.most && now - this.#collectedAt > betweenCollections) {
      this.collect();
      this.#collectedAt = performance.now();
      return;
    }
    if (now - this.#endedAt < recovery || used <= this.most) return;
    const last = [...this.#running].findLast(({ signal }) => !signal.aborted);
    if (!last) {
      this.#endedAt = now;
      for (const release of this.reserves) if (release()) return;
      return;
    }
    if (used <= Math.min(mostStretched * this.most, this.#stays + leastRoom * this.most)) return;
    this.#endedAt = now;
    this.ended += 1;
    last.abort(
      new Refusal('circuit_breaking_exception', 'the server has no memory left for the query: try again later', 429),
    );
  }
}
