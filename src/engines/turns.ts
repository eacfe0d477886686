import { SmallestFirst } from './smallest-first.ts';

/** Gives a turn back; once. */
export type Leave = () => void;

/** Turns that go to those who are first, one after the other, while others wait. */
const mostFirst = 8;

interface Waiting {
  readonly size: number;
  readonly take: () => void;
}

/**
 * Lets some work go on at a time; the rest waits for its turn, small work before large, else in the order in which it came.
 * What goes first is ordered by the time that it takes, other work by its size, for nobody knows its time.
 */
export class Turns {
  #running = 0;
  /** Those that wait, by when they came. */
  readonly #waiting: Waiting[] = [];
  readonly #order = new SmallestFirst();
  /** Those that go first, and how many of them went since one of the others did. */
  readonly #first: Waiting[] = [];
  readonly #orderOfFirst = new SmallestFirst(16);
  #wentFirst = 0;
  readonly #onIdle: (() => void)[] = [];

  constructor(private readonly most: number) {}

  /** How much goes on. */
  get running(): number {
    return this.#running;
  }

  /** How much waits. */
  get waiting(): number {
    return this.#first.length + this.#waiting.length;
  }

  /** Whether what comes now has to wait. */
  get isFull(): boolean {
    return this.#running >= this.most;
  }

  /** Resolves when nothing goes on, and nothing waits. */
  get idling(): Promise<void> {
    return this.#running === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Does work when it is its turn. Who gives up waiting keeps nobody else from theirs. */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const leave = await this.enter(signal);
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      leave();
    }
  }

  /** Waits for a turn, which whoever gets it gives back. `first`: before others, though not before all of them for ever. */
  async enter(
    signal?: AbortSignal,
    { first = false, size = 0 }: { readonly first?: boolean; readonly size?: number } = {},
  ): Promise<Leave> {
    if (this.isFull) await this.#turn(signal, first ? this.#first : this.#waiting, size);
    else this.#running += 1;
    return () => this.#leave();
  }

  /** A turn, where there is one at once. */
  enterNow(): Leave | null {
    if (this.isFull) return null;
    this.#running += 1;
    return () => this.#leave();
  }

  #leave(): void {
    this.#running -= 1;
    this.#next();
    if (this.#running === 0) for (const idle of this.#onIdle.splice(0)) idle();
  }

  #next(): void {
    if (this.waiting === 0) return;
    const isFirst = this.#first.length > 0 && (this.#wentFirst < mostFirst || this.#waiting.length === 0);
    this.#wentFirst = isFirst ? this.#wentFirst + 1 : 0;
    this.#running += 1;
    (isFirst ? takeNext(this.#first, this.#orderOfFirst) : takeNext(this.#waiting, this.#order)).take();
  }

  #turn(signal: AbortSignal | undefined, waiting: Waiting[], size: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(own), 1);
        reject(signal!.reason);
      };
      const take = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const own = { size, take };
      signal?.throwIfAborted();
      signal?.addEventListener('abort', leave, { once: true });
      waiting.push(own);
    });
  }
}

function takeNext(waiting: Waiting[], order: SmallestFirst): Waiting {
  const [next] = order.order(waiting, ({ size }) => size);
  waiting.splice(waiting.indexOf(next!), 1);
  return next!;
}
