/** Gives a turn back; once. */
export type Leave = () => void;

/** Lets some work go on at a time; the rest waits for its turn, in the order in which it came. */
export class Turns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #onIdle: (() => void)[] = [];

  constructor(private readonly most: number) {}

  /** How much goes on. */
  get running(): number {
    return this.#running;
  }

  /** How much waits. */
  get waiting(): number {
    return this.#waiting.length;
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

  /** Waits for a turn, which whoever gets it gives back. */
  async enter(signal?: AbortSignal): Promise<Leave> {
    if (this.isFull) await this.#turn(signal);
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
    const next = this.#waiting.shift();
    if (next) next();
    else if (--this.#running === 0) for (const idle of this.#onIdle.splice(0)) idle();
  };

  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(signal!.reason);
      };
      const take = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.throwIfAborted();
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(take);
    });
  }
}
