/** An order for work that waits: small before large, but now and then by when it came, so that nothing waits for ever. */
export class SmallestFirst {
  #asked = 0;

  /** `byAgeEvery`: the turn at which, again and again, what has waited longest goes before what is smaller. */
  constructor(private readonly byAgeEvery = 4) {}

  /** What waits, by when it came, in the order in which it goes this time; of one size in the order in which it came. */
  order<T>(waiting: readonly T[], sizeOf: (one: T) => number): readonly T[] {
    const byAge = ++this.#asked % this.byAgeEvery === 0;
    return byAge ? waiting : [...waiting].sort((a, b) => sizeOf(a) - sizeOf(b));
  }
}
