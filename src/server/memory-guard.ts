import { Refusal } from '../store/refusal.ts';
import { collectGarbage } from './collect-garbage.ts';

/** Milliseconds between looks, and those in which the memory of a query that was ended comes back. */
const interval = 50;
const recovery = 250;
/** What the process takes of what it may where another query is ended at once, for one was not enough. */
const farBeyond = 1.2;
/** Milliseconds in which a query that is to end mostly does. */
const untilEnded = 50;
/** Milliseconds between two collections of garbage, which keep requests waiting. */
const betweenCollections = 2000;
/** The part of what the process may take from which garbage is collected. */
const nearlyFull = 0.85;
/** Where the process takes half of what it may, so is garbage that may be as much as this part of it, after fewer milliseconds. */
const halfFull = 0.5;
const muchGarbage = 1 / 16;
const betweenLarge = 250;
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
  /** What JavaScript held at least since garbage was last collected: more may be garbage. */
  #leastHeap = Number.POSITIVE_INFINITY;
  /** What the process took when no query ran. */
  #stays = 0;
  /** Queries that were ended so far. */
  ended = 0;

  /** `used` says what the process takes, `heap` what JavaScript holds of it, in bytes. */
  constructor(
    private readonly most: number,
    private readonly used: () => number = () => process.memoryUsage.rss(),
    private readonly collect: () => void = collectGarbage,
    private readonly heap: () => number = () => process.memoryUsage().heapUsed,
  ) {
    if (Number.isFinite(most)) setInterval(() => this.#look(), interval).unref();
  }

  /** Whether the process takes nearly all that it may. */
  get isNearlyFull(): boolean {
    return this.used() > nearlyFull * this.most;
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

  /** JavaScript lets garbage lie as long as its own limit, which is larger than ours, is not near. */
  #isTimeToCollect(now: number, used: number): boolean {
    const since = now - this.#collectedAt;
    // What the engine holds for a query that was ended is freed with JavaScript's garbage.
    const isEnded = this.#endedAt > this.#collectedAt && now - this.#endedAt > untilEnded;
    if (used > nearlyFull * this.most && (isEnded || since > betweenCollections)) return true;
    if (used <= halfFull * this.most) return false;
    const heap = this.heap();
    this.#leastHeap = Math.min(this.#leastHeap, heap);
    return heap - this.#leastHeap > muchGarbage * this.most && since > betweenLarge;
  }

  #releaseReserve(): boolean {
    for (const release of this.reserves) if (release()) return true;
    return false;
  }

  #look(): void {
    const now = performance.now();
    const used = this.used();
    if (this.#running.size === 0) this.#stays = used;
    if (this.#isTimeToCollect(now, used)) {
      this.collect();
      this.#collectedAt = performance.now();
      this.#leastHeap = this.heap();
      return;
    }
    const waits = now - this.#endedAt < (used > farBeyond * this.most ? untilEnded : recovery);
    if (waits || used <= this.most) return;
    const last = [...this.#running].findLast(({ signal }) => !signal.aborted);
    // No query that ends gives back what stays without any.
    if ((!last || this.#stays > this.most) && this.#releaseReserve()) {
      this.#endedAt = now;
      return;
    }
    if (!last) return;
    if (used <= Math.min(mostStretched * this.most, this.#stays + leastRoom * this.most)) return;
    this.#endedAt = now;
    this.ended += 1;
    last.abort(
      new Refusal('circuit_breaking_exception', 'the server has no memory left for the query: try again later', 429),
    );
  }
}
