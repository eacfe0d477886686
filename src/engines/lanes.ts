import { availableParallelism } from 'node:os';
import { KnownLengths, type WorkKey } from './known-lengths.ts';
import { type Leave, Turns } from './turns.ts';

export interface LaneSizes {
  /** How much may be in the first lane, and how much in the second, at the same time. */
  readonly short: number;
  readonly long: number;
  /** How much goes on beside the first lane because it was brief before; none unless it is said. */
  readonly brief?: number;
  /** Milliseconds that work may take in the first lane: its share of those that `clock` counts while others work too. */
  readonly shortTime: number;
  /** Milliseconds since some moment; by default those in which this process had all processors. */
  readonly clock?: () => number;
}

/** Where others use the machine too, work is not long because it was given little of it. */
function processTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 / availableParallelism();
}

/** What each of several that work at the same time has of a clock's time: work is not long because others went on beside it. */
class SharedTime {
  #working = 0;
  #time = 0;
  #at: number;

  constructor(private readonly clock: () => number) {
    this.#at = clock();
  }

  get now(): number {
    const at = this.clock();
    this.#time += (at - this.#at) / Math.max(1, this.#working);
    this.#at = at;
    return this.#time;
  }

  /** One more works from now on; gives the time at which it began. */
  begin(): number {
    const began = this.now;
    this.#working += 1;
    return began;
  }

  /** One works no more; gives the time at which it ended. */
  end(): number {
    const ended = this.now;
    this.#working -= 1;
    return ended;
  }
}

/**
 * Two lanes for work whose length nobody knows beforehand, so that short work never waits for long work to end. All of it
 * begins in the first lane. What has not ended in time moves to the second, or, where that is full, is ended and begins
 * again in the second when it has its turn there: its time in the first is lost, and bounds what others wait. Work that was
 * done before is known by its key: what was short goes first, what was brief waits for nothing but what was brief too, and
 * what was long begins in the second lane, as does what is large.
 */
export class Lanes {
  readonly #brief: Turns;
  readonly #short: Turns;
  readonly #long: Turns;
  readonly #known: KnownLengths;
  readonly #time: SharedTime;

  constructor(private readonly sizes: LaneSizes) {
    this.#time = new SharedTime(sizes.clock ?? processTime);
    this.#known = new KnownLengths(sizes.shortTime);
    this.#short = new Turns(sizes.short);
    this.#brief = sizes.brief ? new Turns(sizes.brief) : this.#short;
    this.#long = new Turns(sizes.long);
  }

  get running(): number {
    return [...this.#all].reduce((sum, { running }) => sum + running, 0);
  }

  get waiting(): number {
    return [...this.#all].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Whether work that comes now has to wait. */
  get isFull(): boolean {
    return this.#short.isFull;
  }

  /** Resolves when nothing goes on, and nothing waits. */
  async idle(): Promise<void> {
    while (this.running > 0) for (const turns of this.#all) await turns.idling;
  }

  get #all(): Set<Turns> {
    return new Set([this.#brief, this.#short, this.#long]);
  }

  /** Does work that ends when its signal is given, and that may then begin again. */
  async take<T>(work: (until: AbortSignal) => Promise<T>, signal?: AbortSignal, key: WorkKey = ownWork): Promise<T> {
    const known = this.#known.of(key);
    const timed = (until: AbortSignal): Promise<T> => this.#timed(() => work(until), key);
    if (known === 'long' || (known === null && key.size > mostSmall)) return this.#inLong(timed, signal);
    const displaced = new AbortController();
    const { shortTime } = this.sizes;
    const first = known === 'short' || known === 'brief';
    // Beside others, what is known to be short may take some times as long.
    const allowed = first ? 4 * shortTime : shortTime;
    const size = first ? this.#known.timeOf(key) : key.size;
    const lane = known === 'brief' ? this.#brief : this.#short;
    let leave: Leave = await lane.enter(signal, { first, size });
    const began = this.#time.now;
    const timer = setInterval(() => {
      if (this.#time.now - began < allowed) return;
      clearInterval(timer);
      const leaveLong = this.#long.enterNow();
      if (leaveLong === null) return displaced.abort(new Error('the work begins again when long work has its turn'));
      leave();
      leave = leaveLong;
    }, shortTime / 4);
    try {
      signal?.throwIfAborted();
      return await timed(signal ? AbortSignal.any([signal, displaced.signal]) : displaced.signal);
    } catch (error) {
      if (!displaced.signal.aborted || signal?.aborted) throw error;
    } finally {
      clearInterval(timer);
      leave();
    }
    return this.#inLong(timed, signal);
  }

  /** Does work, and remembers how long it took, also where it failed. */
  async #timed<T>(work: () => Promise<T>, key: WorkKey): Promise<T> {
    const began = this.#time.begin();
    const beganAt = performance.now();
    let isWhole = false;
    try {
      const done = await work();
      isWhole = true;
      return done;
    } finally {
      this.#known.learn(key, this.#time.end() - began, isWhole, performance.now() - beganAt);
    }
  }

  /** Does work that may take long, or that cannot begin again. */
  takeLong<T>(work: (until: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#inLong((until) => this.#timed(() => work(until), ownWork), signal);
  }

  #inLong<T>(work: (until: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#long.take(() => work(signal ?? never), signal);
  }
}

/** Size of work that may be short: while the engine plans what is larger, which takes it a while, nothing ends it. */
const mostSmall = 32 << 10;

/** What no request asks for. */
const ownWork: WorkKey = { hash: null, size: 0 };

const never = new AbortController().signal;
