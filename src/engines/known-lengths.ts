import { createHash } from 'node:crypto';

/** How long work took when it was last done: `short`, so that others hardly wait for it, `long`, or between the two. */
export type KnownLength = 'short' | 'long' | 'between';

/** Pieces of work that are remembered. */
const mostKnown = 10_000;
/** Long work takes this many times what short work may. */
const longTimes = 10;

/** Work by what asks for it. Larger requests are not remembered: their key would take longer than it saves. */
export const workKey = (...parts: readonly (string | Uint8Array)[]): string | null => {
  if (parts.reduce((sum, { length }) => sum + length, 0) > 1 << 16) return null;
  const hash = createHash('sha256');
  // With its length before each part, no two requests have the same bytes.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64');
};

/** Remembers how long work took, by its key, so that what was short need not wait behind what nobody knows yet. */
export class KnownLengths {
  readonly #lengths = new Map<string, KnownLength>();

  /** Milliseconds that short work takes at most. */
  constructor(private readonly shortTime: number) {}

  /** Null where nothing is known. */
  of(key: string | null): KnownLength | null {
    return key === null ? null : (this.#lengths.get(key) ?? null);
  }

  learn(key: string | null, time: number): void {
    if (key === null) return;
    // What was learned last is forgotten last.
    this.#lengths.delete(key);
    this.#lengths.set(key, time < this.shortTime ? 'short' : time < longTimes * this.shortTime ? 'between' : 'long');
    if (this.#lengths.size > mostKnown) this.#lengths.delete(this.#lengths.keys().next().value!);
  }
}
