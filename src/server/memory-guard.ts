import { Refusal } from '../store/refusal.ts';

/** Milliseconds between looks, and those in which the memory of a query that was ended comes back. */
const interval = 50;
const recovery = 250;

/**
 * Ends queries when the process takes more memory than it may: not all that the engine makes counts as its memory, long
 * texts and lists above all. The query that began last is ended first.
 */
export class MemoryGuard {
  readonly #running = new Set<AbortController>();
  #timer: NodeJS.Timeout | null = null;
  #endedAt = Number.NEGATIVE_INFINITY;
  /** Queries that were ended so far. */
  ended = 0;

  /** `used` says what the process takes. */
  constructor(
    private readonly most: number,
    private readonly used: () => number = () => process.memoryUsage.rss(),
  ) {}

  /** Does work whose signal is given, with a Refusal as its reason, where it must end for others. */
  async watch<T>(work: (until: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#running.add(controller);
    this.#timer ??= setInterval(() => this.#look(), interval).unref();
    try {
      return await work(controller.signal);
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      this.#running.delete(controller);
      if (this.#running.size === 0 && this.#timer) {
        clearInterval(this.#timer);
        this.#timer = null;
      }
    }
  }

  #look(): void {
    if (performance.now() - this.#endedAt < recovery || this.used() <= this.most) return;
    const last = [...this.#running].findLast(({ signal }) => !signal.aborted);
    if (!last) return;
    this.#endedAt = performance.now();
    this.ended += 1;
    last.abort(
      new Refusal('circuit_breaking_exception', 'the server has no memory left for the query: try again later', 429),
    );
  }
}
