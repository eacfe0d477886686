import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { lockState } from '../../runs/watch/lock.ts';
import type { Watch } from '../../runs/watch/watch-config.ts';
import { readWatchState } from '../../runs/watch/watch-state.ts';
import { isFault } from '../fault.ts';
import type { Observer } from '../observer.ts';
import { runWatch, type WatchContext } from './run-watch.ts';

/**
 * What became of watches that were due: the worst of them counts. `unusable`: the settings or an input cannot be used;
 * `fault`: of Harrier's own.
 */
export type RoundOutcome = 'done' | 'failed' | 'unusable' | 'fault';

const worst: readonly RoundOutcome[] = ['fault', 'unusable', 'failed', 'done'];

/** Runs every watch that is due now, once. An interruption within a run is thrown. */
export const runDue = (
  watches: readonly Watch[],
  context: WatchContext,
  observer: Observer,
  signal: AbortSignal,
): Promise<RoundOutcome> => locked(context, () => new Rounds(watches, context, observer, signal).one());

/** Runs watches as they become due, until it is interrupted; an interruption within a run is thrown. */
export const runForever = (
  watches: readonly Watch[],
  context: WatchContext,
  observer: Observer,
  signal: AbortSignal,
): Promise<void> => locked(context, () => new Rounds(watches, context, observer, signal).forever());

async function locked<T>({ state }: WatchContext, work: () => Promise<T>): Promise<T> {
  const unlock = await lockState(state);
  try {
    return await work();
  } finally {
    await unlock();
  }
}

/** Clocks are set, and machines sleep: the time is looked at this often. */
const longestSleep = 60_000;

class Rounds {
  /** Runs that failed, by watch: they are made again when the next is due. */
  readonly #tried = new Map<string, Date>();

  constructor(
    private readonly watches: readonly Watch[],
    private readonly context: WatchContext,
    private readonly observer: Observer,
    private readonly signal: AbortSignal,
  ) {}

  async one(): Promise<RoundOutcome> {
    const outcomes = new Set<RoundOutcome>();
    for (const watch of this.watches) outcomes.add(await this.#run(watch));
    return worst.find((outcome) => outcomes.has(outcome)) ?? 'done';
  }

  async forever(): Promise<void> {
    for (;;) {
      await this.one();
      const now = new Date();
      const next = Math.min(...this.watches.map(({ schedule }) => schedule.next(now)?.getTime() ?? Infinity));
      if (next === Infinity) throw new InputError('no watch is ever due again', 'look at their schedules');
      try {
        await wait(Math.min(next - now.getTime(), longestSleep), undefined, { signal: this.signal });
      } catch {
        return;
      }
    }
  }

  async #run(watch: Watch): Promise<RoundOutcome> {
    const { last } = await readWatchState(this.context.state, watch.name);
    const done = last === null ? null : new Date(last);
    const due = watch.schedule.due(done, new Date());
    if (!due || due.at <= (this.#tried.get(watch.name) ?? new Date(0))) return 'done';
    try {
      const run = await runWatch(watch, due, this.context, this.observer, this.signal);
      return run.undelivered > 0 || run.queries.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'done';
    } catch (error) {
      if (this.signal.aborted) throw error;
      this.#tried.set(watch.name, due.at);
      this.observer.note({ kind: 'watch', watch: watch.name, event: { kind: 'failed', error: error as Error } });
      if (isFault(error)) return 'fault';
      return error instanceof InputError ? 'unusable' : 'failed';
    }
  }
}
