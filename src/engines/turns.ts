/** Gives a turn back; once. */
export type Leave = () => void;

/** Turns that go to those who are first, one after the other, while others wait. */
const mostFirst = 8;

/** Lets some work go on at a time; the rest waits for its turn, in the order in which it came. */
export class Turns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Those that go first, and how many of them went since one of the others did. */
  readonly #first: (() => void)[] = [];
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
  async enter(signal?: AbortSignal, { first = false }: { readonly first?: boolean } = {}): Promise<Leave> {
    if (this.isFull) await this.#turn(signal, first ? this.#first : this.#waiting);
    else this.#running += 1;
    return this.#leave;
  }

  /** A turn, where there is one at once. */
  enterNow(): Leave | null {
    if (this.isFull) return null;
    this.#running += 1;
    return this.#leave;
  }

  readonly #leave = (): void => {
    const next = this.#next();
    if (next) next();
    else if (--this.#running === 0) for (const idle of this.#onIdle.splice(0)) idle();
  };

  #next(): (() => void) | undefined {
    const isFirst = this.#first.length > 0 && (this.#wentFirst < mostFirst || this.#waiting.length === 0);
    this.#wentFirst = isFirst ? this.#wentFirst + 1 : 0;
    return isFirst ? this.#first.shift() : this.#waiting.shift();
  }

  #turn(signal: AbortSignal | undefined, waiting: (() => void)[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(signal!.reason);
      };
      const take = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.throwIfAborted();
      signal?.addEventListener('abort', leave, { once: true });
      waiting.push(take);
    });
  }
}
