import { createHash } from 'node:crypto';

/**
 * How long work took when it was last done: `brief`, so that others do not notice it, `short`, so that they hardly wait for
 * it, `long`, or between the two.
 */
export type KnownLength = 'brief' | 'short' | 'long' | 'between';

/** Pieces of work that are remembered. */
const mostKnown = 10_000;
/** Long work takes this many times what short work may. */
const longTimes = 10;
/** Work that was short is no longer so when it took longer this many times one after the other. */
const longerTimes = 8;
/** What ended early counts as this many times. */
const endedTimes = 4;
/** Brief work takes this part of what short work may. */
const briefPart = 1 / 4;
/** What the fastest run of some work took counts as this many times as much with each run since. */
const fading = 1.02;

/** Work by what asks for it. */
export interface WorkKey {
  /** Null for larger requests, which are not remembered: it would take longer than it saves. */
  readonly hash: string | null;
  /** Size of the request. Nobody knows yet how long new work takes, but small requests rarely ask for much. */
  readonly size: number;
}

/** The key of work that these parts of a request ask for. */
export const workKey = (...parts: readonly (string | Uint8Array)[]): WorkKey => {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  if (size > 1 << 16) return { hash: null, size };
  const hash = createHash('sha256');
  // With its length before each part, no two requests have the same bytes.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return { hash: hash.digest('base64'), size };
};

/** Remembers how long work took, by its key, so that what was short need not wait behind what nobody knows yet. */
export class KnownLengths {
  readonly #lengths = new Map<
    string,
    { readonly length: Exclude<KnownLength, 'brief'>; readonly longer: number; readonly time: number }
  >();

  /** Milliseconds that short work takes at most. */
  constructor(private readonly shortTime: number) {}

  /** Null where nothing is known. */
  of({ hash }: WorkKey): KnownLength | null {
    const known = hash === null ? undefined : this.#lengths.get(hash);
    if (!known) return null;
    return known.length === 'short' && known.time < briefPart * this.shortTime ? 'brief' : known.length;
  }

  /**
   * The milliseconds that passed in the fastest of its runs lately; 0 where nothing is known. Other runs took as long for
   * what went on beside them, and work that takes much is never fast.
   */
  timeOf({ hash }: WorkKey): number {
    return hash === null ? 0 : (this.#lengths.get(hash)?.time ?? 0);
  }

  /**
   * `isWhole`: whether it came to its end in this time; what did not may take any time. `waited`: the milliseconds that
   * passed meanwhile, of which others had a part.
   */
  learn({ hash }: WorkKey, time: number, isWhole = true, waited = time): void {
    if (hash === null) return;
    const isShort = isWhole && time < this.shortTime;
    const before = this.#lengths.get(hash);
    const longer = isShort ? 0 : (before?.longer ?? 0) + (isWhole ? 1 : endedTimes);
    // What takes much of the machine makes all work longer, and must not make it wait as well.
    const isStillShort = before?.length === 'short' && longer < longerTimes;
    const length = isShort || isStillShort ? 'short' : time < longTimes * this.shortTime ? 'between' : 'long';
    const faded = before && before.time * fading ** (isWhole ? 1 : endedTimes);
    const fastest = isWhole ? Math.min(waited, faded ?? waited) : (faded ?? waited);
    // What was learned last is forgotten last.
    this.#lengths.delete(hash);
    this.#lengths.set(hash, { length, longer, time: fastest });
    if (this.#lengths.size > mostKnown) this.#lengths.delete(this.#lengths.keys().next().value!);
  }
}
