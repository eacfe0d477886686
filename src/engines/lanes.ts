import { availableParallelism } from 'node:os';
import { type Leave, Turns } from './turns.ts';

export interface LaneSizes {
  /** How much may be in the first lane, and how much in the second, at the same time. */
  readonly short: number;
  readonly long: number;
  /** Milliseconds that work may take in the first lane, by `clock`. */
  readonly shortTime: number;
  /** Milliseconds since some moment; by default those in which this process had all processors. */
  readonly clock?: () => number;
}

/** Where others use the machine too, work is not long because it was given little of it. */
function processTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 / availableParallelism();
}

/**
 * Two lanes for work whose length nobody knows beforehand, so that short work never waits for long work to end. All of it
 * begins in the first lane. What has not ended in time moves to the second, or, where that is full, is ended and begins
 * again in the second when it has its turn there: its time in the first is lost, and bounds what others wait.
 */
export class Lanes {
  readonly #short: Turns;
  readonly #long: Turns;

  constructor(private readonly sizes: LaneSizes) {
    this.#short = new Turns(sizes.short);
    this.#long = new Turns(sizes.long);
  }

  get running(): number {
    return this.#short.running + this.#long.running;
  }

  get waiting(): number {
    return this.#short.waiting + this.#long.waiting;
  }

  /** Whether work that comes now has to wait. */
  get isFull(): boolean {
    return this.#short.isFull;
  }

  /** Resolves when nothing goes on, and nothing waits. */
  async idle(): Promise<void> {
    while (this.running > 0) {
      await this.#short.idling;
      await this.#long.idling;
    }
  }

  /** Does work that ends when its signal is given, and that may then begin again. */
  async take<T>(work: (until: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const displaced = new AbortController();
    let leave: Leave = await this.#short.enter(signal);
    const { shortTime, clock = processTime } = this.sizes;
    const began = clock();
    const timer = setInterval(() => {
      if (clock() - began < shortTime) return;
      clearInterval(timer);
      const leaveLong = this.#long.enterNow();
      if (leaveLong === null) return displaced.abort(new Error('the work begins again when long work has its turn'));
      leave();
      leave = leaveLong;
    }, shortTime / 4);
    try {
      signal?.throwIfAborted();
      return await work(signal ? AbortSignal.any([signal, displaced.signal]) : displaced.signal);
    } catch (error) {
      if (!displaced.signal.aborted || signal?.aborted) throw error;
    } finally {
      clearInterval(timer);
      leave();
    }
    return this.takeLong(work, signal);
  }

  /** Does work that may take long, or that cannot begin again. */
  takeLong<T>(work: (until: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#long.take(() => work(signal ?? never), signal);
  }
}

const never = new AbortController().signal;
